//! The history of messages: what was sent to whom, and what the channel answered.

use serde::{Deserialize, Serialize};

use super::MessageState;
use crate::id::{ChannelId, MessageId, RunId, TaskId};
use crate::time::Stamp;

/// A message of the outbox, with the names of its task and its channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// How it stands.
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub state: MessageState,
    /// `text`, or `image` for the picture that follows a text.
    pub kind: String,
    /// What it reports: a code of [`super::Event`].
    pub event: String,
    /// The task that it is about.
    pub task_id: TaskId,
    /// The task's name; `null` when the task was deleted.
    pub task: Option<String>,
    /// The run that it is about.
    pub run_id: Option<RunId>,
    /// Where it goes.
    pub channel_id: ChannelId,
    /// The channel's name; `null` when the channel was deleted.
    pub channel: Option<String>,
    /// The text as it is sent; empty for a picture.
    pub text: String,
    /// The people it mentions.
    pub mentions: Vec<String>,
    /// Attempts made so far.
    pub attempts: i32,
    /// The channel's last answer, or why the channel could not be reached.
    pub answer: Option<String>,
    /// When it was caused.
    pub created_at: Stamp,
    /// When the channel accepted it.
    pub sent_at: Option<Stamp>,
    /// When it is tried next; `null` unless it is pending.
    pub next_attempt_at: Option<Stamp>,
    /// The message in whose place it is sent; `null` for an ordinary one.
    #[serde(default)]
    pub instead_of: Option<InsteadOf>,
}

/// For what a message stands in: one that its channel gave up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct InsteadOf {
    /// The message that was given up.
    pub message: MessageId,
    /// The names of the channels that gave it up, the first one first.
    pub channels: Vec<String>,
    /// What the last of them answered, or why it could not be reached.
    pub why: String,
}

/// Which messages of the history are asked for. Codes are as typed; the service checks them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct MessageQuery {
    /// A code of [`MessageState`]; empty for all.
    pub state: String,
    /// A code of [`super::Event`]; empty for all.
    pub event: String,
    /// Only those of a task.
    pub task: Option<TaskId>,
    /// Only those of a channel.
    pub channel: Option<ChannelId>,
    /// `next` of the page before; empty for the first one.
    pub after: String,
    /// Rows, 1–200; 50 when absent.
    pub limit: Option<u32>,
}
