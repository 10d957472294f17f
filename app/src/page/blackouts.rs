//! What the blackouts page is made from.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::calendar::{Blackout, BlackoutDraft};
use crate::error::{AppError, FieldError};

/// The blackouts page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BlackoutsPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All blackouts.
    pub blackouts: Vec<Blackout>,
    /// What stands in the form.
    pub draft: BlackoutDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that belongs to no field.
    pub error: Option<AppError>,
}
