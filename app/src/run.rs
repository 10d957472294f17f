//! Runs (执行), and planned firings that ended without one.

mod answer;
pub mod brief;
pub mod days;
mod listing;
pub mod log;
mod not_started;
mod reason;
mod signal;
mod state;
mod took;

pub use listing::{Outcome, RunQuery};
pub use reason::{RunReason, TaskRemoval, reason_text};
pub use signal::{killed_by, signal_text};
pub use state::{NoRoom, RunEnd, RunState, RunStep, WaitReason};
pub use took::Durations;

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
    /// Its scheduled instant.
    Schedule,
    /// A request by a person.
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

/// A run as clients see it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The task.
    pub task_id: TaskId,
    /// The task's name.
    pub task_name: String,
    /// The planned firing it belongs to; `None` for a manual start.
    pub occurrence_id: Option<OccurrenceId>,
    /// 1 for the first attempt.
    pub attempt: i32,
    /// The first attempt, for a retry of a manual start.
    pub origin_id: Option<RunId>,
    /// Why it was started.
    pub trigger: Trigger,
    /// Who requested it, for a manual start.
    pub requested_by: Option<String>,
    /// Why it was started manually, as typed.
    pub note: Option<String>,
    /// Its parameters, secrets masked.
    pub parameters: std::collections::BTreeMap<String, String>,
    /// Its state.
    pub state: RunState,
    /// When it will start, while it waits.
    pub due_at: Option<Stamp>,
    /// If the state alone does not say enough: a stable code with a detail after a colon, for example `stopped:alice`
    /// or `timed_out:30`.
    pub reason: Option<String>,
    /// The instant the schedule named.
    pub scheduled_for: Option<Stamp>,
    /// When it was claimed and started.
    pub started_at: Stamp,
    /// When it ended.
    pub finished_at: Option<Stamp>,
    /// The command's exit code, if it ended by itself.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Bytes the command wrote to both pipes.
    pub output_bytes: i64,
    /// Whether the middle of the output was dropped.
    pub output_truncated: bool,
    /// The result's text, at most 200 characters, secrets masked and control characters made visible: the end of what
    /// a command wrote or of an HTTP response, or the start of the message of a task in message mode.
    pub excerpt: Option<String>,
}

/// The runs of a task that were made before and after one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RunsBeside {
    /// The one before it.
    pub previous: Option<RunId>,
    /// The one after it.
    pub next: Option<RunId>,
}

/// The last line of a text that is not blank.
#[must_use]
pub fn last_line(text: &str) -> Option<&str> {
    let mut lines = text.lines().map(str::trim);
    lines.rfind(|line| !line.is_empty())
}

impl Run {
    /// When it was to start: its firing's instant, or, for a retry, the end of the delay before it.
    #[must_use]
    pub fn wanted_at(&self) -> Option<Stamp> {
        if self.attempt > 1 {
            self.due_at
        } else {
            self.scheduled_for
        }
    }

    /// Whether another run is an attempt at the same firing, or at the same manual start.
    #[must_use]
    pub fn is_same_start(&self, other: &Self) -> bool {
        let start = |run: &Self| match run.occurrence_id {
            Some(id) => (true, id.0),
            None => (false, run.origin_id.unwrap_or(run.id).0),
        };
        start(self) == start(other)
    }

    /// Whether a command or a message was begun: not while it waits, and not if it was called off then.
    #[must_use]
    pub fn has_started(&self) -> bool {
        let called_off = |reason: &str| {
            matches!(
                RunReason::read(reason),
                RunReason::LeftOut(_) | RunReason::TaskGone(_)
            )
        };
        self.state != RunState::Waiting && !self.reason.as_deref().is_some_and(called_off)
    }

    /// How long it took, in milliseconds. Of a lost run only the time when its loss was noticed is
    /// known, so nothing is.
    #[must_use]
    pub fn duration_ms(&self) -> Option<i64> {
        let known = self
            .finished_at
            .filter(|_| self.state != RunState::Lost && self.has_started());
        known.map(|end| end.millis_since(self.started_at).max(0))
    }
}

/// A planned firing that ended without a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Unrun {
    /// Its id.
    pub id: OccurrenceId,
    /// The task.
    pub task_id: TaskId,
    /// The instant the schedule named; the last one if the row covers several.
    pub scheduled_for: Stamp,
    /// `skipped` or `missed`.
    pub state: UnrunState,
    /// Stable code: `overlap`, `window`, `calendar`, `blackout`, `paused`, `closed`, `changed`,
    /// `dependency`, `late`, `down`, `clock`, `too_late`.
    pub reason: String,
    /// How many firings this row covers.
    pub count: i64,
    /// The first of them, if there are several.
    pub since: Option<Stamp>,
}

/// How a planned firing ended without a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnrunState {
    /// A rule skipped it.
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

/// [`HistoryItem`] without the JSON representation, for pages.
#[derive(Serialize, Deserialize)]
#[serde(remote = "HistoryItem")]
enum PlainItem {
    Run(Run),
    Unrun(Unrun),
}

crate::wire::two_forms!(HistoryItem, PlainItem);

/// Stored output of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Output {
    /// The stored output as text: invalid UTF-8 is replaced.
    pub text: String,
    /// Bytes the command wrote.
    pub total_bytes: i64,
    /// Bytes dropped between head and tail.
    pub dropped_bytes: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_was_called_off_while_it_waited_has_not_started() {
        let at = |second| Stamp(chrono::DateTime::from_timestamp(second, 0).expect("a time"));
        let run = |state, reason: Option<&str>| Run {
            id: RunId(1),
            task_id: TaskId(1),
            task_name: String::new(),
            occurrence_id: None,
            attempt: 2,
            origin_id: None,
            trigger: Trigger::Schedule,
            requested_by: None,
            note: None,
            parameters: std::collections::BTreeMap::default(),
            state,
            due_at: None,
            reason: reason.map(str::to_owned),
            scheduled_for: None,
            started_at: at(100),
            finished_at: Some(at(102)),
            exit_code: None,
            signal: None,
            output_bytes: 0,
            output_truncated: false,
            excerpt: None,
        };
        for (state, reason, started) in [
            (RunState::Killed, Some("left_out:overlap"), false),
            (RunState::Killed, Some("task:closed"), false),
            (RunState::Killed, Some("stopped:ann"), true),
            (RunState::Succeeded, None, true),
        ] {
            let run = run(state, reason);
            assert_eq!(run.has_started(), started, "{reason:?}");
            assert_eq!(run.duration_ms(), started.then_some(2_000), "{reason:?}");
        }
    }
}
