//! Runs: why one is not stopped.

use app::error::ErrorKind;

use super::{Refusal, Refused, both, conflict};

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
                "只有失败、超时或失联的执行才有失败速览",
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
