//! The data of the channels page.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::channel::{Channel, ChannelDraft};
use crate::error::{AppError, FieldError};

/// What the channels page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChannelsPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All channels.
    pub channels: Vec<Channel>,
    /// The content of the form (never a stored URL).
    pub draft: ChannelDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
