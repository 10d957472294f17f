//! A start by hand: what it asks for, and what was filled in.

use serde::{Deserialize, Serialize};

use super::execution::Parameter;

impl RunForm {
    /// Whether the start form has to be shown before a start.
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.parameters.is_empty() || !self.overrides.is_empty() || self.overlap.is_some()
    }
}

/// Input for a start by hand.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RunRequest {
    /// What is filled in, by name.
    pub parameters: std::collections::BTreeMap<String, String>,
    /// Why, in a line; kept with the run.
    pub note: String,
    /// The same key starts nothing again within a day, and gives the run that it started.
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

/// What a start by hand asks for, and which rules it overrides.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RunForm {
    /// What may be filled in.
    pub parameters: Vec<Parameter>,
    /// Rules that would keep a planned start from starting now, as sentences.
    pub overrides: Vec<String>,
    /// What happens because of runs under way: it waits, ends them, or is refused; a sentence.
    pub overlap: Option<String>,
    /// A fresh key: a form that is sent twice starts once.
    pub idempotency_key: String,
}
