//! Databases full of history, written directly: creating it through the product would take days.
//!
//! Firings are spread evenly over a year, alternating over all tasks, so that rows of one task are far apart as in
//! production. Two of a hundred runs end badly, seven of a thousand firings did not run.

mod mariadb;
mod sqlite;

use chrono::{DateTime, TimeDelta, Utc};

pub(super) use mariadb::{fill as fill_mariadb, size as size_mariadb};
pub(super) use sqlite::{
    fill as fill_sqlite, last as last_sqlite, schema as schema_sqlite, size as size_sqlite,
};

/// A period of history.
#[derive(Clone, Copy, Debug)]
pub(super) struct History {
    /// Runs in it.
    pub(super) runs: u64,
    /// When the first firing was due.
    pub(super) from: DateTime<Utc>,
    /// Before when the last one was due.
    pub(super) until: DateTime<Utc>,
}

/// What history takes: tables with their indexes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    /// Runs.
    pub(super) runs: u64,
    /// Bytes of the runs, without the ends of their outputs.
    pub(super) run: u64,
    /// Bytes of the ledger of firings.
    pub(super) occurrence: u64,
}

/// Of a thousand firings, those that ran; the others were skipped or missed.
const RAN: u64 = 993;
/// The node that ran them: no current one, with a name as long as theirs.
const NODE: &str = "0123456789abcdef";

impl History {
    /// A year that ends now.
    pub(super) fn year(runs: u64, now: DateTime<Utc>) -> Self {
        Self {
            runs,
            from: now - TimeDelta::days(365),
            until: now,
        }
    }

    /// Firings that it takes.
    fn firings(&self) -> u64 {
        self.runs * 1_000 / RAN
    }

    /// Seconds after its beginning at which a firing was due.
    fn second(&self, firing: u64) -> i64 {
        let length = (self.until - self.from).num_seconds().unsigned_abs();
        let second = u128::from(firing) * u128::from(length) / u128::from(self.firings());
        i64::try_from(second).unwrap_or(i64::MAX)
    }
}

/// What decides how a firing ended: every number below a thousand comes once in a thousand firings
/// of all tasks, and once in a thousand firings of each task.
const fn lot(firing: u64) -> u64 {
    (firing * 7_919 + firing / 1_000 * 613) % 1_000
}

/// How it ended: state, reason, exit code; no run where it is `skipped` or `missed`.
const fn ending(lot: u64) -> (&'static str, Option<&'static str>, Option<i32>) {
    match lot {
        0..14 => ("failed", None, Some(1)),
        14..17 => ("timed_out", None, None),
        17 => ("killed", Some("shutdown"), None),
        18..20 => ("lost", Some("lost"), None),
        20..RAN => ("succeeded", None, Some(0)),
        RAN..998 => ("skipped", Some("overlap"), None),
        _ => ("missed", Some("down"), None),
    }
}

/// Milliseconds that it ran.
const fn duration_ms(lot: u64) -> u64 {
    20 + lot * 7
}

/// The end of its output.
fn tail(lot: u64) -> String {
    format!("{} rows copied in {} ms\n", lot * 31, duration_ms(lot))
}

/// The first run with this number or a greater one.
pub(super) fn run_from(number: u64) -> u64 {
    (number..)
        .find(|number| lot(number - 1) < RAN)
        .unwrap_or(number)
}
