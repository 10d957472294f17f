//! What the secrets page is made from.

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
    /// The secret that the form changes; `None` for another one.
    pub editing: Option<SecretId>,
    /// What stands in the form; never a value.
    pub draft: SecretDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that belongs to no field.
    pub error: Option<AppError>,
}
