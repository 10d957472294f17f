//! The vendors' protocols: one file each, behind one trait. A protocol reads and writes frames and keeps no connection.

pub(super) mod wecom;

use std::time::Duration;

use app::channel::ChannelKind;
use app::id::ChannelId;
use async_trait::async_trait;
use serde_json::Value;

use super::keeper::Account;
use super::port::{CardState, Press, Reply, Said};
use crate::outbound::{OutboundClient, SendError};

/// A message of a WebSocket connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Frame {
    /// Text.
    Text(String),
}

/// Finds the event that an answer belongs to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Ticket {
    /// The vendor's ID of the request.
    pub(super) request: String,
    /// The vendor's ID of the card.
    pub(super) card: String,
    /// Who pressed or wrote.
    pub(super) person: String,
}

/// What a frame means.
#[derive(Debug)]
pub(super) enum Heard {
    /// The vendor takes the bot: events come from now on.
    Subscribed,
    /// The vendor refuses the bot for good.
    Refused(String),
    /// The vendor refuses the bot for now.
    Later(String),
    /// The answer to a heartbeat.
    Alive,
    /// The answer to a message that was pushed, or to an answer of ours.
    Answered {
        /// The ID of the request.
        request: String,
        /// The vendor's words.
        words: String,
    },
    /// A press.
    Press(Press, Ticket),
    /// A text.
    Said(Said, Ticket),
    /// Another client has connected as the same bot, and the vendor ends this connection.
    Replaced,
    /// Nothing that concerns us.
    Nothing,
}

/// A vendor's protocol for one bot.
#[async_trait]
pub(super) trait Protocol: Send + Sync {
    /// Where the WebSocket connection goes; a vendor with a step before that does it here.
    ///
    /// # Errors
    /// When that step fails; a refusal for good is [`SendError::Rejected`].
    async fn address(&self, client: &OutboundClient) -> Result<String, SendError>;

    /// What is sent first on a new connection.
    fn greeting(&self, id: &str) -> Frame;

    /// How often a heartbeat is sent.
    fn heartbeat_every(&self) -> Duration;

    /// A heartbeat.
    fn heartbeat(&self, id: &str) -> Frame;

    /// What a frame means.
    fn read(&self, text: &str) -> Heard;

    /// A message to push, and the ID that its answer will have.
    fn push(&self, id: &str, body: &Value) -> (String, Frame);

    /// Changes a card.
    fn card(&self, ticket: &Ticket, state: &CardState) -> Frame;

    /// Answers a text; `id` is new.
    fn reply(&self, ticket: &Ticket, id: &str, reply: &Reply) -> Frame;
}

/// The protocol of a bot; `None` for a kind of channel that is no bot.
pub(super) fn of(channel: ChannelId, account: &Account) -> Option<Box<dyn Protocol>> {
    match account.kind {
        ChannelKind::WecomBot => Some(Box::new(wecom::Wecom::new(channel, account.clone()))),
        _ => None,
    }
}
