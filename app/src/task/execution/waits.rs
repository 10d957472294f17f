//! Dependencies: tasks whose results a task waits for.

use serde::{Deserialize, Serialize};

use crate::id::TaskId;

/// The rule. A planned start waits until it is met; if it is not met in time, the start is skipped with reason
/// `dependency`. A manual start does not wait.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Waits {
    /// The tasks; empty waits for nothing.
    pub tasks: Vec<TaskId>,
    /// Whether all of them are required, or any one.
    pub how: WaitsHow,
    /// Which result of them is required.
    pub what: WaitsFor,
    /// Their run must have ended within this many seconds before the planned start, or after it.
    pub fresh_seconds: i64,
    /// The wait ends this long after the planned start.
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

/// The result that is required of a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// A run that succeeded.
    #[default]
    Success,
    /// A run that ended, with any result.
    Finish,
}

impl WaitsHow {
    /// The name used in the API and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
        }
    }
}

impl std::str::FromStr for WaitsHow {
    type Err = ();
    /// An empty text means the default.
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "" | "all" => Ok(Self::All),
            "any" => Ok(Self::Any),
            _ => Err(()),
        }
    }
}

impl WaitsFor {
    /// The name used in the API and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Finish => "finish",
        }
    }
}

impl std::str::FromStr for WaitsFor {
    type Err = ();
    /// An empty text means the default.
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "" | "success" => Ok(Self::Success),
            "finish" => Ok(Self::Finish),
            _ => Err(()),
        }
    }
}

/// The task that a typed text refers to by id: `12`, `#12`, or `#12` followed by its name, as forms show it.
#[must_use]
pub fn task_number(text: &str) -> Option<TaskId> {
    let text = text.trim();
    let number = match text.strip_prefix('#') {
        Some(rest) => rest.split_whitespace().next()?,
        None => text,
    };
    // Ids have no leading zeros: `05` is a name.
    let plain = !number.is_empty()
        && !number.starts_with('0')
        && number.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| number.parse().ok().map(TaskId)).flatten()
}
