//! The data of the page of default policies.

use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldError};
use crate::task::TicketDraft;
use crate::ticket::PolicyDefault;

/// The page of default policies.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UrgeDefaultsPage {
    /// All default policies, by tag.
    pub defaults: Vec<PolicyDefault>,
    /// The version of the one that the form changes; `None` when it adds one.
    pub editing: Option<i64>,
    /// The content of the form.
    pub form: UrgeDefaultForm,
    /// Names of the calendars to choose from.
    pub calendars: Vec<String>,
    /// Names of the rotas that may stand in the place of people.
    pub rotas: Vec<String>,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}

/// What is typed for a default policy.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UrgeDefaultForm {
    /// The tag; `*` for all tasks.
    pub tag: String,
    /// The policy.
    pub tickets: TicketDraft,
}
