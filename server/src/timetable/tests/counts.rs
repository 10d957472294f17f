//! Counts are exact, and cost no more than their days.

use std::time::Duration;

use super::{at, bundled, cpu_time, cycle, oracle};
use app::cron::CronExpr;
use chrono::TimeDelta;

#[test]
fn a_year_has_as_many_firings_as_one_finds_by_looking() {
    let (start, end) = (at("2026-01-01"), at("2027-01-01"));
    for (expr, zone) in [
        ("*/7 1-3 * * *", "Europe/Berlin"),
        ("0,20,40 0-2 * * 0,6", "America/Havana"),
        ("59 23 L,15W * 1#2", "Asia/Shanghai"),
    ] {
        let cycle = cycle(expr, zone);
        let parsed = CronExpr::parse(expr).expect("an expression");
        // Those in (start, end] are those in [start + 1 minute, end + 1 minute).
        let range = start.timestamp() + 60..end.timestamp() + 60;
        let found = oracle::firings(&parsed, &bundled(zone), range, 60);
        assert_eq!(
            cycle.count_between(start, end),
            found.len() as u64,
            "{expr} {zone}"
        );
    }
}

#[test]
fn counts_that_can_be_known() {
    let (start, end) = (at("2026-01-01"), at("2036-01-01"));
    let seconds = (end - start).num_seconds().unsigned_abs();
    // A wildcard runs through gaps and repeated hours: every existing second.
    for zone in [
        "UTC",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
    ] {
        let always = cycle("* * * * * *", zone);
        assert_eq!(always.count_between(start, end), seconds, "{zone}");
        assert_eq!(always.count_between(end, start), 0);
    }
    // The same as a list of all times is fixed, and loses what is repeated: an hour each autumn. One firing makes up
    // for the gap in spring, and it is due anyway.
    let fixed = cycle("0-59 0-59 0-23 * * *", "Europe/Berlin");
    assert_eq!(fixed.count_between(start, end), seconds - 10 * 3600);
    // The calendar repeats: 97 leap days in 400 years.
    let leap = cycle("0 0 29 2 *", "UTC");
    assert_eq!(leap.count_between(at("2000-03-01"), at("4000-03-01")), 485);
    assert_eq!(leap.count_between(at("2000-02-29"), at("2000-03-01")), 0);
}

#[test]
fn counting_ten_years_of_seconds_takes_no_time() {
    let start = at("2026-01-01T12:34:56");
    let cycle = cycle("* * 8-18 * * 1-5", "America/St_Johns");
    let ((), took) = cpu_time(|| {
        for years in 0..10 {
            let count = cycle.count_between(start, start + TimeDelta::days(365 * years + 21));
            assert!(count > 0);
        }
    });
    // Under 2 ms in a release build.
    assert!(took < Duration::from_millis(500));
}
