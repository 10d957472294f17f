//! A clock that moves only when a test moves it.

use std::sync::Mutex;
use std::time::Duration;

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

/// A clock that moves only when a test moves it, and wakes all that sleep on it.
#[derive(Debug)]
pub(crate) struct ManualClock {
    now: watch::Sender<DateTime<Utc>>,
    /// How far the wall clock was set forward, in all.
    stepped: Mutex<TimeDelta>,
}

impl ManualClock {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self {
            now: watch::channel(now).0,
            stepped: Mutex::new(TimeDelta::zero()),
        }
    }

    /// Time passes until `now`.
    pub(crate) fn set(&self, now: DateTime<Utc>) {
        self.now.send_replace(now);
    }

    /// Time passes.
    pub(crate) fn advance(&self, by: TimeDelta) {
        self.now.send_modify(|now| *now += by);
    }

    /// The clock is set; no time passes.
    pub(crate) fn step(&self, by: TimeDelta) {
        *self.stepped.lock().expect("the clock") += by;
        self.advance(by);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.borrow()
    }

    fn ticks(&self) -> Duration {
        let passed = self.now() - *self.stepped.lock().expect("the clock");
        (passed - DateTime::UNIX_EPOCH)
            .to_std()
            .expect("after 1970")
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        // The sender lives as long as `self`, so there is no error to expect.
        self.now
            .subscribe()
            .wait_for(|now| *now >= at)
            .await
            .expect("the clock lives");
    }
}
