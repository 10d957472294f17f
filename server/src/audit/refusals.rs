//! Refused attempts. The first of a minute is written at once, those that follow from the same place are counted into its
//! entry, and of many places only some have entries of their own: a stranger cannot fill the disk.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::Act;

/// Attempts of this time are counted together.
const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// So long their entries are not sealed, since their numbers may grow, and are written some seconds later.
pub(super) const OPEN: TimeDelta = TimeDelta::seconds(70);
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

/// Attempts of one kind in one minute.
#[derive(Clone, Debug)]
struct Count {
    since: DateTime<Utc>,
    last: DateTime<Utc>,
    times: i64,
    /// How many of them are in the log.
    written: i64,
    /// What was attempted last.
    detail: String,
    /// Their entry, once it is written.
    entry: Option<i64>,
}

impl Count {
    fn is_over(&self, now: DateTime<Utc>) -> bool {
        // A clock that was set back must not extend it.
        (now - self.since).abs() >= WINDOW
    }
}

/// An entry whose number has grown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recount {
    attempt: Attempt,
    since: DateTime<Utc>,
    /// The entry; `None` where it could not be written.
    pub entry: Option<i64>,
    /// How many attempts it stands for.
    pub times: i64,
    /// Those that are not in the log, where the entry cannot be changed any more.
    pub rest: Act,
}

/// Counts refused attempts.
#[derive(Debug, Default)]
pub struct Refusals {
    counts: Mutex<HashMap<Attempt, Count>>,
    /// Held while counts are written, so that none is written twice.
    pub writing: tokio::sync::Mutex<()>,
}

impl Refusals {
    fn lock(&self) -> MutexGuard<'_, HashMap<Attempt, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an attempt: the act to write now, and of what; or `None` where it is counted.
    pub fn note(
        &self,
        attempt: Attempt,
        detail: &str,
        now: DateTime<Utc>,
    ) -> Option<(Attempt, Act)> {
        let mut counts = self.lock();
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
            && !count.is_over(now)
        {
            count.times += 1;
            count.last = now;
            count.detail = detail;
            return None;
        }
        let before = counts.get(&attempt);
        let times = before.map_or(0, |before| before.times - before.written) + 1;
        let fresh = Count {
            since: now,
            last: now,
            times,
            written: times,
            detail: String::new(),
            entry: None,
        };
        let act = attempt.act(&detail, now, times);
        counts.insert(attempt.clone(), fresh);
        Some((attempt, act))
    }

    /// Notes the entry of an act that [`Refusals::note`] gave.
    pub fn entered(&self, attempt: &Attempt, act: &Act, entry: i64) {
        if let Some(count) = self.lock().get_mut(attempt)
            && count.since == act.at()
        {
            count.entry = Some(entry);
        }
    }

    /// The entries whose numbers have grown. Forgets minutes that are over and written.
    pub fn recounts(&self, now: DateTime<Utc>) -> Vec<Recount> {
        let mut counts = self.lock();
        counts.retain(|_, count| count.times > count.written || !count.is_over(now));
        let grown = counts.iter().filter(|(_, count)| {
            // One whose entry is being written has it in a moment.
            count.times > count.written && (count.entry.is_some() || count.is_over(now))
        });
        let recount = |(attempt, count): (&Attempt, &Count)| Recount {
            attempt: attempt.clone(),
            since: count.since,
            entry: count.entry,
            times: count.times,
            rest: attempt.act(&count.detail, count.last, count.times - count.written),
        };
        grown.map(recount).collect()
    }

    /// Notes that the rest of a count became an entry of its own, which stands for what follows as well.
    pub fn continued(&self, recount: &Recount, entry: i64) {
        if let Some(count) = self.lock().get_mut(&recount.attempt)
            && count.since == recount.since
        {
            let rest = recount.times - count.written;
            count.times -= count.written;
            count.written = rest;
            count.entry = Some(entry);
        }
    }

    /// Notes that a count is in the log.
    pub fn written(&self, recount: &Recount) {
        if let Some(count) = self.lock().get_mut(&recount.attempt)
            && count.since == recount.since
        {
            count.written = recount.times;
        }
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
        let (place, act) = refusals.note(from("a"), "", at(0)).expect("the first");
        refusals.entered(&place, &act, 7);
        for second in 1..50 {
            assert_eq!(refusals.note(from("a"), "x", at(second)), None);
        }
        assert!(refusals.note(from("b"), "", at(50)).is_some());
        let [grown] = refusals.recounts(at(50)).try_into().expect("one");
        let expected = Recount {
            attempt: from("a"),
            since: at(0),
            entry: Some(7),
            times: 50,
            rest: from("a").act("x", at(49), 49),
        };
        assert_eq!(grown, expected);
        // It is given again until it is written.
        assert_eq!(refusals.recounts(at(55)), std::slice::from_ref(&expected));
        refusals.written(&expected);
        assert!(refusals.recounts(at(59)).is_empty());
        assert_eq!(refusals.note(from("a"), "x", at(59)), None);
        let [grown] = refusals.recounts(at(60)).try_into().expect("one");
        assert_eq!((grown.entry, grown.times), (Some(7), 51));
        refusals.written(&grown);
        // A single one was written at once.
        assert!(refusals.recounts(at(200)).is_empty());
        assert!(refusals.note(from("a"), "", at(201)).is_some());
    }

    #[test]
    fn what_was_not_written_is_part_of_the_next_entry() {
        let refusals = Refusals::default();
        assert!(refusals.note(from("a"), "", at(0)).is_some());
        assert_eq!(refusals.note(from("a"), "x", at(1)), None);
        let (_, act) = refusals.note(from("a"), "y", at(61)).expect("an entry");
        assert_eq!(act, from("a").act("y", at(61), 2));
        assert!(refusals.recounts(at(62)).is_empty());
    }

    #[test]
    fn many_places_are_a_bounded_number_of_entries() {
        let refusals = Refusals::default();
        let written = (0..10_000)
            .filter_map(|number| refusals.note(from(&number.to_string()), "", at(0)))
            .count();
        assert_eq!(written, PLACES_MAX + 1);
        let [due] = refusals.recounts(at(60)).try_into().expect("one");
        let places = i64::try_from(PLACES_MAX).expect("a number");
        let counted = from(ELSEWHERE).act("", at(0), 10_000 - places - 1);
        assert_eq!((due.times, due.rest), (10_000 - places, counted));
    }
}
