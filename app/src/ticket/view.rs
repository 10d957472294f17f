//! Tickets as everything outside sees them, and what can be done to them.

use serde::{Deserialize, Serialize};

use super::{TicketKind, TicketState};
use crate::id::{OccurrenceId, RunId, TaskId, TicketId};
use crate::time::Stamp;

/// The longest word that a person leaves with an act, in characters.
pub const WORD_MAX_CHARS: usize = 500;

/// A ticket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketView {
    /// Its id.
    pub id: TicketId,
    /// The task that opened it.
    pub task_id: TaskId,
    /// The task's name: what is asked for.
    pub task: String,
    /// What opened it.
    pub kind: TicketKind,
    /// The firing that it is about, for a reminder.
    pub occurrence_id: Option<OccurrenceId>,
    /// The run that failed first.
    pub run_id: Option<RunId>,
    /// How it stands.
    pub state: TicketState,
    /// The rung of the ladder that was reached; 0 for the owners alone.
    pub level: i32,
    /// Whose it is: the first owner of the task, or the person to whom it was handed over or who took it; may be
    /// empty.
    pub owner: String,
    /// The people who are asked: owners, and those of the ladder so far.
    pub asked: Vec<String>,
    /// When it was opened.
    pub opened_at: Stamp,
    /// Since when it has been asked for: its opening, or when it was reopened or handed over last.
    pub since: Stamp,
    /// Urges so far. Of a chase, firings of its schedule.
    pub urges: i32,
    /// When it is asked for next, at the latest when it expires; `null` when it is over.
    pub next_urge_at: Option<Stamp>,
    /// When it expires.
    pub expires_at: Stamp,
    /// Until when it is put off; `null` unless it is.
    pub snoozed_until: Option<Stamp>,
    /// Who took it.
    pub acknowledged_by: Option<String>,
    /// When.
    pub acknowledged_at: Option<Stamp>,
    /// Who ended it; `jcrontab` where the product did.
    pub done_by: Option<String>,
    /// When it ended.
    pub done_at: Option<Stamp>,
    /// The word that was left then.
    pub word: Option<String>,
    /// IANA zone of its task, in which its times are shown.
    pub zone: String,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl TicketView {
    /// Whether it is a person's, or asks them.
    #[must_use]
    pub fn is_of(&self, person: &str) -> bool {
        self.owner == person || self.asked.iter().any(|name| name == person)
    }
}

/// A ticket with what happened to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketDetail {
    /// The ticket.
    pub ticket: TicketView,
    /// Who did what, oldest first; the last 200.
    pub history: Vec<TicketEntry>,
    /// Who was asked, newest first; the last 200.
    pub urges: Vec<TicketUrge>,
}

/// Something that happened to a ticket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketEntry {
    /// When.
    pub at: Stamp,
    /// Stable code: `opened`, `acknowledged`, `snoozed`, `handed_over`, `escalated`, `done`, `expired`, `reopened`,
    /// `check_passed` (then `done`), `check_failed` (then the urge).
    pub what: String,
    /// Who did it; `jcrontab` where the product did.
    pub who: String,
    /// The word that was left, the person it was handed over to, the end of a snooze (RFC 3339), or how a check ended
    /// with the end of its output; may be empty.
    pub detail: String,
}

/// One urge of a ticket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketUrge {
    /// Its number, from 1.
    pub n: i32,
    /// When it was due.
    pub due_at: Stamp,
    /// When a server sent it.
    pub claimed_at: Stamp,
    /// Which server.
    pub server: String,
    /// The rung of the ladder.
    pub level: i32,
    /// Whom it asked.
    pub asked: Vec<String>,
    /// `queued` as a message, or `no_channel` where no channel gets it.
    pub outcome: String,
}

/// A query for tickets, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TicketQuery {
    /// `open` for all that are not over (also when empty), `all`, or a code of [`TicketState`] other than `open`.
    pub state: String,
    /// Only those that are this person's, or ask them.
    pub owner: String,
    /// Only those of a task.
    pub task: Option<TaskId>,
    /// `next` of the previous page.
    pub after: Option<String>,
    /// Rows per page, 1–200; 50 when absent.
    pub limit: Option<u32>,
}

/// What a person does to a ticket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketAct {
    /// Takes it.
    Acknowledge,
    /// It is done, with a word; may be empty.
    Done(String),
    /// Asks not to be asked again before: a length (`30m`, `2h`), `tomorrow` (its working hours begin, or 09:00), RFC
    /// 3339, or `YYYY-MM-DD HH:MM` or `HH:MM` in the task's zone.
    Snooze(String),
    /// Hands it over to a person.
    Assign(String),
    /// Asks for it again.
    Reopen,
}
