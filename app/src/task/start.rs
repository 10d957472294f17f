//! Manual starts: their parameters, and the values entered.

use serde::{Deserialize, Serialize};

use super::execution::Parameter;

impl RunForm {
    /// Whether the start form has to be shown before a start.
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.parameters.is_empty() || !self.overrides.is_empty() || self.overlap.is_some()
    }
}

/// Input for a manual start.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RunRequest {
    /// Values of parameters, by name.
    pub parameters: std::collections::BTreeMap<String, String>,
    /// Why, in one line; stored with the run.
    pub note: String,
    /// The same key starts nothing again within a day, and returns the run that it started.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl std::fmt::Debug for RunRequest {
    /// Without values: some may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunRequest")
            .field("parameters", &self.parameters.keys())
            .field("note", &self.note)
            .finish_non_exhaustive()
    }
}

/// The parameters of a manual start, and the rules that it overrides.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RunForm {
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// Rules that would keep a planned start from starting now, as sentences.
    pub overrides: Vec<String>,
    /// What happens because of active runs: it waits, stops them, or is refused; a sentence.
    pub overlap: Option<String>,
    /// A new key: a form that is sent twice starts the task once.
    pub idempotency_key: String,
}
