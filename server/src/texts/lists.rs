//! Lists that are read page by page.

use app::error::ErrorKind;

use super::{Refusal, Refused, both};

/// Why a page of a list is not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ListRefusal {
    /// The cursor is none that a page has ended with.
    Cursor,
}

impl Refusal for ListRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::Cursor => Refused::new(
                ErrorKind::Invalid,
                "cursor",
                both("分页游标无效", "The cursor is not valid"),
            ),
        }
    }
}
