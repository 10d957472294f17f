//! How a message of the outbox stands, and what may happen to it next.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::transition::Step;

/// How a message stands.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MessageState {
    /// To be sent when its time comes.
    Pending,
    /// A picture that is sent once its text is.
    Waiting,
    /// A node is sending it.
    Sending,
    /// The channel accepted it.
    Sent,
    /// Given up: refused for good, tried too often, or its channel was deleted.
    Dead,
    /// Taken back before it left: its task was closed, or its run was stopped.
    Withdrawn,
    /// Part of a digest that the channel has not accepted yet.
    Merged,
    /// The channel accepted the digest that it is part of.
    Digested,
}

impl MessageState {
    /// Those that have not left for good: they hold a place in the outbox.
    pub const OPEN: [Self; 4] = [Self::Pending, Self::Waiting, Self::Sending, Self::Merged];
    /// Those that can still be taken back.
    pub const UNSENT: [Self; 2] = [Self::Pending, Self::Waiting];

    /// The name used in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What happens to a message. A new text is [`MessageState::Pending`], a new picture
/// [`MessageState::Waiting`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageStep {
    /// A node sends it.
    Take,
    /// It was not accepted this time, or its node is gone: it will be sent again.
    PutBack,
    /// The channel accepted it. A node that was taken for dead may have sent it after it was put
    /// back.
    Accept,
    /// It is given up, also after it was put back.
    GiveUp,
    /// Its text was sent, so the picture follows.
    Follow,
    /// Its text was given up, and the picture with it.
    FallWithText,
    /// It is taken back.
    Withdraw,
    /// Its channel was deleted.
    Orphan,
    /// It becomes part of a digest.
    Merge,
    /// The digest that it is part of was accepted.
    AcceptDigest,
    /// The digest that it is part of was given up.
    GiveUpDigest,
}

impl Step for MessageStep {
    type State = MessageState;

    fn leaves(self, state: MessageState) -> bool {
        use MessageState::{Merged, Pending, Sending, Waiting};
        match self {
            Self::Take => state == Pending,
            Self::PutBack => state == Sending,
            Self::Accept | Self::GiveUp => matches!(state, Sending | Pending),
            Self::Follow | Self::FallWithText => state == Waiting,
            Self::Withdraw | Self::Merge => matches!(state, Pending | Waiting),
            Self::Orphan => matches!(state, Pending | Waiting | Merged),
            Self::AcceptDigest | Self::GiveUpDigest => state == Merged,
        }
    }

    fn to(self) -> MessageState {
        match self {
            Self::Take => MessageState::Sending,
            Self::PutBack | Self::Follow => MessageState::Pending,
            Self::Accept => MessageState::Sent,
            Self::GiveUp | Self::FallWithText | Self::Orphan | Self::GiveUpDigest => {
                MessageState::Dead
            }
            Self::Withdraw => MessageState::Withdrawn,
            Self::Merge => MessageState::Merged,
            Self::AcceptDigest => MessageState::Digested,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transition::{Word, check};

    /// At least once, and what is sent, given up or taken back stays so.
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
