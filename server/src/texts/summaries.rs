//! Summaries: what is wrong with their drafts, and why they are refused.

use app::summary::SUMMARIES_MAX;

use super::{Fault, Refusal, Refused, Text, both, conflict};

/// What is wrong with the draft of a summary, besides what can be found without a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum SummaryFault {
    /// Its channel does not exist.
    NoChannel,
    /// Its channel is the robot of a task.
    OfTask,
}

impl Fault for SummaryFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::NoChannel => (
                "unknown",
                both("没有这个通知渠道", "There is no such channel"),
            ),
            Self::OfTask => (
                "of_task",
                both(
                    "这是某个任务专用的机器人，请选择共用的渠道",
                    "This is the robot of one task; choose a shared channel",
                ),
            ),
        }
    }
}

/// Why a summary is not saved.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum SummaryRefusal {
    /// Another one has this name.
    NameTaken {
        /// The name.
        name: String,
    },
    /// There are too many of them.
    TooMany,
}

impl Refusal for SummaryRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::NameTaken { name } => conflict(
                "summary.name_taken",
                format!("已经有名为“{name}”的汇总"),
                format!("A summary named \"{name}\" already exists"),
            )
            .at("name", "taken"),
            Self::TooMany => conflict(
                "summary.too_many",
                format!("最多 {SUMMARIES_MAX} 个汇总"),
                format!("There can be at most {SUMMARIES_MAX} summaries"),
            )
            .hint(
                "先删除不再需要的汇总",
                "Delete summaries that are no longer needed first",
            ),
        }
    }
}
