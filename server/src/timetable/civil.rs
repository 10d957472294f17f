//! Converts between instants and civil dates and times.

use app::schedule::{Moment, read_moment};
use chrono::{DateTime, TimeDelta, Utc};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime as Face, Time};
use jiff::tz::{Offset, TimeZone};

use super::offsets::{offset_at, resolve};
use super::{instant, timestamp, unix};

/// A civil date and time as the seconds of a UTC clock that shows the same. Fractions are dropped.
pub(super) fn wall(face: Face) -> i64 {
    // The last day of the year 9999 is beyond jiff's instants, and so is the first of −9999.
    let edge = if face.year() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    let at = Offset::UTC.to_timestamp(face).unwrap_or(edge);
    at.as_second() - i64::from(at.subsec_nanosecond() < 0)
}

/// The civil date and time of such seconds.
pub(super) fn face(wall: i64) -> Face {
    Offset::UTC.to_datetime(timestamp(wall))
}

/// The civil date and time in a zone at an instant, without fractions of a second.
pub(super) fn civil(zone: &TimeZone, at: DateTime<Utc>) -> Face {
    let at = unix(at);
    face(at + offset_at(zone, at))
}

/// The date in a zone at an instant. Beyond the years −9999 to 9999, the nearest date within them.
#[must_use]
pub fn civil_date(zone: &TimeZone, at: DateTime<Utc>) -> Date {
    civil(zone, at).date()
}

/// The time of day in a zone at an instant, to the second.
#[must_use]
pub fn civil_time(zone: &TimeZone, at: DateTime<Utc>) -> Time {
    civil(zone, at).time()
}

/// The instant of a time of day on a date in a zone.
///
/// By the rule for fixed times: a time in a gap is the first valid instant after it, which may lie on a later date,
/// and a repeated time is its first pass.
#[must_use]
pub fn at_time_on(zone: &TimeZone, date: Date, time: Time) -> DateTime<Utc> {
    let wall = wall(date.to_datetime(time));
    let at = resolve(zone, wall);
    // After a gap the fraction belongs to a second that does not exist.
    let kept = at + offset_at(zone, at) == wall;
    let fraction = if kept { time.subsec_nanosecond() } else { 0 };
    instant(at)
        .and_then(|at| at.checked_add_signed(TimeDelta::nanoseconds(i64::from(fraction))))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The first instant of a date in a zone; of a date that the zone skips (Samoa, 2011-12-30),
/// the first instant of the next one.
#[must_use]
pub fn start_of_day(zone: &TimeZone, date: Date) -> DateTime<Utc> {
    at_time_on(zone, date, Time::midnight())
}

/// Parses an instant as people type it: RFC 3339, or a date and a time of day in `zone`, or a date alone, which is
/// its first instant ([`app::schedule::read_moment`]). A time in a gap is the first valid instant after it, a
/// repeated one is its first pass.
#[must_use]
pub fn parse_instant(text: &str, zone: &TimeZone) -> Option<DateTime<Utc>> {
    let text = text.trim();
    // Tried first: stored values may have fractions of a second.
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&Utc));
    }
    match read_moment(text) {
        Ok(Moment::Date(date)) => Some(start_of_day(zone, date.parse().ok()?)),
        Ok(Moment::Local(at)) => {
            let face: Face = at.parse().ok()?;
            Some(at_time_on(zone, face.date(), face.time()))
        }
        Ok(Moment::Instant(at)) => {
            let at = DateTime::parse_from_rfc3339(&at).ok()?;
            Some(at.with_timezone(&Utc))
        }
        Ok(Moment::Clock(_)) => None,
        Err(_) => other_spelling(text, zone),
    }
}

/// Whether a text names a time that the clock of the zone jumps over.
#[must_use]
pub fn is_in_gap(text: &str, zone: &TimeZone) -> bool {
    let Ok(Moment::Local(at)) = read_moment(text.trim()) else {
        return false;
    };
    let (Ok(named), Some(at)) = (at.parse::<Face>(), parse_instant(text, zone)) else {
        return false;
    };
    wall(civil(zone, at)) != wall(named)
}

/// Parses the end of something: like [`parse_instant`], but a date alone means that whole day, so it ends at the
/// first instant of the next one.
#[must_use]
pub fn parse_end(text: &str, zone: &TimeZone) -> Option<DateTime<Utc>> {
    match read_moment(text) {
        Ok(Moment::Date(date)) => {
            let date: Date = date.parse().ok()?;
            Some(start_of_day(zone, date.tomorrow().ok()?))
        }
        _ => parse_instant(text, zone),
    }
}

/// The date, if the text is one alone.
#[must_use]
pub fn date_alone(text: &str) -> Option<Date> {
    match read_moment(text) {
        Ok(Moment::Date(date)) => date.parse().ok(),
        _ => None,
    }
}

/// Whether a text is a date alone.
#[must_use]
pub fn is_date(text: &str) -> bool {
    matches!(read_moment(text), Ok(Moment::Date(_)))
}

/// The time of day, if the text is one alone.
#[must_use]
pub fn time_of_day(text: &str) -> Option<Time> {
    match read_moment(text) {
        Ok(Moment::Clock(time)) => time.parse().ok(),
        _ => None,
    }
}

/// Spellings accepted by earlier versions, which scripts use: `20261201 09:00`, fractions.
fn other_spelling(text: &str, zone: &TimeZone) -> Option<DateTime<Utc>> {
    let text = text.replace('/', "-").replacen('T', " ", 1);
    let (date, time) = text.split_once(' ')?;
    let date: Date = date.trim().parse().ok()?;
    let time = time.trim();
    let time: Time = if time.matches(':').count() == 1 {
        format!("{time}:00").parse()
    } else {
        time.parse()
    }
    .ok()?;
    Some(at_time_on(zone, date, time))
}
