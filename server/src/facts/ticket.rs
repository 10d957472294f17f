//! What happened to a ticket, as data.

use app::id::TicketId;
use app::message::Event;
use app::ticket::TicketKind;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::End;
use super::task_event::who;
use crate::text::head;

/// Characters of the word that a person left.
const WORD_SHOWN: usize = 500;
/// People that are named.
const PEOPLE_SHOWN: usize = 20;

/// What happened to a ticket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TicketFacts {
    /// The ticket; 0 until it has an id.
    pub ticket: TicketId,
    /// What opened it.
    pub kind: TicketKind,
    /// What happened: one of the events of tickets.
    pub event: Event,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Urges so far, this one included.
    pub urges: i32,
    /// The rung of the ladder.
    pub level: i32,
    /// The people who are asked.
    pub asked: Vec<String>,
    /// Who did it; empty where the product did.
    pub by: String,
    /// The word that a person left, or the person to whom it was handed over; may be empty.
    pub word: String,
    /// Until when it is put off.
    pub until: Option<DateTime<Utc>>,
    /// Whether its check has closed it.
    #[serde(default)]
    pub checked: bool,
    /// How the run ended that a ticket about a failure was opened by, with the end of its output; none for firings that
    /// were missed, and where nothing is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Box<End>>,
}

impl TicketFacts {
    /// Something that happened to a ticket which was opened then.
    #[must_use]
    pub fn new(ticket: TicketId, kind: TicketKind, event: Event, opened_at: DateTime<Utc>) -> Self {
        Self {
            ticket,
            kind,
            event,
            opened_at,
            urges: 0,
            level: 0,
            asked: Vec::new(),
            by: String::new(),
            word: String::new(),
            until: None,
            checked: false,
            failed: None,
        }
    }

    /// The same, about a run that failed.
    #[must_use]
    pub fn failing(mut self, failed: Option<&End>) -> Self {
        self.failed = failed.cloned().map(Box::new);
        self
    }

    /// The same, done by a person who left a word.
    #[must_use]
    pub fn by(mut self, by: &str, word: &str) -> Self {
        self.by = who(by);
        self.word = head(word, WORD_SHOWN).to_owned();
        self
    }

    /// The same, with the people who are asked.
    #[must_use]
    pub fn asking(mut self, urges: i32, level: i32, asked: &[String]) -> Self {
        self.urges = urges;
        self.level = level;
        self.asked = asked
            .iter()
            .take(PEOPLE_SHOWN)
            .map(|name| who(name))
            .collect();
        self
    }
}
