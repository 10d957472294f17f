//! Channels that use each other, or that others use: what is wrong with a fallback, and why one is not deleted.

use super::{Fault, Refusal, Refused, Text, both, conflict};

/// What is wrong with the fallback of a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum FallbackFault {
    /// No channel has this name.
    Unknown,
    /// It is the channel itself.
    Itself,
    /// Its own fallbacks lead back to the channel.
    Circle,
}

impl Fault for FallbackFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::Unknown => (
                "unknown",
                both("没有这个通知渠道", "There is no such channel"),
            ),
            Self::Itself => (
                "circle",
                both(
                    "备用渠道不能是它自己",
                    "A channel cannot be its own fallback",
                ),
            ),
            Self::Circle => (
                "circle",
                both(
                    "备用渠道形成了循环：它的备用渠道又指回这个渠道",
                    "This makes a loop: the fallbacks of that channel lead back to this one",
                ),
            ),
        }
    }
}

/// Why a channel is not deleted, besides the tasks that send to it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ChannelInUse {
    /// Summaries go there.
    Summaries {
        /// Their names.
        names: Vec<String>,
    },
    /// It is the fallback of other channels.
    Fallback {
        /// Their names.
        names: Vec<String>,
    },
}

impl Refusal for ChannelInUse {
    fn refusal(&self) -> Refused {
        match self {
            Self::Summaries { names } => {
                let names = Text::list(names);
                conflict(
                    "channel.in_use",
                    format!("定期汇总正在使用这个渠道：{}", names.zh),
                    format!("Summaries are sent to this channel: {}", names.en),
                )
                .hint(
                    "先给这些汇总换一个渠道",
                    "Assign another channel to those summaries first",
                )
            }
            Self::Fallback { names } => {
                let names = Text::list(names);
                conflict(
                    "channel.in_use",
                    format!("它是这些渠道的备用渠道：{}", names.zh),
                    format!("It is the fallback of these channels: {}", names.en),
                )
                .hint(
                    "先给这些渠道换一个备用渠道",
                    "Give those channels another fallback first",
                )
            }
        }
    }
}
