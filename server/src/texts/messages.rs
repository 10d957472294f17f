//! The history of messages: what is wrong with a query of it.

use super::{Fault, Text, both};

/// What is wrong with a query of the history.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum MessageFault {
    /// A state or an event that does not exist.
    UnknownWord {
        /// Those that do, with commas.
        known: String,
    },
    /// The cursor is none that a page has ended with.
    Cursor,
    /// Not the number of a task or of a channel.
    Number,
    /// No task has this name.
    NoSuchTask,
    /// Neither messages nor a filter, or both.
    Which,
    /// More messages than one request takes.
    TooMany {
        /// How many it takes.
        max: usize,
    },
    /// A state whose messages are not sent again.
    OnlyDead,
}

impl Fault for MessageFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::UnknownWord { known } => (
                "unknown",
                both(format!("可以是：{known}"), format!("It is one of: {known}")),
            ),
            Self::Number => (
                "invalid",
                both("请填写编号，例如 12", "Enter an ID, such as 12"),
            ),
            Self::NoSuchTask => (
                "not_found",
                both(
                    "没有这个名称的任务；已删除的任务请填写编号",
                    "There is no task with this name; of a deleted task enter the ID",
                ),
            ),
            Self::Which => (
                "which",
                both(
                    "请指定消息编号，或者渠道、任务、事件、状态中的一项，不能同时指定",
                    "Name either messages by their IDs, or a channel, task, event or state",
                ),
            ),
            Self::TooMany { max } => (
                "too_many",
                both(
                    format!("一次最多 {max} 条消息"),
                    format!("At most {max} messages at once"),
                ),
            ),
            Self::OnlyDead => (
                "invalid",
                both(
                    "只有发送失败（dead）的消息可以重发",
                    "Only messages that failed (dead) can be sent again",
                ),
            ),
            Self::Cursor => ("cursor", both("分页游标无效", "The cursor is not valid")),
        }
    }
}
