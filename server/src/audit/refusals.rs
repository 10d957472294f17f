//! Refused attempts. The first of a minute is written at once, those that follow from the same place are counted into one
//! entry, and of many places only some have entries of their own: a stranger cannot fill the disk.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::Act;

/// Attempts of this time are counted together.
const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// Accounts, doors and addresses that have entries of their own at the same time.
const PLACES_MAX: usize = 30;
/// Characters of an address, and of what was attempted.
const CHARS_MAX: usize = 200;
/// Stands for the address of attempts from further places.
const ELSEWHERE: &str = "other addresses";

/// An attempt that was refused.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Attempt {
    /// What: `sign_in`, `access`, …
    pub action: &'static str,
    /// The account that it was for or of; empty where there is none.
    pub who: String,
    /// By which door.
    pub via: &'static str,
    /// From where.
    pub client: Option<String>,
}

impl Attempt {
    fn act(&self, detail: &str, at: DateTime<Utc>, times: i64) -> Act {
        let who = (self.who.as_str(), self.via, self.client.clone());
        let act = Act::refused(who, self.action, at).detail(detail);
        if times > 1 { act.times(times) } else { act }
    }
}

/// What was counted of one kind since its last entry.
#[derive(Clone, Debug)]
struct Count {
    since: DateTime<Utc>,
    last: DateTime<Utc>,
    more: i64,
    detail: String,
}

/// Counts refused attempts.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<HashMap<Attempt, Count>>);

impl Refusals {
    /// Notes an attempt: the act to write now, or `None` where it is counted.
    pub fn note(&self, attempt: Attempt, detail: &str, now: DateTime<Utc>) -> Option<Act> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let detail: String = detail.chars().take(CHARS_MAX).collect();
        let attempt = if counts.contains_key(&attempt) || counts.len() < PLACES_MAX {
            attempt
        } else {
            Attempt {
                who: String::new(),
                client: Some(ELSEWHERE.to_owned()),
                ..attempt
            }
        };
        if let Some(count) = counts.get_mut(&attempt)
            // A clock that was set back must not extend it.
            && (now - count.since).abs() < WINDOW
        {
            count.more += 1;
            count.last = now;
            count.detail = detail;
            return None;
        }
        let fresh = Count {
            since: now,
            last: now,
            more: 0,
            detail: String::new(),
        };
        let before = counts.insert(attempt.clone(), fresh);
        Some(attempt.act(&detail, now, before.map_or(0, |before| before.more) + 1))
    }

    /// What was counted in minutes that are over.
    pub fn due(&self, now: DateTime<Utc>) -> Vec<Act> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut acts = Vec::new();
        counts.retain(|attempt, count| {
            let is_over = (now - count.since).abs() >= WINDOW;
            if is_over && count.more > 0 {
                acts.push(attempt.act(&count.detail, count.last, count.more));
            }
            !is_over
        });
        acts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("an instant")
    }

    fn from(client: &str) -> Attempt {
        Attempt {
            action: "sign_in",
            who: String::new(),
            via: "session",
            client: Some(client.to_owned()),
        }
    }

    #[test]
    fn repeated_attempts_of_a_minute_are_one_entry() {
        let refusals = Refusals::default();
        assert!(refusals.note(from("a"), "", at(0)).is_some());
        for second in 1..50 {
            assert_eq!(refusals.note(from("a"), "x", at(second)), None);
        }
        assert!(refusals.note(from("b"), "", at(50)).is_some());
        assert!(refusals.due(at(59)).is_empty());
        let expected = from("a").act("x", at(49), 49);
        assert_eq!(refusals.due(at(60)), [expected]);
        // A single one was written at once.
        assert!(refusals.due(at(200)).is_empty());
        assert!(refusals.note(from("a"), "", at(201)).is_some());
    }

    #[test]
    fn many_places_are_a_bounded_number_of_entries() {
        let refusals = Refusals::default();
        let written = (0..10_000)
            .filter_map(|number| refusals.note(from(&number.to_string()), "", at(0)))
            .count();
        assert_eq!(written, PLACES_MAX + 1);
        let due = refusals.due(at(60));
        let places = i64::try_from(PLACES_MAX).expect("a number");
        let counted = from(ELSEWHERE).act("", at(0), 10_000 - places - 1);
        assert_eq!(due, [counted]);
    }
}
