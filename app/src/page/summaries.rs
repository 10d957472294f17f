//! The data of the summaries page.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::channel::Channel;
use crate::error::{AppError, FieldError};
use crate::id::SummaryId;
use crate::summary::{Summary, SummaryDraft, SummaryPreview};

/// The summaries page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SummariesPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All summaries.
    pub summaries: Vec<Summary>,
    /// Channels to choose from.
    pub channels: Vec<Channel>,
    /// What one of them would say now, and its name.
    pub preview: Option<(String, SummaryPreview)>,
    /// The summary that the form changes; `None` when it adds one.
    pub editing: Option<SummaryId>,
    /// The content of the form.
    pub draft: SummaryDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
