//! The server itself: why it does nothing now.

use app::error::ErrorKind;

use super::{Refusal, Refused, both, conflict};

/// Why this process runs nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ServerRefusal {
    /// It stops.
    Stopping,
    /// It is no server.
    NotRunning,
    /// Its clock is too far off, or it has not reached the database for too long.
    OutOfStep,
}

impl Refusal for ServerRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::Stopping => Refused::new(
                ErrorKind::Unavailable,
                "server.stopping",
                both("服务器正在停止", "The server is stopping"),
            ),
            Self::NotRunning => conflict(
                "server.not_running",
                "服务器没有运行，无法执行命令",
                "The server is not running, so no command can be run",
            )
            .hint("先运行 jcrontab serve", "Start it with `jcrontab serve`"),
            Self::OutOfStep => Refused::new(
                ErrorKind::Unavailable,
                "server.out_of_step",
                both(
                    "这台服务器的时钟偏差太大，或太久连不上数据库，现在不启动任何任务",
                    "This server's clock is too far off, or its heartbeats have not reached the database: it does not start anything now",
                ),
            )
            .hint(
                "换一台服务器，或校准它的时钟后再试",
                "Use another server, or correct its clock first",
            ),
        }
    }
}
