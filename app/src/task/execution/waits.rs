//! Dependencies: tasks whose results a task waits for.

use serde::{Deserialize, Serialize};

use crate::id::TaskId;

/// The rule. A planned start waits until it is met; when it is not met in time, the start is left
/// out as `dependency`. A start by hand does not wait.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Waits {
    /// The tasks; empty waits for nothing.
    pub tasks: Vec<TaskId>,
    /// Whether all of them or one is enough.
    pub how: WaitsHow,
    /// What of them.
    pub what: WaitsFor,
    /// Their run must have ended within this many seconds before the planned start, or after it.
    pub fresh_seconds: i64,
    /// So long after the planned start the wait ends.
    pub patience_seconds: i64,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            tasks: Vec::new(),
            how: WaitsHow::All,
            what: WaitsFor::Success,
            fresh_seconds: 86_400,
            patience_seconds: 3_600,
        }
    }
}

/// How many of the tasks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WaitsHow {
    /// All of them.
    #[default]
    All,
    /// At least one.
    Any,
}

/// What of a task is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// A run that succeeded.
    #[default]
    Success,
    /// A run that ended, however.
    Finish,
}
