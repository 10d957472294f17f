//! Which days of a calendar a schedule fires on.

use serde::{Deserialize, Serialize};

/// Which days count, and what happens to a firing on another day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum DayRule {
    /// Every day; the calendar is not used.
    #[default]
    Any,
    /// Working days only; firings on days off are skipped.
    WorkDays,
    /// Days off only; firings on working days are skipped.
    RestDays,
    /// A firing on a day off moves to the same time of the next working day.
    NextWorkDay,
    /// A firing on a day off moves to the same time of the previous working day.
    PreviousWorkDay,
    /// Fires on this working day of the month: 1–23 from its start, −1 to −23 from its end.
    NthWorkDay(i8),
}

impl DayRule {
    /// The most working days of a month.
    pub const NTH_MAX: i8 = 23;

    /// Whether a calendar is used at all.
    #[must_use]
    pub const fn asks_calendar(self) -> bool {
        !matches!(self, Self::Any)
    }
}

impl std::fmt::Display for DayRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::WorkDays => f.write_str("work_days"),
            Self::RestDays => f.write_str("rest_days"),
            Self::NextWorkDay => f.write_str("next_work_day"),
            Self::PreviousWorkDay => f.write_str("previous_work_day"),
            Self::NthWorkDay(nth) => write!(f, "nth_work_day:{nth}"),
        }
    }
}

/// A text that is not a day rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a day rule")]
pub struct UnknownDayRule;

impl std::str::FromStr for DayRule {
    type Err = UnknownDayRule;
    fn from_str(text: &str) -> Result<Self, UnknownDayRule> {
        Ok(match text.trim() {
            "" | "any" => Self::Any,
            "work_days" => Self::WorkDays,
            "rest_days" => Self::RestDays,
            "next_work_day" => Self::NextWorkDay,
            "previous_work_day" => Self::PreviousWorkDay,
            other => {
                let nth: i8 = other
                    .strip_prefix("nth_work_day:")
                    .and_then(|nth| nth.parse().ok())
                    .ok_or(UnknownDayRule)?;
                if nth == 0 || nth.unsigned_abs() > Self::NTH_MAX.unsigned_abs() {
                    return Err(UnknownDayRule);
                }
                Self::NthWorkDay(nth)
            }
        })
    }
}

impl Serialize for DayRule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DayRule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "ssr")]
impl utoipa::PartialSchema for DayRule {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

#[cfg(feature = "ssr")]
impl utoipa::ToSchema for DayRule {}
