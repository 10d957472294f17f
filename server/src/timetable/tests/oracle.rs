//! The rule once more, as plainly as possible and too slow for anything but tests: it checks each second of a span.

use std::ops::Range;

use app::cron::CronExpr;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// Firings in a range of Unix seconds, checked every `step` seconds.
///
/// `step` is 1, or 60 for expressions without seconds in zones whose offsets are whole minutes.
pub(super) fn firings(expr: &CronExpr, zone: &TimeZone, range: Range<i64>, step: i64) -> Vec<i64> {
    let wall = |at: i64| {
        let at = Timestamp::from_second(at).expect("an instant");
        at.as_second() + i64::from(zone.to_offset(at).seconds())
    };
    let matches = |wall: i64| {
        let face = Timestamp::from_second(wall).expect("a face");
        let face = Offset::UTC.to_datetime(face);
        let small = |value: i8| u8::try_from(value).expect("not negative");
        expr.matches_time(
            small(face.hour()),
            small(face.minute()),
            small(face.second()),
        ) && expr.matches_date(
            i32::from(face.year()),
            small(face.month()),
            small(face.day()),
        )
    };
    let mut found = Vec::new();
    // The latest time that the clock has shown just before the range.
    let mut shown = (1..=52 * 60)
        .map(|minutes| wall(range.start - minutes * 60) + if step == 1 { 59 } else { 0 })
        .chain([wall(range.start - step)])
        .max()
        .expect("some");
    for at in range.step_by(usize::try_from(step).expect("positive")) {
        let now = wall(at);
        let fires = if expr.is_fixed_time() {
            // Everything that the clock shows for the first time, and everything that it jumps over, except dates
            // that do not exist.
            let mut new = (shown + step..=now).step_by(usize::try_from(step).expect("positive"));
            let day = |wall: i64| wall.div_euclid(86_400);
            new.any(|wall| (day(wall) == day(shown) || day(wall) == day(now)) && matches(wall))
        } else {
            matches(now)
        };
        shown = shown.max(now);
        if fires {
            found.push(at);
        }
    }
    found
}
