//! A clock that moves when it is told to.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use server::clock::Clock;
use tokio::sync::watch;

/// Reads a test's instant: `2026-11-22T09:00:00Z`.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text)
        .expect("an instant")
        .to_utc()
}

/// A clock that moves when it is told to, and wakes who sleeps on it.
#[derive(Debug)]
pub(crate) struct ManualClock(watch::Sender<DateTime<Utc>>);

impl ManualClock {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self(watch::channel(now).0)
    }

    pub(crate) fn set(&self, now: DateTime<Utc>) {
        self.0.send_replace(now);
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        self.0.send_modify(|now| *now += by);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.borrow()
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        // The sender lives as long as `self`, so there is no error to expect.
        self.0
            .subscribe()
            .wait_for(|now| *now >= at)
            .await
            .expect("the clock lives");
    }
}
