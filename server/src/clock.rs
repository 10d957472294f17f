//! Time as a parameter: everything that asks for the time is given a [`Clock`].

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// A wall clock that can also be waited on.
#[async_trait]
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now, to the microsecond: what both databases keep.
    fn now(&self) -> DateTime<Utc>;

    /// Time since some fixed moment by a clock that cannot be set and that goes on in suspend.
    fn ticks(&self) -> Duration;

    /// Returns once `now() >= at`, or earlier when the clock was set meanwhile: an instant that lay
    /// ahead may be hours away then, and what is due next another one.
    async fn sleep_until(&self, at: DateTime<Utc>);
}

/// The clock as it is passed around.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// A timer counts monotonic time, which stands still in suspend and knows nothing of clock
/// steps, so the wall clock is read again at least this often.
const SLICE: Duration = Duration::from_secs(1);
/// Less between the wall clock and the ticks is drift and rounding; more is a clock that was set.
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
            // A negative difference means the instant has come.
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
