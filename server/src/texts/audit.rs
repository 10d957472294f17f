//! The audit log: what is wrong with a query of it.

use super::{Fault, Text, both};

/// What is wrong with a query of the audit log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum AuditQueryFault {
    /// A text that is longer than anything that is stored.
    TooLong {
        /// Characters it may have.
        max: usize,
    },
    /// Not an action, nor the beginning of one.
    Action,
    /// Neither a kind of object, nor an id, nor both.
    Object,
    /// Not an entry as a check names it.
    Noted,
}

impl Fault for AuditQueryFault {
    fn fault(&self) -> (&'static str, Text) {
        match *self {
            Self::TooLong { max } => (
                "too_long",
                both(
                    format!("最多 {max} 个字符"),
                    format!("At most {max} characters"),
                ),
            ),
            Self::Action => (
                "invalid",
                both(
                    "请填写操作，例如 task.update；或一类操作，例如 task.",
                    "Enter an action, such as task.update, or a kind of actions, such as task.",
                ),
            ),
            Self::Object => (
                "invalid",
                both(
                    "请填写对象，例如 task:12、secret 或 12",
                    "Enter an object, such as task:12, secret or 12",
                ),
            ),
            Self::Noted => (
                "invalid",
                both(
                    "请填写上次检查给出的 head：序号、冒号和 64 位校验码",
                    "Enter the head as a check printed it: a number, a colon and a code of 64 digits",
                ),
            ),
        }
    }
}
