//! Answers without an end: why no more of them are opened.

use app::error::ErrorKind;

use super::{Refusal, Refused, both};

/// After so many seconds a place may be free.
const FULL_SECONDS: u32 = 10;

/// Why a stream is not opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum StreamRefusal {
    /// Too many live logs are open.
    TooManyLogs,
    /// Too many streams of events are open.
    TooManyEvents,
    /// Too many exports are under way.
    TooManyExports,
}

impl Refusal for StreamRefusal {
    fn refusal(&self) -> Refused {
        let refused = match self {
            Self::TooManyLogs => Refused::new(
                ErrorKind::TooMany,
                "log.streams",
                both("同时查看的实时日志太多", "Too many live logs are open"),
            )
            .hint(
                "关掉几个，或按页读取日志",
                "Close some of them, or read the log page by page",
            ),
            Self::TooManyEvents => Refused::new(
                ErrorKind::TooMany,
                "events.streams",
                both("同时打开的事件流太多", "Too many event streams are open"),
            )
            .hint("关掉几个页面再试", "Close some pages and try again"),
            Self::TooManyExports => Refused::new(
                ErrorKind::TooMany,
                "export.streams",
                both("同时进行的导出太多", "Too many exports are under way"),
            )
            .hint(
                "等前面的导出结束再试",
                "Try again when one of them has ended",
            ),
        };
        refused.after(FULL_SECONDS)
    }
}
