//! When schedules fire, in the zones of the machine's own data.
//!
//! jiff reads the system's zoneinfo (or `TZDIR`) and falls back to a bundled copy, so a zone
//! change reaches us with the operating system's updates. croner searches the patterns, on wall
//! clock times only; what a wall clock time means where the clock changes is decided here:
//!
//! - a fixed time that the clock jumps over (a DST gap) fires at the first valid instant after the
//!   gap, and several such times in one gap fire once;
//! - a date that a zone skips as a whole (Samoa, 2011-12-30) has no firings;
//! - a fixed time in a repeated hour (a DST fold) fires on the first pass only;
//! - wildcards and steps follow the wall clock: nothing in a gap, both passes of a repeated hour.
//!
//! [`CronExpr::is_fixed_time`](app::cron::CronExpr) decides which expressions are fixed.
//! Schedules are known from the year 1 to the year 4999; outside these years nothing fires.

mod civil;
mod cron;
mod cycle;
mod offsets;
mod pattern;
#[cfg(test)]
mod tests;
mod version;
pub mod zones;

pub use civil::{
    at_time_on, civil_date, civil_time, date_alone, is_date, is_in_gap, parse_end, parse_instant,
    start_of_day, time_of_day,
};
pub use cycle::Cycle;
pub use pattern::Patterns;
pub use version::{ZoneDataVersion, ZoneSource, bundled_version, data_version, known_version};
pub use zones::{
    SystemZone, UnknownZone, clock_changes, nearest_zone, rules, system_zone, zone, zone_names,
};

use app::time::Stamp;
use chrono::{DateTime, Utc};
use jiff::Timestamp;

/// The window of a task as instants.
#[must_use]
pub fn window(
    starts_at: Option<Stamp>,
    ends_at: Option<Stamp>,
) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    (starts_at.map(|at| at.0), ends_at.map(|at| at.0))
}

/// An instant in whole seconds, rounded down, clamped to the years that jiff supports.
fn unix(at: DateTime<Utc>) -> i64 {
    at.timestamp()
        .clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second())
}

/// An instant for jiff, in whole seconds.
fn timestamp(unix: i64) -> Timestamp {
    Timestamp::from_second(unix).unwrap_or(if unix < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// Converts to an instant of chrono.
fn instant(unix: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(unix, 0)
}
