//! The clock of a demo: it shows the past, as far as that has been made up.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::clock::Clock;

/// A clock that moves only when it is set.
#[derive(Debug)]
pub struct StageClock(Mutex<DateTime<Utc>>);

impl StageClock {
    /// A clock that shows `now`.
    #[must_use]
    pub const fn new(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(now))
    }

    /// It is `now`.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

#[async_trait]
impl Clock for StageClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ticks(&self) -> Duration {
        (self.now() - DateTime::UNIX_EPOCH)
            .to_std()
            .unwrap_or_default()
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        // Nothing sleeps on it: no loop runs while history is made up.
        if at > self.now() {
            std::future::pending::<()>().await;
        }
    }
}
