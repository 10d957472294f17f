//! What happens to a task besides the end of a run.

use app::message::Event;
use app::run::RunState;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::TicketFacts;
use crate::text::head;

/// Changed fields that a message names; the audit log has all of them, with their values. Values may
/// be secret, and a chat has more readers than a task.
const FIELDS_SHOWN: usize = 20;
/// Characters of the name of a person.
const WHO_SHOWN: usize = 200;

/// What happened to a task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum TaskEvent {
    /// A run started.
    Started {
        /// Which attempt.
        attempt: i32,
    },
    /// A run started later than planned.
    LateStart {
        /// When it was to start.
        due_at: DateTime<Utc>,
        /// Why it is late.
        why: LateReason,
    },
    /// An attempt failed, and the next one is planned.
    Retried(Retried),
    /// A run succeeded suspiciously fast.
    TooFast {
        /// How long it took, in milliseconds.
        took_ms: i64,
        /// What its task takes at least, in seconds.
        min_seconds: i64,
    },
    /// A run succeeded after failures.
    Recovered(Failures),
    /// Planned runs did not start because no server could start them.
    Missed(Missed),
    /// A rule skipped a planned run.
    Skipped {
        /// A code of [`app::occurrence::SkipReason`].
        reason: String,
        /// The instant that the schedule names.
        planned_for: DateTime<Utc>,
    },
    /// The task was paused after that many failures.
    Paused(Failures),
    /// Its next run starts soon.
    StartingSoon {
        /// When.
        starts_at: DateTime<Utc>,
    },
    /// Its active period ends soon.
    EndsSoon {
        /// When.
        ends_at: DateTime<Utc>,
    },
    /// A person changed it.
    Changed {
        /// Who.
        by: String,
        /// The fields that changed, by their names in the API; a limited number of them.
        fields: Vec<String>,
    },
    /// It was closed.
    Closed {
        /// By whom.
        by: String,
    },
    /// It was reopened or resumed.
    Restored {
        /// By whom.
        by: String,
    },
    /// Something happened to a ticket of it.
    Ticket(TicketFacts),
}

/// Why a run started late.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateReason {
    /// The server or its database was busy.
    Busy,
    /// No server could start it at its time; it is caught up.
    Down,
    /// It waited for a slot of its concurrency pool.
    Pool,
    /// It waited for the previous run of its task.
    Overlap,
    /// It waited for other tasks.
    Dependencies,
    /// A blackout postponed it.
    Blackout,
}

/// An attempt that failed and is repeated.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Retried {
    /// Which attempt failed.
    pub attempt: i32,
    /// How it ended.
    pub state: RunState,
    /// Why: a code of [`app::run::RunReason`].
    pub reason: Option<String>,
    /// Its exit code, if it ended by itself.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub exit_signal: Option<i32>,
    /// When the next attempt is made.
    pub next_at: DateTime<Utc>,
}

/// Consecutive failures of a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Failures {
    /// How many.
    pub count: i64,
    /// When the first of them started.
    pub since: DateTime<Utc>,
}

/// Planned runs that did not start.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Missed {
    /// A code of [`app::occurrence::MissReason`].
    pub reason: String,
    /// How many.
    pub count: i64,
    /// The instant of the first.
    pub since: DateTime<Utc>,
    /// The instant of the last.
    pub last: DateTime<Utc>,
    /// How many more that were late are caught up.
    pub caught_up: i64,
}

impl TaskEvent {
    /// A person changed the task.
    #[must_use]
    pub fn changed(by: &str, fields: impl IntoIterator<Item = String>) -> Self {
        Self::Changed {
            by: who(by),
            fields: fields.into_iter().take(FIELDS_SHOWN).collect(),
        }
    }

    /// The task was closed.
    #[must_use]
    pub fn closed(by: &str) -> Self {
        Self::Closed { by: who(by) }
    }

    /// The task was reopened or resumed.
    #[must_use]
    pub fn restored(by: &str) -> Self {
        Self::Restored { by: who(by) }
    }

    /// What kind of event it is.
    #[must_use]
    pub const fn event(&self) -> Event {
        match self {
            Self::Started { .. } => Event::Started,
            Self::LateStart { .. } => Event::LateStart,
            Self::Retried(_) => Event::Retried,
            Self::TooFast { .. } => Event::TooFast,
            Self::Recovered(_) => Event::Recovered,
            Self::Missed(_) => Event::Missed,
            Self::Skipped { .. } => Event::Skipped,
            Self::Paused(_) => Event::Paused,
            Self::StartingSoon { .. } => Event::StartingSoon,
            Self::EndsSoon { .. } => Event::EndsSoon,
            Self::Changed { .. } => Event::Changed,
            Self::Closed { .. } => Event::Closed,
            Self::Restored { .. } => Event::Restored,
            Self::Ticket(ticket) => ticket.event,
        }
    }
}

/// A person's name as far as a message shows it.
pub(super) fn who(name: &str) -> String {
    head(name, WHO_SHOWN).to_owned()
}
