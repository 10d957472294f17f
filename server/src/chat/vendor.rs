//! The vendors' protocols: one file each, behind one trait. A protocol reads and writes frames and keeps no connection;
//! where a vendor takes messages by requests beside the connection, it makes those.

pub(super) mod dingtalk;
pub(super) mod feishu;
pub(super) mod wecom;

use std::sync::Arc;
use std::time::Duration;

use app::channel::ChannelKind;
use app::id::ChannelId;
use async_trait::async_trait;
use serde_json::Value;

use super::keeper::Account;
use super::port::{CardState, IncomingText, Press, Reply};
use crate::outbound::{OutboundClient, RetryAfter, SendError};

/// A message of a WebSocket connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Frame {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
    /// A ping of the WebSocket itself.
    Ping,
    /// The answer to one.
    Pong,
}

/// What is sent beside the connection.
#[derive(Clone, Debug)]
pub(super) enum OutOfBand {
    /// A message, as the vendor's file among those of messages makes it.
    Push(Value),
    /// The answer to a text.
    Reply(Ticket, Reply),
    /// The card of a press whose answer was that it is being acted on.
    Card(Ticket, CardState),
}

/// What a vendor answered to a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answered {
    /// The HTTP status; 200 for an answer through the connection.
    pub(crate) status: u16,
    /// The vendor's words.
    pub(crate) words: String,
    /// How long the vendor wants to be left alone, where the answer says so.
    pub(crate) retry_after: Option<RetryAfter>,
}

/// Finds the event that an answer belongs to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Ticket {
    /// The vendor's ID of the request.
    pub(super) request: String,
    /// The vendor's ID of the card.
    pub(super) card: String,
    /// Who pressed or wrote.
    pub(super) person: String,
    /// Where a text is answered, or what is said later about a press; empty where the request says it.
    pub(super) reply_to: String,
    /// The frame of the event, where it comes back with the answer.
    pub(super) frame: Vec<u8>,
}

/// What a frame means.
#[derive(Debug)]
pub(super) enum FrameEvent {
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
    Said(IncomingText, Ticket),
    /// The vendor wants this frame back at once.
    Echo(Frame),
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

    /// What is sent first on a new connection; `None` where the vendor takes the bot with its address.
    fn greeting(&self, id: &str) -> Option<Frame>;

    /// How often a heartbeat is sent.
    fn heartbeat_every(&self) -> Duration;

    /// A heartbeat.
    fn heartbeat(&self, id: &str) -> Frame;

    /// What a frame means.
    fn read(&self, frame: &Frame) -> FrameEvent;

    /// What says that an event has come, so that it is not delivered again: for a text before it is acted on, for a
    /// press that came before in place of its card.
    fn receipt(&self, _ticket: &Ticket) -> Option<Frame> {
        None
    }

    /// A message to push, and the ID that its answer will have; `None` where it is sent beside the connection.
    fn push(&self, id: &str, body: &Value) -> Option<(String, Frame)>;

    /// Changes a card.
    fn card(&self, ticket: &Ticket, state: &CardState) -> Frame;

    /// How long the vendor waits for the answer to a press, less some time for the way.
    fn answers_within(&self) -> Duration {
        Duration::from_secs(2)
    }

    /// Answers a press that takes longer, to the person who pressed.
    fn processing(&self, ticket: &Ticket, state: &CardState) -> Frame {
        self.card(ticket, state)
    }

    /// Shows the outcome of such a press; `id` is new. `None` where that is sent beside the connection.
    fn late_card(&self, _ticket: &Ticket, _id: &str, _state: &CardState) -> Option<Frame> {
        None
    }

    /// Answers a text; `id` is new. `None` where the answer is sent beside the connection.
    fn reply(&self, ticket: &Ticket, id: &str, reply: &Reply) -> Option<Frame>;

    /// Sends something beside the connection.
    ///
    /// # Errors
    /// When the vendor could not be asked; what it answers is no error.
    async fn send(
        &self,
        _client: &OutboundClient,
        _what: OutOfBand,
    ) -> Result<Answered, SendError> {
        let why = "this vendor takes everything through the connection";
        Err(SendError::Rejected(why.to_owned()))
    }
}

/// The protocol of a bot; `None` for a kind of channel that is no bot.
pub(super) fn of(channel: ChannelId, account: &Account) -> Option<Arc<dyn Protocol>> {
    match account.kind {
        ChannelKind::WecomBot => Some(Arc::new(wecom::Wecom::new(channel, account.clone()))),
        ChannelKind::DingtalkBot => {
            Some(Arc::new(dingtalk::Dingtalk::new(channel, account.clone())))
        }
        ChannelKind::FeishuBot => Some(Arc::new(feishu::Feishu::new(channel, account.clone()))),
        _ => None,
    }
}
