//! The history of messages: what was sent to whom, and what the channel answered.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::{MessageState, PictureName};
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
    /// Those of them whom its channel cannot mention, since they are not written as its service has its people; their
    /// names are in the message.
    #[serde(default)]
    pub not_mentioned: Vec<String>,
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
    /// Why it is not tried yet; `null` unless it is pending.
    #[serde(default)]
    pub waits: Option<MessageWait>,
    /// The picture that it is; `null` for a text.
    #[serde(default)]
    pub picture: Option<PictureName>,
    /// The message in whose place it is sent; `null` for an ordinary one.
    #[serde(default)]
    pub instead_of: Option<InsteadOf>,
    /// The message that is sent in its place, by the fallback of its channel; `null` for one that was not given up, or
    /// whose channel has none.
    #[serde(default)]
    pub passed_to: Option<PassedTo>,
    /// Whether an attempt at it got no answer and another one followed, so that it may have been delivered twice: the
    /// server that sent it died, or the answer did not come in time.
    #[serde(default)]
    pub maybe_twice: bool,
}

/// Why a message that is pending is not tried yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, IntoStaticStr)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MessageWait {
    /// Its channel wants no messages until then: its `last_answer` says so.
    Channel,
    /// The quiet hours of its rule hold it back.
    QuietHours,
    /// It was not accepted, and is tried again after a pause.
    Retry,
    /// Others are before it: its channel takes so many messages a minute.
    Turn,
}

impl MessageWait {
    /// Why a message waits at `now` which may be sent from `next` on, after so many attempts, to a channel that is left
    /// alone until `blocked`.
    #[must_use]
    pub fn of(next: Stamp, attempts: i32, blocked: Option<Stamp>, now: Stamp) -> Self {
        if blocked.is_some_and(|until| until > next && until > now) {
            Self::Channel
        } else if next <= now {
            Self::Turn
        } else if attempts > 0 {
            Self::Retry
        } else {
            Self::QuietHours
        }
    }
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

/// What is sent in the place of a message that was given up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PassedTo {
    /// That message.
    pub message: MessageId,
    /// The name of its channel; `null` where that was deleted.
    pub channel: Option<String>,
    /// How it stands.
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub state: MessageState,
}

/// Which messages of the history are asked for. Codes are as typed; the service checks them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct MessageQuery {
    /// A code of [`MessageState`]; empty for all.
    pub state: String,
    /// A code of [`super::Event`]; empty for all.
    pub event: String,
    /// Only those of a task: its name or its ID; empty for all.
    pub task: String,
    /// Only those of a channel.
    pub channel: Option<ChannelId>,
    /// Only those that were caused then or later: RFC 3339, or a time or a date in the server's default zone.
    pub from: String,
    /// Only those that were caused earlier; a date alone includes that day.
    pub to: String,
    /// `next` of the page before; empty for the first one.
    pub after: String,
    /// Rows, 1–200; 50 when absent.
    pub limit: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_waits_for_follows_from_its_times() {
        let at = |second| Stamp(chrono::DateTime::from_timestamp(second, 0).expect("a time"));
        let of = |next, attempts, blocked: Option<i64>| {
            MessageWait::of(at(next), attempts, blocked.map(at), at(100))
        };
        assert_eq!(of(90, 0, Some(160)), MessageWait::Channel);
        assert_eq!(of(90, 0, Some(99)), MessageWait::Turn);
        assert_eq!(of(100, 3, None), MessageWait::Turn);
        assert_eq!(of(130, 1, None), MessageWait::Retry);
        assert_eq!(of(900, 0, Some(160)), MessageWait::QuietHours);
        assert_eq!(of(130, 1, Some(160)), MessageWait::Channel);
    }
}
