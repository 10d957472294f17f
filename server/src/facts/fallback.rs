//! For which channels a message stands in: those that gave it up before.

use app::id::ChannelId;
use serde::{Deserialize, Serialize};

use crate::text::head;

/// Channels that a message goes through, the first one included. A longer chain is hard to follow.
const CHANNELS_MAX: usize = 4;
/// Characters that are kept of a channel's answer.
const WHY_KEPT: usize = 200;

/// For whom a message stands in, and why.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct FallbackNotice {
    /// The channels that gave it up, the first one first.
    pub channels: Vec<FailedChannel>,
    /// What the last of them answered, or why it could not be reached.
    pub why: String,
}

/// A channel that gave a message up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FailedChannel {
    /// The channel.
    pub id: ChannelId,
    /// Its name then.
    pub name: String,
}

impl FallbackNotice {
    /// What a message to `next` stands in for after `given_up` has given it up, too; `None` where it has been there,
    /// or has been to too many channels.
    #[must_use]
    pub fn after(
        before: Option<&Self>,
        given_up: FailedChannel,
        why: &str,
        next: ChannelId,
    ) -> Option<Self> {
        let mut channels = before.map(|one| one.channels.clone()).unwrap_or_default();
        channels.push(given_up);
        let was_there = channels.iter().any(|one| one.id == next);
        (!was_there && channels.len() < CHANNELS_MAX).then(|| Self {
            channels,
            why: head(why, WHY_KEPT).to_owned(),
        })
    }

    /// The names of the channels.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.channels.iter().map(|one| one.name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(id: i64) -> FailedChannel {
        FailedChannel {
            id: ChannelId(id),
            name: format!("c{id}"),
        }
    }

    #[test]
    fn a_message_goes_to_no_channel_twice_and_to_few() {
        let first =
            FallbackNotice::after(None, channel(1), "refused", ChannelId(2)).expect("the first");
        assert_eq!(
            (first.names(), first.why.as_str()),
            (vec!["c1".to_owned()], "refused")
        );
        let next = |before: &FallbackNotice, given_up, next| {
            FallbackNotice::after(Some(before), channel(given_up), "down", ChannelId(next))
        };
        assert_eq!(next(&first, 2, 1), None, "a circle");
        assert_eq!(next(&first, 2, 2), None, "itself");
        let second = next(&first, 2, 3).expect("the second");
        assert_eq!(second.why, "down");
        let third = next(&second, 3, 4).expect("the third");
        assert_eq!(third.names(), ["c1", "c2", "c3"]);
        assert_eq!(next(&third, 4, 5), None, "too many");
    }
}
