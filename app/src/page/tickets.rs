//! What the page of tickets is made from.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::error::AppError;
use crate::id::TaskId;
use crate::oncall::RotaView;
use crate::ticket::{TicketDetail, TicketFeed, TicketLink, TicketQuery, TicketStats, TicketView};

/// What the page of tickets shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TicketsPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// What was asked for.
    pub query: TicketQuery,
    /// The name of the task whose tickets are listed, where they are one's.
    pub task: Option<(TaskId, String)>,
    /// The tickets: the reader's own first, then by person, the longest open one first.
    pub items: Vec<TicketView>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// The ticket that is shown with its history.
    pub shown: Option<TicketDetail>,
    /// How quickly tickets were answered, where it was asked for.
    pub stats: Option<TicketStats>,
    /// Who is on call.
    pub oncall: Vec<RotaView>,
    /// Names that a ticket can be handed over to; none for a reader who may not.
    pub people: Vec<String>,
    /// Why the question could not be answered, or something was not done.
    pub error: Option<AppError>,
}

/// An address of the reader's own tickets, shown only in the answer to the form that made it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum TicketAddress {
    /// The page for phones, without an account.
    Link(TicketLink),
    /// The feed for calendar programs.
    Feed(TicketFeed),
}

/// Puts the tickets of a person first, then those of each other one, and the longest open one first.
pub fn sort_for(tickets: &mut [TicketView], reader: &str) {
    tickets.sort_by(|a, b| {
        let key = |one: &TicketView| (!is_of(one, reader), one.owner.is_empty());
        key(a)
            .cmp(&key(b))
            .then_with(|| a.owner.cmp(&b.owner))
            .then_with(|| a.since.cmp(&b.since))
    });
}

/// Whether a ticket is a person's, or asks them.
#[must_use]
pub fn is_of(ticket: &TicketView, person: &str) -> bool {
    ticket.is_of(person)
}
