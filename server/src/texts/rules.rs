//! Rules about messages: what is wrong with their drafts, and why one is not saved.

use super::{Fault, Refusal, Refused, Text, both, conflict};

/// What is wrong with the draft of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum RuleFault {
    /// Its channel does not exist, or belongs to another task.
    UnknownChannel,
    /// Its task does not exist.
    UnknownTask,
    /// The calendar of its quiet hours does not exist.
    UnknownCalendar,
    /// Its channel has no template with that name.
    UnknownTemplate,
}

impl Fault for RuleFault {
    fn fault(&self) -> (&'static str, Text) {
        let text = match self {
            Self::UnknownChannel => both("没有这个通知渠道", "There is no such channel"),
            Self::UnknownTask => both("没有这个任务", "There is no such task"),
            Self::UnknownCalendar => both("没有这个日历", "There is no such calendar"),
            Self::UnknownTemplate => both(
                "这个渠道没有这个名称的模板",
                "The channel has no template with this name",
            ),
        };
        ("unknown", text)
    }
}

/// Why a rule is not saved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum RuleRefusal {
    /// A task has as many rules as it may have.
    TooManyOfTask {
        /// That many.
        most: u64,
    },
    /// There are as many rules for no single task as there may be.
    TooMany {
        /// That many.
        most: u64,
    },
}

impl Refusal for RuleRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::TooManyOfTask { most } => conflict(
                "rule.too_many",
                format!("一个任务最多 {most} 条通知规则"),
                format!("A task can have at most {most} rules"),
            )
            .hint(
                "把几条规则合并，或改用标签规则",
                "Combine some of them, or use a rule for a tag",
            ),
            Self::TooMany { most } => conflict(
                "rule.too_many",
                format!("标签、负责人和全部任务的通知规则最多 {most} 条"),
                format!("There can be at most {most} rules for tags, owners and all tasks"),
            )
            .hint(
                "删除不再需要的规则",
                "Delete rules that are no longer needed",
            ),
        }
    }
}
