//! Occurrences (计划): planned firings, previews, and explanations.

mod heard;
mod state;
mod verdict;

pub use heard::NotificationDecision;
pub use state::{MissReason, NotRun, OccurrenceState, OccurrenceStep, SkipReason};
pub use verdict::Verdict;

use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldError};
use crate::i18n::Lang;
use crate::id::{OccurrenceId, RunId, ScheduleId, TaskId};
use crate::time::{Stamp, ZoneRules};
use crate::transition::Word;

/// One planned firing: past, present or to come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Occurrence {
    /// The ledger's row; `None` for a firing that is not written yet.
    pub id: Option<OccurrenceId>,
    /// The task.
    pub task_id: TaskId,
    /// The schedule that names it.
    pub schedule_id: ScheduleId,
    /// The instant the schedule names; the last one if the row covers several.
    pub scheduled_for: Stamp,
    /// When it starts or was to start: with jitter, after a move or a blackout.
    pub due_at: Stamp,
    /// `planned`, `waiting`, `running`, `sending`, `succeeded`, `failed`, `timed_out`, `killed`, `lost`,
    /// `skipped` or `missed`.
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub state: OccurrenceState,
    /// Stable code, for `skipped` and `missed`: `overlap`, `window`, `calendar`, `blackout`,
    /// `paused`, `closed`, `changed`, `dependency`, `late`, `too_late`, `down`, `clock`.
    pub reason: Option<String>,
    /// The reason as a sentence in the reader's language.
    pub reason_text: Option<String>,
    /// How many firings this row covers.
    pub count: i64,
    /// The first of them, if there are several.
    pub since: Option<Stamp>,
    /// Its run, if it has one.
    pub run_id: Option<RunId>,
}

/// A query for planned firings.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OccurrenceQuery {
    /// Only this state; `None` for all.
    pub state: Option<OccurrenceState>,
    /// `next` of the previous page.
    pub after: Option<String>,
    /// Rows per page, 1–200; 50 when absent.
    pub limit: Option<u32>,
}

impl OccurrenceQuery {
    /// Parses the state in an address; an empty one means all.
    ///
    /// # Errors
    /// `state`, `unknown` if there is no such state.
    pub fn read_state(text: Option<&str>, lang: Lang) -> Result<Option<OccurrenceState>, AppError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        OccurrenceState::read(text).map(Some).ok_or_else(|| {
            let message = lang.pick("没有这种状态", "There is no such state");
            AppError::invalid(lang, vec![FieldError::new("state", "unknown", message)])
        })
    }
}

/// Why a firing is skipped.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Exclusion {
    /// Stable code: `calendar`, `blackout`, `paused`, `window`.
    pub code: String,
    /// A sentence in the reader's language: "2026-10-01 is a day off (国庆节)".
    pub text: String,
}

/// One firing of a preview.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Firing {
    /// Which of the schedules, counted from 0.
    pub schedule: u32,
    /// The instant the schedule names.
    pub scheduled_for: Stamp,
    /// When it starts.
    pub due_at: Stamp,
    /// The latest possible start, while the jitter is not determined before saving.
    pub due_until: Option<Stamp>,
    /// Why it is skipped, if it is.
    pub excluded: Option<Exclusion>,
    /// A clock change before this firing: "clocks go forward 1 h at 02:00", with its instant.
    pub clock_change: Option<ClockChange>,
    /// Why it does not start at the instant named: moved, postponed, shifted by a gap.
    pub note: Option<String>,
}

/// Clocks change between two firings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ClockChange {
    /// When.
    pub at: Stamp,
    /// A sentence in the reader's language.
    pub text: String,
}

/// The meaning of one schedule of a preview.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ScheduleWords {
    /// The text in canonical form.
    pub spec: String,
    /// In words, in the reader's language.
    pub words: String,
    /// Things to know: never fires, day 31, either day matches, …
    pub warnings: Vec<String>,
}

/// Why a task did or did not run at an instant, or will or will not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// The instant asked about.
    pub at: Stamp,
    /// The verdict.
    pub verdict: Verdict,
    /// One sentence in the reader's language.
    pub sentence: String,
    /// The ledger's row that it is based on.
    pub occurrence_id: Option<OccurrenceId>,
    /// The run that it is based on.
    pub run_id: Option<RunId>,
    /// Offsets of the task's zone around it.
    pub zone: ZoneRules,
}
