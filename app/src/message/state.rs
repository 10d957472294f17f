//! The states of a message in the outbox, and the steps between them.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::transition::Step;

/// The state of a message.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MessageState {
    /// To be sent when its time comes.
    Pending,
    /// A picture that is sent after its text.
    Waiting,
    /// A node is sending it.
    Sending,
    /// The channel accepted it.
    Sent,
    /// Given up: refused permanently, tried too often, or its channel was deleted.
    Dead,
    /// Withdrawn before it was sent: its task was closed, or its run was stopped.
    Withdrawn,
    /// Part of a digest that the channel has not accepted yet.
    Merged,
    /// The channel accepted the digest that it is part of.
    Digested,
}

impl MessageState {
    /// States of messages that are still in the outbox.
    pub const OPEN: [Self; 4] = [Self::Pending, Self::Waiting, Self::Sending, Self::Merged];
    /// States of messages that can still be withdrawn.
    pub const UNSENT: [Self; 2] = [Self::Pending, Self::Waiting];

    /// Whether the channel has accepted it, or the digest that it is part of.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        matches!(self, Self::Sent | Self::Digested)
    }

    /// The name used in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A step of a message. A new text is [`MessageState::Pending`], a new picture [`MessageState::Waiting`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageStep {
    /// A node takes it to send it.
    Take,
    /// It was not accepted this time, or its node has died: it will be sent again.
    PutBack,
    /// The channel accepted it. A node that was declared dead may have sent it after it was put back.
    Accept,
    /// It is given up, perhaps after it was put back.
    GiveUp,
    /// Its text was sent, so the picture follows.
    Follow,
    /// Its text was given up, and the picture with it.
    FallWithText,
    /// It is withdrawn.
    Withdraw,
    /// Its channel was deleted.
    Orphan,
    /// It becomes part of a digest.
    Merge,
    /// The digest that it is part of was accepted.
    AcceptDigest,
    /// The digest that it is part of was given up.
    GiveUpDigest,
    /// A person has a message that was given up sent again.
    Resend,
    /// The text before a picture is sent again, so the picture waits for it again.
    WaitAgain,
    /// The digest that it was given up with is sent again.
    MergeAgain,
}

impl Step for MessageStep {
    type State = MessageState;

    fn leaves(self, state: MessageState) -> bool {
        use MessageState::{Dead, Merged, Pending, Sending, Waiting};
        match self {
            Self::Take => state == Pending,
            Self::PutBack => state == Sending,
            Self::Accept | Self::GiveUp => matches!(state, Sending | Pending),
            Self::Follow | Self::FallWithText => state == Waiting,
            Self::Withdraw | Self::Merge => matches!(state, Pending | Waiting),
            Self::Orphan => matches!(state, Pending | Waiting | Merged),
            Self::AcceptDigest | Self::GiveUpDigest => state == Merged,
            Self::Resend | Self::WaitAgain | Self::MergeAgain => state == Dead,
        }
    }

    fn to(self) -> MessageState {
        match self {
            Self::Take => MessageState::Sending,
            Self::PutBack | Self::Follow | Self::Resend => MessageState::Pending,
            Self::WaitAgain => MessageState::Waiting,
            Self::Accept => MessageState::Sent,
            Self::GiveUp | Self::FallWithText | Self::Orphan | Self::GiveUpDigest => {
                MessageState::Dead
            }
            Self::Withdraw => MessageState::Withdrawn,
            Self::Merge | Self::MergeAgain => MessageState::Merged,
            Self::AcceptDigest => MessageState::Digested,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transition::{Word, check};

    /// At least once; what is sent or taken back stays so, and what was given up leaves only when a
    /// person has it sent again.
    #[test]
    fn a_message_leaves_the_outbox_once() {
        check(&[
            (MessageStep::Take, &["pending"], "sending"),
            (MessageStep::PutBack, &["sending"], "pending"),
            (MessageStep::Accept, &["pending", "sending"], "sent"),
            (MessageStep::GiveUp, &["pending", "sending"], "dead"),
            (MessageStep::Follow, &["waiting"], "pending"),
            (MessageStep::FallWithText, &["waiting"], "dead"),
            (MessageStep::Withdraw, &["pending", "waiting"], "withdrawn"),
            (
                MessageStep::Orphan,
                &["pending", "waiting", "merged"],
                "dead",
            ),
            (MessageStep::Merge, &["pending", "waiting"], "merged"),
            (MessageStep::AcceptDigest, &["merged"], "digested"),
            (MessageStep::GiveUpDigest, &["merged"], "dead"),
            (MessageStep::Resend, &["dead"], "pending"),
            (MessageStep::WaitAgain, &["dead"], "waiting"),
            (MessageStep::MergeAgain, &["dead"], "merged"),
        ]);
    }

    #[test]
    fn what_can_be_taken_back_is_unsent_and_open() {
        for state in MessageState::all() {
            let unsent = MessageState::UNSENT.contains(&state);
            assert_eq!(MessageStep::Withdraw.leaves(state), unsent, "{state:?}");
            assert!(!unsent || MessageState::OPEN.contains(&state));
        }
    }
}
