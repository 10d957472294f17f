//! The data of the channels page.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::channel::{Channel, ChannelDraft, ChatPerson};
use crate::error::{AppError, FieldError};
use crate::id::ChannelId;

/// What the channels page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChannelsPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All channels.
    pub channels: Vec<Channel>,
    /// People of chats; empty where there are no bots.
    pub people: Vec<ChatPerson>,
    /// The channel that the form changes; `None` when it adds one.
    pub editing: Option<ChannelId>,
    /// The name of that channel as it is stored.
    pub name: String,
    /// Its proxy as it is shown; sent back unchanged, the stored one stays with its password.
    pub proxy_shown: String,
    /// Whether a secret is stored with it.
    pub has_secret: bool,
    /// The content of the form (never a stored URL or secret).
    pub draft: ChannelDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
