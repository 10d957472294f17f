//! Runs: why one is not stopped, and what is wrong with a search for them.

use app::error::ErrorKind;

use super::{Fault, Refusal, Refused, Text, both, conflict};

/// What is answered to a request to stop a run, where it is not simply done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum RunRefusal {
    /// It has ended.
    Over,
    /// It has no failure brief, since it did not fail.
    NotFailed,
    /// It is stopped, and the audit log could not take it.
    StopUnrecorded {
        /// The run's id.
        id: i64,
    },
}

impl Refusal for RunRefusal {
    fn refusal(&self) -> Refused {
        match *self {
            Self::Over => conflict("run.over", "这次执行已经结束", "The run has already ended"),
            Self::NotFailed => conflict(
                "run.not_failed",
                "只有失败、超时或丢失的执行才有失败速览",
                "Only a run that failed, timed out or was lost has a failure brief",
            ),
            Self::StopUnrecorded { id } => Refused::new(
                ErrorKind::Internal,
                "run.stop_unrecorded",
                both(
                    format!("执行 #{id} 已要求停止，但没能写入审计日志"),
                    format!(
                        "Run {id} is being stopped, but this could not be written to the audit log"
                    ),
                ),
            )
            .hint(
                "不用再停一次；请检查数据库和磁盘空间，服务器日志里按事件编号有这次操作的记录",
                "There is no need to stop it again; check the database and its disk. The server's log has the act under the incident id",
            ),
        }
    }
}

/// What is wrong with days that are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum RunDaysFault {
    /// Not a day.
    NoDay,
    /// The last day is before the first one.
    EndsBeforeStart,
    /// More days than are reported at once.
    TooLong {
        /// Days that they may be.
        max: usize,
    },
}

impl Fault for RunDaysFault {
    fn fault(&self) -> (&'static str, Text) {
        match *self {
            Self::NoDay => (
                "invalid",
                both(
                    "请写成 2026-11-30（按 UTC 计）",
                    "Write a day such as 2026-11-30 (in UTC)",
                ),
            ),
            Self::EndsBeforeStart => (
                "before_start",
                both("最后一天早于第一天", "The last day is before the first one"),
            ),
            Self::TooLong { max } => (
                "too_long",
                both(
                    format!("一次最多 {max} 天"),
                    format!("At most {max} days at once"),
                ),
            ),
        }
    }
}

/// What is wrong with a search for runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum RunQueryFault {
    /// A text that is longer than anything that is stored.
    TooLong {
        /// Characters it may have.
        max: usize,
    },
    /// More tasks have the tag than a search takes.
    TagTooCommon,
}

impl Fault for RunQueryFault {
    fn fault(&self) -> (&'static str, Text) {
        match *self {
            Self::TooLong { max } => (
                "too_long",
                both(
                    format!("最多 {max} 个字符"),
                    format!("At most {max} characters"),
                ),
            ),
            Self::TagTooCommon => (
                "too_many",
                both(
                    "带这个标签的任务超过 5000 个，请改用任务编号或别的标签",
                    "More than 5000 tasks have this tag; search by task or by another tag",
                ),
            ),
        }
    }
}
