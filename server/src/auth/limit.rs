//! Slows down guessing of passwords and tokens.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Keys in one generation; two generations are kept.
const GENERATION: usize = 10_000;
/// The window in which look-ups of a key are counted.
const LOOKED: TimeDelta = TimeDelta::minutes(1);
/// A key without failures for this long starts from zero.
const FORGOTTEN: TimeDelta = TimeDelta::hours(1);

/// The price of failures.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Failures without a wait.
    pub free: u32,
    /// The longest wait.
    pub longest: TimeDelta,
}

impl Rule {
    /// No wait for the free failures, then 2 s, doubling.
    fn penalty(self, count: u32) -> TimeDelta {
        if count < self.free {
            return TimeDelta::zero();
        }
        TimeDelta::seconds(2_i64 << (count - self.free).min(20)).min(self.longest)
    }
}

/// Counts failures by key (an account's name, an address) and computes how long a key has to wait.
///
/// Its memory is bounded, and no call scans all of it: keys are kept in two generations, and when the younger one is
/// full the older one is dropped.
#[derive(Debug, Default)]
pub struct Attempts {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    young: HashMap<String, Failures>,
    old: HashMap<String, Failures>,
    known: HashSet<String>,
    known_before: HashSet<String>,
    looked: HashMap<String, Lookups>,
    looked_before: HashMap<String, Lookups>,
}

/// Look-ups of a key.
#[derive(Clone, Copy, Debug)]
struct Lookups {
    count: u32,
    /// The first of them.
    since: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: DateTime<Utc>,
}

impl State {
    fn failures(&self, key: &str, now: DateTime<Utc>) -> Option<Failures> {
        let found = self.young.get(key).or_else(|| self.old.get(key)).copied()?;
        (now - found.last <= FORGOTTEN).then_some(found)
    }

    fn set(&mut self, key: &str, failures: Failures) {
        if self.young.len() >= GENERATION && !self.young.contains_key(key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(key);
        self.young.insert(key.to_owned(), failures);
    }

    fn forget(&mut self, key: &str) {
        self.young.remove(key);
        self.old.remove(key);
    }

    fn know(&mut self, key: &str) {
        if self.known.contains(key) {
            return;
        }
        if self.known.len() >= GENERATION {
            self.known_before = std::mem::take(&mut self.known);
        }
        self.known.insert(key.to_owned());
    }

    fn looks(&self, key: &str, now: DateTime<Utc>) -> Option<Lookups> {
        let looked = self.looked.get(key).or_else(|| self.looked_before.get(key));
        // A clock that was set back must not extend the wait.
        let is_fresh = |looks: &Lookups| (now - looks.since).abs() < LOOKED;
        looked.copied().filter(is_fresh)
    }
}

impl Attempts {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long this key still has to wait; `None` when it may try.
    #[must_use]
    pub fn wait(&self, key: &str, rule: Rule, now: DateTime<Utc>) -> Option<TimeDelta> {
        let failures = self.lock().failures(key, now)?;
        let until = failures.last + rule.penalty(failures.count);
        (until > now).then(|| until - now)
    }

    /// Counts a failure; returns how many there are now.
    pub fn failed(&self, key: &str, now: DateTime<Utc>) -> u32 {
        let mut state = self.lock();
        let before = state
            .failures(key, now)
            .map_or(0, |failures| failures.count);
        let count = before.saturating_add(1);
        state.set(key, Failures { count, last: now });
        count
    }

    /// Takes back a failure that turned out not to be one.
    pub fn was_none(&self, key: &str, now: DateTime<Utc>) {
        let mut state = self.lock();
        match state.failures(key, now) {
            Some(failures) if failures.count > 1 => {
                let count = failures.count - 1;
                state.set(key, Failures { count, ..failures });
            }
            _ => state.forget(key),
        }
    }

    /// Clears the failures of a key that got in, and remembers that it did.
    pub fn succeeded(&self, key: &str) {
        let mut state = self.lock();
        state.forget(key);
        state.know(key);
    }

    /// Marks a key as known although this process has not seen it succeed; its failures still count.
    pub fn remember(&self, key: &str) {
        self.lock().know(key);
    }

    /// Whether it may be looked up if this key got in before, where the look-up is expensive: so many times a minute.
    pub fn may_look(&self, key: &str, most: u32, now: DateTime<Utc>) -> bool {
        let mut state = self.lock();
        let looks = state.looks(key, now).unwrap_or(Lookups {
            count: 0,
            since: now,
        });
        if looks.count >= most {
            return false;
        }
        if state.looked.len() >= GENERATION && !state.looked.contains_key(key) {
            state.looked_before = std::mem::take(&mut state.looked);
        }
        let count = looks.count + 1;
        state
            .looked
            .insert(key.to_owned(), Lookups { count, ..looks });
        true
    }

    /// Whether this key is remembered to have got in.
    #[must_use]
    pub fn is_known(&self, key: &str) -> bool {
        let state = self.lock();
        state.known.contains(key) || state.known_before.contains(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule {
        free: 5,
        longest: TimeDelta::minutes(15),
    };

    fn start() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("time")
    }

    #[test]
    fn waiting_grows_and_ends() {
        let attempts = Attempts::default();
        let now = start();
        for count in 1..=4 {
            assert_eq!(attempts.failed("ann", now), count);
            assert_eq!(attempts.wait("ann", RULE, now), None);
        }
        attempts.failed("ann", now);
        assert_eq!(attempts.wait("ann", RULE, now), Some(TimeDelta::seconds(2)));
        attempts.failed("ann", now);
        assert_eq!(attempts.wait("ann", RULE, now), Some(TimeDelta::seconds(4)));
        assert_eq!(
            attempts.wait("ann", RULE, now + TimeDelta::seconds(4)),
            None
        );
        assert_eq!(attempts.wait("bob", RULE, now), None);
        attempts.succeeded("ann");
        assert_eq!(attempts.wait("ann", RULE, now), None);
        for _ in 0..100 {
            attempts.failed("ann", now);
        }
        assert_eq!(
            attempts.wait("ann", RULE, now),
            Some(TimeDelta::minutes(15))
        );
        let later = now + TimeDelta::minutes(61);
        assert_eq!(
            attempts.failed("ann", later),
            1,
            "a quiet hour wipes the slate"
        );
    }

    #[test]
    fn a_failure_that_was_none_is_taken_back() {
        let attempts = Attempts::default();
        let now = start();
        for _ in 0..5 {
            attempts.failed("here", now);
        }
        attempts.was_none("here", now);
        assert_eq!(attempts.wait("here", RULE, now), None);
        assert_eq!(attempts.failed("here", now), 5, "the others still count");
    }

    #[test]
    fn look_ups_are_bounded_by_key_and_minute() {
        let attempts = Attempts::default();
        let now = start();
        assert!(attempts.may_look("here", 2, now));
        assert!(attempts.may_look("here", 2, now + TimeDelta::seconds(59)));
        assert!(!attempts.may_look("here", 2, now + TimeDelta::seconds(59)));
        assert!(attempts.may_look("there", 2, now), "another key");
        assert!(attempts.may_look("here", 2, now + TimeDelta::seconds(60)));
        let set_back = now - TimeDelta::hours(1);
        assert!(attempts.may_look("here", 1, set_back));
    }

    #[test]
    fn who_is_remembered_keeps_failures() {
        let attempts = Attempts::default();
        let now = start();
        for _ in 0..5 {
            attempts.failed("ann", now);
        }
        attempts.remember("ann");
        assert!(attempts.is_known("ann"));
        assert_eq!(attempts.wait("ann", RULE, now), Some(TimeDelta::seconds(2)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let attempts = Attempts::default();
        let now = start();
        for number in 0..5 * GENERATION {
            attempts.failed(&format!("key {number}"), now);
            attempts.succeeded(&format!("known {number}"));
            attempts.may_look(&format!("look {number}"), 1, now);
        }
        let state = attempts.lock();
        assert!(state.young.len() <= GENERATION && state.old.len() <= GENERATION);
        assert!(state.known.len() <= GENERATION && state.known_before.len() <= GENERATION);
        assert!(state.looked.len() <= GENERATION && state.looked_before.len() <= GENERATION);
        drop(state);
        let newest = format!("key {}", 5 * GENERATION - 1);
        assert_eq!(attempts.failed(&newest, now), 2);
        assert!(attempts.is_known(&format!("known {}", 5 * GENERATION - 1)));
        assert!(!attempts.is_known("known 0"));
    }
}
