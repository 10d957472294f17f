//! Runs (执行) and what became of the planned firings that never ran.

mod answer;
pub mod brief;
pub mod log;
mod not_started;
mod reason;
mod signal;
mod state;

pub use reason::{Gone, RunReason, reason_text};
pub use signal::{killed_by, signal_text};
pub use state::{NoRoom, RunEnd, RunState, RunStep, WaitReason};

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::id::{OccurrenceId, RunId, TaskId};
use crate::time::Stamp;

/// Why a run was started.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Trigger {
    /// Its instant came.
    Schedule,
    /// A person asked for it.
    Manual,
    /// Its instant passed while no server was up; it runs late, once.
    CatchUp,
}

impl Trigger {
    /// The name used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A run as everything outside sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Whose run it is.
    pub task_id: TaskId,
    /// The task's name.
    pub task_name: String,
    /// The planned firing it belongs to; `None` for a manual start.
    pub occurrence_id: Option<OccurrenceId>,
    /// 1 for the first attempt.
    pub attempt: i32,
    /// The first attempt, where this is a further one of a start by hand.
    pub origin_id: Option<RunId>,
    /// Why it was started.
    pub trigger: Trigger,
    /// Who asked for it, for a manual start.
    pub requested_by: Option<String>,
    /// Why it was started by hand, as typed.
    pub note: Option<String>,
    /// What was filled in, secrets masked.
    pub parameters: std::collections::BTreeMap<String, String>,
    /// How it stands.
    pub state: RunState,
    /// When it is to start, while it waits.
    pub due_at: Option<Stamp>,
    /// Where the state alone does not say enough: a stable code with a detail behind a colon, for
    /// example `stopped:alice` or `timed_out:30`.
    pub reason: Option<String>,
    /// The instant the schedule named.
    pub scheduled_for: Option<Stamp>,
    /// When it was claimed and started.
    pub started_at: Stamp,
    /// When it ended.
    pub finished_at: Option<Stamp>,
    /// The command's exit code, when it ended by itself.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Bytes the command wrote to both pipes.
    pub output_bytes: i64,
    /// Whether the middle of the output was dropped.
    pub output_truncated: bool,
    /// The result's text, at most 200 characters, secrets masked and control characters made
    /// visible: the end of what a command wrote or of an HTTP response, the start of the message
    /// of a task in message mode.
    pub excerpt: Option<String>,
}

impl Run {
    /// When it was to start: its firing's instant, or, for a further attempt, the end of the delay
    /// before it.
    #[must_use]
    pub fn wanted_at(&self) -> Option<Stamp> {
        if self.attempt > 1 {
            self.due_at
        } else {
            self.scheduled_for
        }
    }

    /// Whether another run is an attempt at the same firing, or at the same start by hand.
    #[must_use]
    pub fn is_same_start(&self, other: &Self) -> bool {
        let start = |run: &Self| match run.occurrence_id {
            Some(id) => (true, id.0),
            None => (false, run.origin_id.unwrap_or(run.id).0),
        };
        start(self) == start(other)
    }

    /// How long it took, in milliseconds.
    #[must_use]
    pub fn duration_ms(&self) -> Option<i64> {
        self.finished_at
            .map(|end| end.millis_since(self.started_at).max(0))
    }
}

/// A planned firing that ended without a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Unrun {
    /// Its id.
    pub id: OccurrenceId,
    /// Whose firing it was.
    pub task_id: TaskId,
    /// The instant the schedule named; the last one where one row stands for several.
    pub scheduled_for: Stamp,
    /// `skipped` or `missed`.
    pub state: UnrunState,
    /// Stable code: `overlap`, `window`, `calendar`, `blackout`, `paused`, `closed`, `changed`,
    /// `down`, `clock`, `too_late`.
    pub reason: String,
    /// How many firings this row stands for.
    pub count: i64,
    /// The first of them, where there are several.
    pub since: Option<Stamp>,
}

/// How a planned firing ended without a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnrunState {
    /// A rule left it out.
    Skipped,
    /// No server was up, or its turn came too late.
    Missed,
}

/// One line of a task's history, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(remote = "Self", tag = "kind", rename_all = "snake_case")]
pub enum HistoryItem {
    /// It ran.
    Run(Run),
    /// It did not run, and why.
    Unrun(Unrun),
}

/// [`HistoryItem`] without JSON's ways, for pages.
#[derive(Serialize, Deserialize)]
#[serde(remote = "HistoryItem")]
enum PlainItem {
    Run(Run),
    Unrun(Unrun),
}

crate::wire::two_forms!(HistoryItem, PlainItem);

/// Output of a run, as kept.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Output {
    /// What was kept, as text: invalid UTF-8 is replaced.
    pub text: String,
    /// Bytes the command wrote.
    pub total_bytes: i64,
    /// Bytes dropped between head and tail.
    pub dropped_bytes: i64,
}
