//! Failures inside: nothing of what went wrong, only what the reader can do.

use app::error::ErrorKind;

use super::{Refusal, Refused, both};

/// What a failure inside is to the outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum Failure {
    /// The database does not respond.
    DatabaseAway,
    /// Anything else.
    Internal,
}

impl Refusal for Failure {
    fn refusal(&self) -> Refused {
        match self {
            Self::DatabaseAway => Refused::new(
                ErrorKind::Unavailable,
                "database.away",
                both(
                    "数据库暂时连接不上",
                    "The database is not responding at the moment",
                ),
            )
            .hint(
                "请稍后再试；任务会在数据库恢复后继续",
                "Try again in a moment; tasks continue as soon as it is back",
            ),
            Self::Internal => Refused::new(
                ErrorKind::Internal,
                "internal",
                both("服务器内部出错", "Something went wrong on the server"),
            )
            .hint(
                "请把错误编号告诉管理员",
                "Give the incident id to an administrator",
            ),
        }
    }
}
