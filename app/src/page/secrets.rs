//! The data of the secrets page.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::error::{AppError, FieldError};
use crate::id::SecretId;
use crate::secret::{Secret, SecretDraft};

/// The secrets page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SecretsPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All secrets, without their values.
    pub secrets: Vec<Secret>,
    /// The secret that the form changes; `None` for a new one.
    pub editing: Option<SecretId>,
    /// The content of the form; never a value.
    pub draft: SecretDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
