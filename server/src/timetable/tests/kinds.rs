//! Intervals, single instants, windows, and the first firing of a date.

use super::{at, bundled, cycle};
use crate::timetable::{Cycle, is_in_gap, parse_instant};
use chrono::{DateTime, TimeDelta, Utc};
use jiff::civil::{date, time};
use jiff::tz::TimeZone;

#[test]
fn intervals_keep_to_their_anchor_and_ignore_the_clock() {
    let daily = Cycle::every(86_400, at("2026-03-20T02:30"), bundled("Europe/Berlin"));
    assert_eq!(
        daily.next_after(at("2026-03-28T12:00")),
        Some(at("2026-03-29T02:30"))
    );
    assert_eq!(
        daily.next_after(at("2026-03-29T02:30")),
        Some(at("2026-03-30T02:30"))
    );
    // Also before the anchor.
    assert_eq!(
        daily.next_after(at("2026-01-01T12:00")),
        Some(at("2026-01-02T02:30"))
    );
    assert_eq!(
        daily.previous_at_or_before(at("2026-01-01T02:30")),
        Some(at("2026-01-01T02:30"))
    );
    assert_eq!(
        daily.previous_at_or_before(at("2026-01-01T02:29")),
        Some(at("2025-12-31T02:30"))
    );
    assert!(daily.names(at("2020-02-29T02:30")) && !daily.names(at("2020-02-29T02:31")));
    assert_eq!(
        daily.count_between(at("2026-03-20T02:30"), at("2026-03-22T02:30")),
        2
    );
    assert_eq!(daily.count_between(at("2026-03-10"), at("2026-03-20")), 10);
    assert_eq!(daily.count_between(at("2026-03-20"), at("2026-03-10")), 0);
    assert!(!daily.is_fixed());
}

#[test]
fn intervals_hold_at_the_ends_of_time() {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let fraction = at("2026-01-01") + TimeDelta::nanoseconds(5);
    for (seconds, anchor) in [(1, fraction), (i64::MAX, last), (7, first)] {
        let cycle = Cycle::every(seconds, anchor, TimeZone::UTC);
        assert!(cycle.names(anchor));
        assert_eq!(cycle.next_after(last), None);
        assert!(cycle.next_after(first).is_none_or(|next| next > first));
        assert!(
            cycle
                .previous_at_or_before(last)
                .is_some_and(|previous| previous <= last)
        );
        assert!(cycle.count_between(first, last) < u64::MAX);
    }
    for none in [0, -5, i64::MIN] {
        let cycle = Cycle::every(none, fraction, TimeZone::UTC);
        assert_eq!(cycle.next_after(first), None);
        assert_eq!(cycle.previous_at_or_before(last), None);
        assert_eq!(cycle.count_between(first, last), 0);
    }
    for expr in ["* * * * *", "0 12 * * *"] {
        let cycle = cycle(expr, "Europe/Berlin");
        assert!(cycle.next_after(first).is_some_and(|next| next > first));
        assert_eq!(cycle.next_after(last), None);
        assert_eq!(cycle.previous_at_or_before(first), None);
        assert!(cycle.count_between(first, last) > 365 * 4998);
        assert!(!cycle.names(first) && !cycle.names(last));
    }
}

#[test]
fn once_is_once_and_a_start_is_never() {
    let moment = at("2026-01-01T05:00:07") + TimeDelta::microseconds(5);
    let once = Cycle::once(moment, TimeZone::UTC);
    let (before, after) = (moment - TimeDelta::nanoseconds(1), at("2027-01-01"));
    assert_eq!(once.next_after(before), Some(moment));
    assert_eq!(once.next_after(moment), None);
    assert_eq!(once.previous_at_or_before(before), None);
    assert_eq!(once.previous_at_or_before(after), Some(moment));
    assert_eq!(once.count_between(before, moment), 1);
    assert_eq!(once.count_between(moment, after), 0);
    assert!(once.is_fixed() && once.names(moment) && !once.names(before));

    let startup = Cycle::startup(bundled("Asia/Shanghai"));
    assert_eq!(startup.next_after(before), None);
    assert_eq!(startup.previous_at_or_before(after), None);
    assert_eq!(startup.count_between(before, after), 0);
    assert!(!startup.is_fixed() && !startup.names(moment));
    assert_eq!(startup.zone().iana_name(), Some("Asia/Shanghai"));
}

#[test]
fn a_single_time_that_the_clock_jumps_over_is_known_as_moved() {
    let zone = bundled("America/New_York");
    for (text, is_moved) in [
        ("2026-03-08 02:30", true),
        ("2026-03-08 01:59", false),
        ("2026-03-08 03:00", false),
        ("2026-03-08", false),
        ("2026-03-08T02:30:00Z", false),
        ("nonsense", false),
    ] {
        assert_eq!(is_in_gap(text, &zone), is_moved, "{text}");
    }
    let moved = parse_instant("2026-03-08 02:30", &zone).expect("an instant");
    assert!(Cycle::once_after_gap(moved, zone.clone()).is_shifted(moved));
    assert!(!Cycle::once(moved, zone).is_shifted(moved));
}

#[test]
fn a_window_holds_both_its_ends() {
    let hourly = cycle("0 * * * *", "UTC");
    let (start, end) = (Some(at("2026-01-01T05:00")), Some(at("2026-01-01T06:00")));
    assert_eq!(hourly.next_in(at("2026-01-01"), start, end), start);
    assert_eq!(hourly.next_in(at("2026-01-01T05:00"), start, end), end);
    assert_eq!(hourly.next_in(at("2026-01-01T06:00"), start, end), None);
    let ever = Some(DateTime::<Utc>::MIN_UTC);
    assert_eq!(
        hourly.next_in(at("2026-01-01"), ever, None),
        Some(at("2026-01-01T01:00"))
    );
}

#[test]
fn fractions_of_a_second_are_seen() {
    let half = TimeDelta::milliseconds(500);
    let secondly = cycle("* * * * * *", "Europe/Berlin");
    let whole = at("2026-01-01T05:00:07");
    assert_eq!(secondly.next_after(whole - half), Some(whole));
    assert_eq!(secondly.previous_at_or_before(whole + half), Some(whole));
    assert!(secondly.names(whole) && !secondly.names(whole + half));
    assert_eq!(secondly.count_between(whole - half, whole + half), 1);
    // Before 1970 too, rounding must go down.
    let early = at("1960-01-01T05:00:07");
    assert_eq!(secondly.next_after(early - half), Some(early));
    assert_eq!(secondly.previous_at_or_before(early + half), Some(early));
}

#[test]
fn the_first_firing_of_a_date() {
    let twice = cycle("30 9,15 * * 1-5", "Asia/Shanghai");
    let friday = date(2026, 5, 8);
    assert_eq!(twice.first_on(friday, None), Some(time(9, 30, 0, 0)));
    assert_eq!(
        twice.first_on(friday, Some(time(9, 30, 0, 0))),
        Some(time(9, 30, 0, 0))
    );
    assert_eq!(
        twice.first_on(friday, Some(time(9, 30, 0, 1))),
        Some(time(15, 30, 0, 0))
    );
    assert_eq!(twice.first_on(friday, Some(time(16, 0, 0, 0))), None);
    assert_eq!(twice.first_on(date(2026, 5, 9), None), None);
    // A gap moves the firing; it counts where it fires.
    let night = cycle("30 2 * * *", "Europe/Berlin");
    assert_eq!(
        night.first_on(date(2026, 3, 29), None),
        Some(time(3, 0, 0, 0))
    );
    assert_eq!(
        night.first_on(date(2026, 3, 29), Some(time(2, 45, 0, 0))),
        Some(time(3, 0, 0, 0))
    );
    assert_eq!(
        night.first_on(date(2026, 10, 25), None),
        Some(time(2, 30, 0, 0))
    );
    // In the second pass the clock shows earlier times than requested.
    let steps = cycle("*/20 2 * * *", "Europe/Berlin");
    assert_eq!(
        steps.first_on(date(2026, 10, 25), Some(time(2, 30, 0, 0))),
        Some(time(2, 40, 0, 0))
    );
    assert_eq!(
        steps.first_on(date(2026, 10, 25), Some(time(2, 50, 0, 0))),
        None
    );
    // Newfoundland's clock once went from 00:01 back to 23:01, and the date with it.
    let newfoundland = cycle("*/20 0,23 * * *", "America/St_Johns");
    assert_eq!(
        newfoundland.first_on(date(2010, 11, 7), Some(time(0, 0, 30, 0))),
        Some(time(0, 20, 0, 0))
    );
    let apia = cycle("0 12 * * *", "Pacific/Apia");
    assert_eq!(apia.first_on(date(2011, 12, 30), None), None);
    assert_eq!(
        apia.first_on(date(2011, 12, 31), None),
        Some(time(12, 0, 0, 0))
    );
    let interval = Cycle::every(3600, at("2026-01-01T00:20"), bundled("Asia/Shanghai"));
    assert_eq!(
        interval.first_on(friday, Some(time(7, 30, 0, 0))),
        Some(time(8, 20, 0, 0))
    );
    assert_eq!(cycle("0 0 31 2 *", "UTC").first_on(friday, None), None);
}
