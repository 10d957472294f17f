//! The verdict of an explanation.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// The answer to "why did it (not) run then?" as a stable code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, IntoStaticStr)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// It ran, with any result.
    Ran,
    /// It is running.
    Running,
    /// Its run waits for room or for its next attempt.
    Waiting,
    /// A rule skipped it.
    Skipped,
    /// It could not start in time.
    Missed,
    /// It will start.
    Planned,
    /// No schedule names the time.
    NotNamed,
    /// The task did not exist yet.
    NotCreated,
    /// The task was paused.
    Paused,
    /// The task was closed.
    Closed,
    /// The time lies outside the task's window.
    Window,
    /// A schedule names it, and the ledger has no row.
    Unknown,
}

impl Verdict {
    /// The name used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
