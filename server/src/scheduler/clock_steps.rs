//! Detects clock steps: distinguishes a clock that was set from time that passed, by comparing the wall clock with
//! one that cannot be set and that counts through suspend.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::DRIFT;

/// Steps up to this size are treated as a correction (cron(8) of Debian: under three hours), larger ones as a new
/// time.
const CORRECTION: TimeDelta = TimeDelta::hours(3);

/// A time that the wall clock skipped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SkippedInterval {
    /// The last time seen before the step.
    pub from: DateTime<Utc>,
    /// The first time seen after it.
    pub to: DateTime<Utc>,
    /// Whether fixed times in it still fire, once; otherwise they are dropped.
    pub corrects: bool,
}

impl SkippedInterval {
    /// Whether an instant was skipped.
    #[must_use]
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from < at && at <= self.to
    }
}

/// A step of the wall clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClockStep {
    /// It was set forward.
    Forward(SkippedInterval),
    /// It was set back by this much.
    Back(TimeDelta),
}

/// Monitors the wall clock.
#[derive(Debug, Default)]
pub struct ClockWatch {
    last: Option<(DateTime<Utc>, Duration)>,
}

impl ClockWatch {
    /// Whether the clock seems to have been set since the last check.
    #[must_use]
    pub fn would_step(&self, now: DateTime<Utc>, ticks: Duration) -> bool {
        let mut copy = Self { last: self.last };
        copy.look(now, ticks).is_some()
    }

    /// Compares with the last check; `ticks` is the time since boot, suspend included.
    pub fn look(&mut self, now: DateTime<Utc>, ticks: Duration) -> Option<ClockStep> {
        let (last, last_ticks) = self.last.replace((now, ticks))?;
        let passed = TimeDelta::from_std(ticks.saturating_sub(last_ticks)).ok()?;
        let step = now - (last + passed);
        if step.abs() < DRIFT {
            return None;
        }
        Some(if step > TimeDelta::zero() {
            ClockStep::Forward(SkippedInterval {
                from: last,
                to: now,
                corrects: step < CORRECTION,
            })
        } else {
            ClockStep::Back(-step)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).expect("test time")
    }

    #[test]
    fn only_a_clock_that_was_set_is_a_step() {
        let mut watch = ClockWatch::default();
        let mut look = |second: i64, ticks: u64| watch.look(at(second), Duration::from_secs(ticks));
        assert_eq!(look(0, 100), None, "the first look compares with nothing");
        assert_eq!(look(60, 160), None, "time passed");
        assert_eq!(look(7_260, 7_360), None, "suspended for two hours");
        assert_eq!(look(7_321, 7_420), None, "drift");
        assert_eq!(
            look(12_721, 7_420),
            Some(ClockStep::Forward(SkippedInterval {
                from: at(7_321),
                to: at(12_721),
                corrects: true,
            }))
        );
        assert_eq!(
            look(12_721 - 5_400, 7_420),
            Some(ClockStep::Back(TimeDelta::minutes(90)))
        );
        let far = look(7_321 + 18_000, 7_420);
        assert!(matches!(far, Some(ClockStep::Forward(hole)) if !hole.corrects));
    }
}
