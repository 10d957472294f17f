//! People with a zone or hours of their own: why they cannot be set.

use app::person::PEOPLE_MAX;

use super::{Refusal, Refused, conflict};

/// Why the zone and the hours of a person cannot be set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum PeopleRefusal {
    /// There are as many as there may be.
    TooMany,
}

impl Refusal for PeopleRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::TooMany => conflict(
                "person.too_many",
                format!("最多 {PEOPLE_MAX} 人可以有自己的时区或时段"),
                format!("At most {PEOPLE_MAX} people have a zone or hours of their own"),
            )
            .hint("请先删除不用的", "Delete one that is not used"),
        }
    }
}
