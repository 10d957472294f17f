//! People who answer tickets: most of them soon, some later, and some not at all.

use std::collections::{BTreeMap, HashSet};

use app::id::TicketId;
use app::ticket::{TicketAct, TicketKind, TicketView};
use chrono::{DateTime, TimeDelta, Utc};

use super::chance::Chance;

/// An answer to come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct TicketAnswer {
    pub(super) ticket: TicketId,
    pub(super) person: String,
    pub(super) act: TicketAct,
}

/// The answers to all tickets that were opened so far.
#[derive(Debug, Default)]
pub(super) struct Answers {
    known: HashSet<TicketId>,
    to_come: BTreeMap<(DateTime<Utc>, TicketId), TicketAnswer>,
}

impl Answers {
    /// Decides who answers a ticket and when, the first time that it is seen.
    pub(super) fn note(&mut self, ticket: &TicketView, seed: u64, words: &[String]) {
        if !self.known.insert(ticket.id) {
            return;
        }
        let mut chance = Chance::of(seed, &[i64::from(b't'), ticket.id.0]);
        let mut plan = |minutes: i64, act: TicketAct| {
            let answer = TicketAnswer {
                ticket: ticket.id,
                person: ticket.owner.clone(),
                act,
            };
            let at = ticket.opened_at.0 + TimeDelta::minutes(minutes);
            self.to_come.insert((at, ticket.id), answer);
        };
        let is_answered = chance.permille(880);
        let soon = chance.between(4, 100);
        match ticket.kind {
            TicketKind::Firing if is_answered => {
                let last = i64::try_from(words.len()).unwrap_or_default() - 1;
                let index = usize::try_from(chance.between(0, last)).unwrap_or_default();
                let word = words.get(index).cloned().unwrap_or_default();
                if chance.permille(200) {
                    plan(soon, TicketAct::Snooze("1h".to_owned()));
                    plan(soon + 75, TicketAct::Done(word));
                } else {
                    plan(soon, TicketAct::Done(word));
                }
            }
            TicketKind::Failure if is_answered => plan(soon, TicketAct::Acknowledge),
            TicketKind::Firing | TicketKind::Failure | TicketKind::Task | TicketKind::Chase => {}
        }
    }

    /// When the next one comes.
    pub(super) fn next(&self) -> Option<DateTime<Utc>> {
        self.to_come.keys().next().map(|(at, _)| *at)
    }

    /// Takes one that has come by `now`.
    pub(super) fn take(&mut self, now: DateTime<Utc>) -> Option<TicketAnswer> {
        let first = self.to_come.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}
