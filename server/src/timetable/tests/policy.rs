//! Our rule where engines differ: what is fixed, what a gap and a repeated hour do.

use std::time::Duration;

use super::{assert_firings, at, cpu_time, cycle};
use app::cron::CronExpr;

#[test]
fn several_times_in_a_gap_fire_once_and_a_repeated_hour_counts_once() {
    let berlin = |expr, after, expected: &[&str]| {
        assert_firings(expr, "Europe/Berlin", after, expected);
    };
    let (spring, autumn) = ("2026-03-28T12:00", "2026-10-24T12:00");
    berlin(
        "0,30 2 * * *",
        spring,
        &["2026-03-29T01:00", "2026-03-30T00:00", "2026-03-30T00:30"],
    );
    berlin(
        "0,30 2 * * *",
        autumn,
        &["2026-10-25T00:00", "2026-10-25T00:30", "2026-10-26T01:00"],
    );
    // 03:00 is due at the very instant that makes up for 02:00.
    berlin(
        "0 1-3 * * *",
        spring,
        &["2026-03-29T00:00", "2026-03-29T01:00", "2026-03-29T23:00"],
    );
    berlin(
        "0 1-3 * * *",
        autumn,
        &[
            "2026-10-24T23:00",
            "2026-10-25T00:00",
            "2026-10-25T02:00",
            "2026-10-26T00:00",
        ],
    );
    // `10/25` is the range `10-59/25`, and fixed.
    berlin(
        "10/25 2 * * *",
        spring,
        &["2026-03-29T01:00", "2026-03-30T00:10", "2026-03-30T00:35"],
    );
    // With seconds: fixed, and a wildcard that continues in both passes and skips the gap.
    berlin(
        "15,45 30 2 * * *",
        autumn,
        &[
            "2026-10-25T00:30:15",
            "2026-10-25T00:30:45",
            "2026-10-26T01:30:15",
        ],
    );
    berlin(
        "*/30 59 2 * * *",
        autumn,
        &[
            "2026-10-25T00:59:00",
            "2026-10-25T00:59:30",
            "2026-10-25T01:59:00",
            "2026-10-25T01:59:30",
            "2026-10-26T01:59:00",
        ],
    );
    berlin(
        "*/30 59 1-2 * * *",
        "2026-03-29T00:59:15",
        &["2026-03-29T00:59:30", "2026-03-29T23:59:00"],
    );
}

#[test]
fn from_within_a_repeated_hour() {
    // 00:40Z is 02:40 on the first pass, 01:10Z is 02:10 on the second.
    assert_firings(
        "20 2 * * *",
        "Europe/Berlin",
        "2026-10-25T00:40",
        &["2026-10-26T01:20"],
    );
    assert_firings(
        "20 2 * * *",
        "Europe/Berlin",
        "2026-10-25T01:10",
        &["2026-10-26T01:20"],
    );
    assert_firings(
        "*/20 2 * * *",
        "Europe/Berlin",
        "2026-10-25T00:40",
        &["2026-10-25T01:00", "2026-10-25T01:20"],
    );
    let daily = cycle("20 2 * * *", "Europe/Berlin");
    assert!(daily.names(at("2026-10-25T00:20")) && !daily.names(at("2026-10-25T01:20")));
    let steps = cycle("*/20 2 * * *", "Europe/Berlin");
    assert!(steps.names(at("2026-10-25T00:20")) && steps.names(at("2026-10-25T01:20")));
}

#[test]
fn a_gap_over_midnight_fires_on_the_day_after() {
    // Cuba's clock goes from 00:00 to 01:00, and so does Beirut's. A gap that ends on another date than the one that
    // matched still fires.
    assert_firings(
        "0 0 8 3 *",
        "America/Havana",
        "2026-03-01",
        &["2026-03-08T05:00", "2027-03-08T04:00"],
    );
    assert_firings(
        "30 0 * * *",
        "Asia/Beirut",
        "2026-03-28T12:00",
        &["2026-03-28T22:00", "2026-03-29T21:30"],
    );
    // Greenland's goes from 23:00 on a Saturday to 00:00 on Sunday.
    assert_firings(
        "30 23 * * 6",
        "America/Nuuk",
        "2026-03-23",
        &["2026-03-29T01:00", "2026-04-05T00:30"],
    );
    assert_firings(
        "0 0 * * 6,0",
        "America/Nuuk",
        "2026-03-28T12:00",
        &["2026-03-29T01:00", "2026-04-04T01:00"],
    );
}

#[test]
fn a_date_that_a_zone_leaves_out_is_none() {
    let samoa = |expr, after, expected: &[&str]| {
        assert_firings(expr, "Pacific/Apia", after, expected);
    };
    samoa(
        "0 12 * * *",
        "2011-12-29T00:00",
        &["2011-12-29T22:00", "2011-12-30T22:00"],
    );
    samoa(
        "0 0 * * *",
        "2011-12-29T00:00",
        &["2011-12-29T10:00", "2011-12-30T10:00", "2011-12-31T10:00"],
    );
    samoa(
        "30 */12 * * *",
        "2011-12-29T22:00",
        &["2011-12-29T22:30", "2011-12-30T10:30"],
    );
    for expr in ["0 12 30 12 *", "0,30 12 30 12 *", "0 */12 30 12 *"] {
        let found = cycle(expr, "Pacific/Apia").next_after(at("2011-12-01"));
        assert!(
            found.is_some_and(|found| found > at("2012-12-29")),
            "{expr}: {found:?}"
        );
    }
    samoa(
        "0 12 30 12 *",
        "2010-12-31",
        &["2012-12-29T22:00", "2013-12-29T22:00"],
    );
    samoa("* * 30 12 *", "2011-12-01", &["2012-12-29T10:00"]);
}

#[test]
fn expressions_that_engines_read_differently() {
    let utc = |expr, expected: &[&str]| assert_firings(expr, "UTC", "2026-01-01", expected);
    utc(
        "0 0 */2 * 1",
        &[
            "2026-01-03",
            "2026-01-05",
            "2026-01-07",
            "2026-01-09",
            "2026-01-11",
            "2026-01-12",
            "2026-01-13",
        ],
    );
    utc(
        "5/15 * * * *",
        &[
            "2026-01-01T00:05",
            "2026-01-01T00:20",
            "2026-01-01T00:35",
            "2026-01-01T00:50",
            "2026-01-01T01:05",
        ],
    );
    utc("@daily", &["2026-01-02", "2026-01-03"]);
    utc("@hourly", &["2026-01-01T01:00"]);
    utc("@weekly", &["2026-01-04", "2026-01-11"]);
    for refused in ["60 * * * *", "0 22-2 * * *", "*/90 * * * *"] {
        assert!(CronExpr::parse(refused).is_err(), "{refused}");
    }
    assert!(cycle("5 4-6 * * *", "UTC").is_fixed() && cycle("@daily", "UTC").is_fixed());
    assert!(!cycle("5/15 * * * *", "UTC").is_fixed() && !cycle("@hourly", "UTC").is_fixed());
}

/// "Never" is found quickly, even for a time that always falls into a gap.
#[test]
fn no_search_is_long() {
    let never = [
        "0 0 31 2 *",
        "* * 30 2 ?",
        "0 0 31W 2,4 *",
        "* * * 31 2,4,6,9,11 *",
    ];
    let rare = ["0 0 29 2 *", "0 0 * 2 1#5", "59 59 23 31 12 *", "0 0 L 2 *"];
    // New York's clock skips 02:00 to 03:00 on each second Sunday of March.
    let skipped = ["*/5 2 * 3 0#2"];
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 50 });
    for zone in ["UTC", "America/New_York"] {
        for expr in never.iter().chain(&rare).chain(&skipped) {
            let cycle = cycle(expr, zone);
            for from in ["0001-01-01", "2026-01-01", "9999-12-31"] {
                let ((next, previous, count), took) = cpu_time(|| {
                    (
                        cycle.next_after(at(from)),
                        cycle.previous_at_or_before(at(from)),
                        cycle.count_between(at(from), at("4999-12-31")),
                    )
                });
                assert!(took < limit, "{expr} {zone} {from}: {took:?}");
                if never.contains(expr) {
                    assert_eq!((next, previous, count), (None, None, 0), "{expr} {zone}");
                }
            }
        }
    }
    let gone = cycle(skipped[0], "America/New_York");
    assert_eq!(gone.next_after(at("2026-01-01")), None);
    assert!(gone.previous_at_or_before(at("2026-01-01")).is_some());
    for rare in rare {
        assert!(
            cycle(rare, "UTC").next_after(at("2026-01-01")).is_some(),
            "{rare}"
        );
    }
}
