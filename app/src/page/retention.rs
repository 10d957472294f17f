//! The data of the page about retention.

use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldError};
use crate::retention::RetentionDraft;

/// How long history is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RetentionPage {
    /// The content of the form.
    pub draft: RetentionDraft,
    /// The version that it was filled from.
    pub version: i64,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
