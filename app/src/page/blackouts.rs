//! The data of the blackouts page.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::calendar::{Blackout, BlackoutDraft};
use crate::error::{AppError, FieldError};
use crate::task::Cycle;

/// The blackouts page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BlackoutsPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All blackouts.
    pub blackouts: Vec<Blackout>,
    /// The cycles of the starts of those that recur, in this order.
    pub cycles: Vec<Option<Cycle>>,
    /// The content of the form.
    pub draft: BlackoutDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
