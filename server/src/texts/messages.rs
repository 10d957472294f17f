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
            Self::Cursor => ("cursor", both("分页游标无效", "The cursor is not valid")),
        }
    }
}
