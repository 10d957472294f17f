//! How often a bot answers texts: some a minute for each person and each chat, then one sentence, then nothing. Anybody
//! in a chat can write to its bot, and what it answers counts for the limit of its messages.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// The time that is looked at.
const WINDOW: Duration = Duration::from_secs(60);
/// Texts of a person that are answered within that time.
const PERSON_MAX: usize = 10;
/// Texts of a chat that are answered within that time.
const CHAT_MAX: usize = 20;
/// Texts and presses of people whom the bot does not know that are answered within that time, of all of them together.
const STRANGERS_MAX: usize = 6;
/// Those of one of them.
const STRANGER_MAX: usize = 3;
/// People and chats that are remembered. More of them within the time are not answered.
const REMEMBERED_MAX: usize = 10_000;

/// Whether a text is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Admission {
    /// It is.
    Answered,
    /// By the sentence that there are too many.
    TooMany,
    /// It is not.
    Silent,
}

/// Whose texts are counted.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Counted {
    Person(String),
    Chat(String),
    Stranger(String),
    Strangers,
}

#[derive(Default)]
struct Count {
    /// When the texts were answered.
    answered: VecDeque<Duration>,
    /// When the sentence was said.
    said: Option<Duration>,
}

impl Count {
    fn forget(&mut self, now: Duration) {
        let is_old = |at: Duration| now.saturating_sub(at) >= WINDOW;
        while self.answered.front().is_some_and(|at| is_old(*at)) {
            self.answered.pop_front();
        }
        self.said = self.said.filter(|at| !is_old(*at));
    }
}

/// What a bot has answered of late.
#[derive(Default)]
pub(in super::super) struct Pace {
    counts: HashMap<Counted, Count>,
}

impl Pace {
    /// Whether a text is answered that comes now, in ticks of the clock.
    pub(super) fn admit(&mut self, person: &str, chat: &str, now: Duration) -> Admission {
        let person = (Counted::Person(person.to_owned()), PERSON_MAX);
        let chat = (Counted::Chat(chat.to_owned()), CHAT_MAX);
        self.count([person, chat], now)
    }

    /// Whether a person whom the bot does not know is answered.
    pub(super) fn admit_stranger(&mut self, person: &str, now: Duration) -> bool {
        let one = (Counted::Stranger(person.to_owned()), STRANGER_MAX);
        let all = (Counted::Strangers, STRANGERS_MAX);
        self.count([one, all], now) == Admission::Answered
    }

    fn count(&mut self, all: [(Counted, usize); 2], now: Duration) -> Admission {
        if self.counts.len() + all.len() > REMEMBERED_MAX {
            self.counts.retain(|_, count| {
                count.forget(now);
                !count.answered.is_empty() || count.said.is_some()
            });
            if self.counts.len() + all.len() > REMEMBERED_MAX {
                return Admission::Silent;
            }
        }
        let mut full = None;
        for (counted, max) in &all {
            let count = self.counts.entry(counted.clone()).or_default();
            count.forget(now);
            if count.answered.len() >= *max && full.is_none() {
                full = Some(counted.clone());
            }
        }
        let Some(full) = full else {
            for (counted, _) in all {
                let count = self.counts.entry(counted).or_default();
                count.answered.push_back(now);
            }
            return Admission::Answered;
        };
        let count = self.counts.entry(full).or_default();
        match count.said {
            Some(_) => Admission::Silent,
            None => {
                count.said = Some(now);
                Admission::TooMany
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(1_000 + seconds)
    }

    #[test]
    fn a_person_is_answered_some_times_a_minute_then_once_that_it_is_too_often() {
        let mut pace = Pace::default();
        let mut seen = Vec::new();
        for _ in 0..400 {
            seen.push(pace.admit("ann", "group", at(0)));
        }
        let count = |wanted| seen.iter().filter(|one| **one == wanted).count();
        assert_eq!(count(Admission::Answered), PERSON_MAX);
        assert_eq!(seen[PERSON_MAX], Admission::TooMany);
        assert_eq!(count(Admission::TooMany), 1);
        // Another person is not silenced by it, and she is answered again after a minute.
        assert_eq!(pace.admit("bob", "group", at(30)), Admission::Answered);
        assert_eq!(pace.admit("ann", "group", at(59)), Admission::Silent);
        assert_eq!(pace.admit("ann", "group", at(60)), Admission::Answered);
    }

    #[test]
    fn a_chat_is_answered_some_times_a_minute_whoever_writes() {
        let mut pace = Pace::default();
        for number in 0..CHAT_MAX {
            let person = format!("person {number}");
            assert_eq!(pace.admit(&person, "group", at(1)), Admission::Answered);
        }
        assert_eq!(pace.admit("ann", "group", at(2)), Admission::TooMany);
        assert_eq!(pace.admit("bob", "group", at(3)), Admission::Silent);
        assert_eq!(pace.admit("ann", "other", at(3)), Admission::Answered);
        assert_eq!(pace.admit("ann", "group", at(61)), Admission::Answered);
    }

    #[test]
    fn strangers_share_what_is_answered_to_them() {
        let mut pace = Pace::default();
        let mut answered = 0;
        for number in 0..1_000 {
            let person = format!("stranger {}", number % 100);
            answered += usize::from(pace.admit_stranger(&person, at(0)));
        }
        assert_eq!(answered, STRANGERS_MAX);
        let mut pace = Pace::default();
        let of_one = (0..100).filter(|_| pace.admit_stranger("one", at(0)));
        assert_eq!(of_one.count(), STRANGER_MAX);
    }

    #[test]
    fn memory_is_bounded_and_freed() {
        let mut pace = Pace::default();
        for number in 0..2 * REMEMBERED_MAX {
            pace.admit(&format!("p{number}"), &format!("c{number}"), at(0));
        }
        assert!(pace.counts.len() <= REMEMBERED_MAX);
        assert_eq!(pace.admit("new", "new", at(1)), Admission::Silent);
        assert_eq!(pace.admit("new", "new", at(61)), Admission::Answered);
        assert_eq!(pace.counts.len(), 2);
    }
}
