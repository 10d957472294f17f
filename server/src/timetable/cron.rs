//! A cron pattern in a zone.
//!
//! Between two changes of its clock a zone is UTC with an offset, and croner answers there, on wall clock times. What
//! happens at a change is arithmetic. croner's own search in a zone agrees for wildcards; it is not used because it
//! takes lists and ranges for wildcards, walks a gap second by second, and for a fixed time gives up in a gap of more
//! than two hours, such as Samoa's of 2011-12-30.

use std::ops::Range;

use jiff::tz::TimeZone;

use super::offsets::{change_after, change_until, high_water, offset_at};
use super::pattern::{DAY, Pattern};
use super::zones::changes;

/// How far a search goes, in seconds. Calendar and zone rules repeat after 400 years at the latest, so what has not
/// come by then (a wildcard that always falls into a gap) never does.
const HORIZON: i64 = 500 * 366 * 86_400;

/// The first firing after an instant, both in Unix seconds.
pub(super) fn next(pattern: &Pattern, zone: &TimeZone, after: i64) -> Option<i64> {
    let mut offset = offset_at(zone, after);
    // Wall clock times below this have passed: for a fixed time permanently, for a wildcard until the clock is put
    // back.
    let mut low = if pattern.fixed {
        high_water(zone, after)
    } else {
        after + offset + 1
    };
    let mut found = pattern.first(low)?;
    let mut from = after;
    loop {
        let Some(change) = change_after(zone, from) else {
            return Some(found - offset);
        };
        if found < change.end_of_old() {
            return Some(found - offset);
        }
        if change.at - after > HORIZON {
            return None;
        }
        let start = change.start_of_new();
        if pattern.fixed {
            let mark = low.max(change.end_of_old());
            let no_day = left_out(mark, start);
            if no_day.contains(&found) {
                found = pattern.first(no_day.end)?;
            }
            if found < start {
                return Some(change.at);
            }
            low = mark.max(start);
        } else {
            if start < low || found < start {
                found = pattern.first(start)?;
            }
            low = start;
        }
        offset = change.after;
        from = change.at;
    }
}

/// The last firing at an instant or before it, both in Unix seconds.
pub(super) fn previous(pattern: &Pattern, zone: &TimeZone, until: i64) -> Option<i64> {
    let mut offset = offset_at(zone, until);
    let mut high = until + offset;
    let mut found = pattern.last(high)?;
    let mut to = until;
    loop {
        let Some(change) = change_until(zone, to) else {
            return Some(found - offset);
        };
        // Starts at what this period of constant offset is the first to show.
        let start = change.start_of_new();
        let mark = if pattern.fixed {
            high_water(zone, change.at - 1)
        } else {
            start
        };
        if found >= start.max(mark) {
            return Some(found - offset);
        }
        if found >= mark {
            let no_day = left_out(mark, start);
            if no_day.contains(&found) {
                found = pattern.last(no_day.start - 1)?;
            }
            if found >= mark {
                return Some(change.at);
            }
        }
        if until - change.at > HORIZON {
            return None;
        }
        let end = change.end_of_old() - 1;
        if end > high || found > end {
            found = pattern.last(end)?;
        }
        high = end;
        offset = change.before;
        to = change.at - 1;
    }
}

/// Whether an instant in Unix seconds is a firing.
pub(super) fn names(pattern: &Pattern, zone: &TimeZone, at: i64) -> bool {
    let shown = at + offset_at(zone, at);
    if !pattern.fixed {
        return pattern.contains(shown);
    }
    // A time counts when the clock first shows it or jumps over it, but not again.
    let mark = high_water(zone, at - 1);
    shown >= mark && (pattern.contains(shown) || makes_up(pattern, mark, shown))
}

/// How many firings there are after `after` and up to `until`, all in Unix seconds.
///
/// One count over the wall clock, corrected at each change of the clock in between.
pub(super) fn count(pattern: &Pattern, zone: &TimeZone, after: i64, until: i64) -> i64 {
    if until <= after {
        return 0;
    }
    if !pattern.fixed {
        let shown = |at: i64| at + offset_at(zone, at) + 1;
        let skipped: i64 = changes(zone, after, until)
            .map(|change| pattern.count(change.end_of_old(), change.start_of_new()))
            .sum();
        return pattern.count(shown(after), shown(until)) - skipped;
    }
    let mut mark = high_water(zone, after);
    let mut total = pattern.count(mark, high_water(zone, until));
    for change in changes(zone, after, until) {
        mark = mark.max(change.end_of_old());
        let start = change.start_of_new();
        if mark < start {
            // All times in the gap fire together as it ends, with one that is due just then.
            let one = makes_up(pattern, mark, start) && !pattern.contains(start);
            total -= pattern.count(mark, start) - i64::from(one);
            mark = start;
        }
    }
    total
}

/// Whether a fixed time lies in a gap of the wall clock, from `from` to before `to`, and so fires when the gap ends.
fn makes_up(pattern: &Pattern, from: i64, to: i64) -> bool {
    let no_day = left_out(from, to);
    from < to && pattern.count(from, to) > pattern.count(no_day.start, no_day.end)
}

/// The dates that a gap skips completely. A date that does not exist has no firings to make up for, just like 31
/// February.
fn left_out(from: i64, to: i64) -> Range<i64> {
    let first = (from + DAY - 1).div_euclid(DAY) * DAY;
    let end = to.div_euclid(DAY) * DAY;
    first..end.max(first)
}
