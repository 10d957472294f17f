//! Shared by the tests of firings. Zones are those of the bundled data, so that no test depends on the machine.

mod counts;
mod gold;
mod kept;
mod kinds;
mod oracle;
mod policy;
mod properties;
mod zones;

use super::{Cycle, Patterns};
use app::cron::CronExpr;
use chrono::{DateTime, Utc};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use nix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// `2026-01-01`, `2026-01-01T05:00` or `2026-01-01T05:00:30`, all in UTC.
fn at(text: &str) -> DateTime<Utc> {
    let text = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        16 => format!("{text}:00Z"),
        _ => format!("{text}Z"),
    };
    DateTime::parse_from_rfc3339(&text)
        .expect("test time")
        .to_utc()
}

fn bundled(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).expect("test zone")
}

/// The CPU time that `work` takes on this thread, with its result. Unlike elapsed time it does not grow with other
/// load on the machine.
fn cpu_time<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let used = || {
        let at = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("the thread's CPU time");
        Duration::from(at)
    };
    let before = used();
    let result = work();
    (result, used() - before)
}

fn cycle(expr: &str, zone_name: &str) -> Cycle {
    let expr = CronExpr::parse(expr).expect("test expression");
    Patterns::default()
        .cycle(&expr, bundled(zone_name))
        .expect("accepted")
}

/// Asserts the first firings after an instant, forwards and then backwards, and their number.
fn assert_firings(expr: &str, zone: &str, after: &str, expected: &[&str]) {
    let cycle = cycle(expr, zone);
    let mut from = at(after);
    for next in expected {
        from = cycle.next_after(from).expect("a firing");
        assert_eq!(from, at(next), "{expr} {zone} after {after}");
        assert!(cycle.names(from), "{expr} {zone} names {from}");
    }
    let count = cycle.count_between(at(after), from);
    assert_eq!(count, expected.len() as u64, "{expr} {zone} after {after}");
    for previous in expected.iter().rev() {
        assert_eq!(
            cycle.previous_at_or_before(from),
            Some(at(previous)),
            "{expr} {zone} until {from}"
        );
        from = at(previous) - chrono::TimeDelta::microseconds(1);
    }
}
