//! Time as a parameter: everything that needs the time gets a [`Clock`].

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// A wall clock that can also be waited on.
#[async_trait]
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The current time, to the microsecond, which is what both databases store.
    fn now(&self) -> DateTime<Utc>;

    /// Time since some fixed moment, by a clock that cannot be set and that keeps counting during suspend.
    fn ticks(&self) -> Duration;

    /// Returns once `now() >= at`, or earlier when the clock was set meanwhile: the instant may then be hours away,
    /// and another one may be next.
    async fn sleep_until(&self, at: DateTime<Utc>);
}

/// A shared clock.
pub type SharedClock = Arc<dyn Clock>;

/// The system clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// Timers count monotonic time, which stops during suspend and ignores clock steps, so the wall clock is read again
/// at least this often.
const SLICE: Duration = Duration::from_secs(1);
/// A smaller difference between wall clock and ticks is drift and rounding; a larger one means that the clock was
/// set.
pub const DRIFT: TimeDelta = TimeDelta::seconds(2);

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the machine's clock"
        )]
        Utc::now().trunc_subsecs(6)
    }

    fn ticks(&self) -> Duration {
        // CLOCK_BOOTTIME, clock_gettime(2): unlike CLOCK_MONOTONIC it counts suspend.
        nix::time::clock_gettime(nix::time::ClockId::CLOCK_BOOTTIME)
            .map_or(Duration::ZERO, Duration::from)
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        let (since, since_ticks) = (self.now(), self.ticks());
        loop {
            let now = self.now();
            // A negative difference means that the instant has passed.
            let Ok(left) = (at - now).to_std() else {
                return;
            };
            let passed = self.ticks().saturating_sub(since_ticks);
            let passed = TimeDelta::from_std(passed).unwrap_or_default();
            let was_set = (now - since - passed).abs() >= DRIFT;
            if left.is_zero() || was_set {
                return;
            }
            tokio::time::sleep(left.min(SLICE)).await;
        }
    }
}
