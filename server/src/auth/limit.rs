//! Slowing down who guesses passwords.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Names and addresses remembered at the most.
const REMEMBERED: usize = 10_000;

/// Counts failures by key (an account's name, an address) and says how long a key has to wait.
#[derive(Debug, Default)]
pub struct Attempts {
    failures: Mutex<HashMap<String, (u32, DateTime<Utc>)>>,
}

impl Attempts {
    /// How long this key still has to wait after more than `free` failures; `None` when it may try.
    #[must_use]
    pub fn wait(&self, key: &str, free: u32, now: DateTime<Utc>) -> Option<TimeDelta> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, last) = failures.get(key)?;
        let until = *last + penalty(*count, free);
        (until > now).then(|| until - now)
    }

    /// Counts a failure.
    pub fn failed(&self, key: &str, now: DateTime<Utc>) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED {
            failures.retain(|_, (_, last)| now - *last < TimeDelta::hours(1));
        }
        let entry = failures.entry(key.to_owned()).or_insert((0, now));
        // A quiet hour wipes the slate.
        if now - entry.1 > TimeDelta::hours(1) {
            entry.0 = 0;
        }
        *entry = (entry.0 + 1, now);
    }

    /// Forgets a key that got in.
    pub fn succeeded(&self, key: &str) {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }
}

/// Nothing for the first failures, then doubling from 2 s up to 15 min.
fn penalty(count: u32, free: u32) -> TimeDelta {
    if count < free {
        TimeDelta::zero()
    } else {
        TimeDelta::seconds((2_i64 << (count - free).min(9)).min(900))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_and_ends() {
        let attempts = Attempts::default();
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("time");
        for _ in 0..4 {
            attempts.failed("ann", now);
            assert_eq!(attempts.wait("ann", 5, now), None);
        }
        attempts.failed("ann", now);
        assert_eq!(attempts.wait("ann", 5, now), Some(TimeDelta::seconds(2)));
        attempts.failed("ann", now);
        assert_eq!(attempts.wait("ann", 5, now), Some(TimeDelta::seconds(4)));
        assert_eq!(attempts.wait("ann", 5, now + TimeDelta::seconds(4)), None);
        assert_eq!(attempts.wait("bob", 5, now), None);
        attempts.succeeded("ann");
        assert_eq!(attempts.wait("ann", 5, now), None);
        for _ in 0..100 {
            attempts.failed("ann", now);
        }
        assert_eq!(attempts.wait("ann", 5, now), Some(TimeDelta::minutes(15)));
    }
}
