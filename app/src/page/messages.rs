//! What the page of messages is made from.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::channel::Channel;
use crate::error::AppError;
use crate::message::{Message, MessageQuery};

/// What the page of messages shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MessagesPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// What was asked for.
    pub query: MessageQuery,
    /// Channels to choose from.
    pub channels: Vec<Channel>,
    /// The messages, newest first.
    pub items: Vec<Message>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Why the question could not be answered.
    pub error: Option<AppError>,
}
