//! Imports of crontabs: why one is refused, and what is offered for wrappers.

use app::import::{OfferKind, SOURCES_MAX, TASKS_MAX};

use super::{Fault, Refusal, Refused, Text, both, conflict};
use crate::takeover::{LINES_MAX, TEXT_MAX};

/// What is wrong with what was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ImportFault {
    /// No crontab, or more than 200.
    Sources,
    /// A text is too long.
    TooLong,
    /// A text has too many lines.
    TooManyLines,
    /// The name of a host or a place is too long or has control characters.
    Place,
    /// Two crontabs have the same place.
    SamePlace,
    /// More tasks are handed over than at once.
    TooManyTasks,
}

impl Fault for ImportFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::Sources => (
                "count",
                both(
                    format!("请给出 1–{SOURCES_MAX} 个 crontab"),
                    format!("Send 1–{SOURCES_MAX} crontabs"),
                ),
            ),
            Self::TooLong => {
                let max = TEXT_MAX / 1024;
                (
                    "too_long",
                    both(
                        format!("一个 crontab 最多 {max} KiB；这不像是 crontab"),
                        format!("A crontab has at most {max} KiB; this does not look like one"),
                    ),
                )
            }
            Self::TooManyLines => (
                "too_long",
                both(
                    format!("一个 crontab 最多 {LINES_MAX} 行"),
                    format!("A crontab has at most {LINES_MAX} lines"),
                ),
            ),
            Self::Place => (
                "invalid",
                both(
                    "主机名和路径最多 255 个字符，不能有控制字符",
                    "Names of hosts and paths have at most 255 characters and no control characters",
                ),
            ),
            Self::SamePlace => (
                "taken",
                both(
                    "同一个 crontab 给出了两次",
                    "The same crontab is given twice",
                ),
            ),
            Self::TooManyTasks => (
                "too_many",
                both(
                    format!("一次最多 {TASKS_MAX} 个任务"),
                    format!("At most {TASKS_MAX} tasks at once"),
                ),
            ),
        }
    }
}

/// Why an import is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ImportRefusal {
    /// It would create more tasks than are created at once.
    TooMany {
        /// Entries of all its crontabs.
        entries: usize,
    },
}

impl Refusal for ImportRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::TooMany { entries } => conflict(
                "import.too_many",
                format!("共有 {entries} 行任务，新建的会超过一次最多的 {TASKS_MAX} 个；没有导入"),
                format!("Of {entries} entries more than {TASKS_MAX} would become new tasks, which is more than are created at once. Nothing was imported"),
            )
            .hint(
                "请分几次导入；已经导入的行不会重复新建",
                "Import it in parts; lines that were imported before are not created again",
            ),
        }
    }
}

/// What a task can do instead of a wrapper.
#[must_use]
pub fn offer(kind: OfferKind) -> Text {
    match kind {
        OfferKind::Overlap => both(
            "可以改用任务的重叠规则：还在执行时跳过",
            "The task can skip starts while it runs",
        ),
        OfferKind::Limit => both(
            "可以改用任务的超时时间",
            "The task can have a time limit of its own",
        ),
        OfferKind::Nice => both(
            "可以改用任务的 nice 值",
            "The task can have a niceness of its own",
        ),
        OfferKind::Jitter => both(
            "可以改用工作周期的随机延迟",
            "The schedule can be spread instead",
        ),
        OfferKind::Quiet => both(
            "可以去掉：输出都有记录，默认只通知失败",
            "Can be removed: all output is kept, and only failures cause messages",
        ),
        OfferKind::Heartbeat => both(
            "可以去掉：没有按时执行或失败时会发送通知",
            "Can be removed: missed runs and failures cause messages",
        ),
    }
}
