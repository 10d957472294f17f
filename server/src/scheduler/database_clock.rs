//! A clock that follows the database's: with several nodes that one decides which firings are due and whose lease has
//! expired.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::{Clock, SharedClock};
use crate::store::{Store, StoreError};

/// Smaller differences between the two clocks are ignored: the round trip to the database takes time, too.
const NOISE_MS: i64 = 500;
/// Waits are split into slices of this length, because the correction may change.
const SLICE: TimeDelta = TimeDelta::seconds(1);

/// The machine's clock, corrected to the database's.
#[derive(Debug)]
pub struct DatabaseClock {
    machine: SharedClock,
    /// Milliseconds by which the machine's clock is ahead, as far as corrected.
    correction: AtomicI64,
}

impl DatabaseClock {
    /// A clock that has not been compared yet.
    #[must_use]
    pub fn new(machine: SharedClock) -> Self {
        Self {
            machine,
            correction: AtomicI64::new(0),
        }
    }

    fn correction(&self) -> TimeDelta {
        TimeDelta::milliseconds(self.correction.load(Ordering::SeqCst))
    }

    /// Compares with the database, and corrects itself if the two differ. Returns the milliseconds by which the
    /// machine's clock is ahead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn compare(&self, store: &Store) -> Result<i64, StoreError> {
        let before = self.machine.now();
        let Some(theirs) = store.time().await? else {
            return Ok(0);
        };
        let after = self.machine.now();
        // It answered at some moment in between. A clock that was set meanwhile is compared again.
        let ahead = (before - theirs + (after - before) / 2).num_milliseconds();
        let half = ((after - before) / 2).num_milliseconds().abs();
        let applied = self.correction.load(Ordering::SeqCst);
        if (ahead - applied).abs() >= NOISE_MS + half {
            let correct = if ahead.abs() < NOISE_MS { 0 } else { ahead };
            self.correction.store(correct, Ordering::SeqCst);
            tracing::warn!(
                ahead_ms = ahead,
                "this machine's clock differs from the database's; the database's is used"
            );
        }
        Ok(ahead)
    }
}

#[async_trait]
impl Clock for DatabaseClock {
    fn now(&self) -> DateTime<Utc> {
        self.machine.now() - self.correction()
    }

    fn ticks(&self) -> Duration {
        self.machine.ticks()
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        loop {
            let now = self.now();
            if now >= at {
                return;
            }
            let until = at.min(now + SLICE);
            self.machine.sleep_until(until + self.correction()).await;
            if self.now() < until {
                // Set meanwhile: the caller reads it again.
                return;
            }
        }
    }
}
