//! Calendars (日历) of working days and days off, and blackouts (停跑时段).

use serde::{Deserialize, Serialize};

use crate::id::{BlackoutId, CalendarId};
use crate::time::Stamp;

/// A calendar: Monday to Friday are working days except where a day is named otherwise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Calendar {
    /// Its id; 0 for the built-in one until it has been updated for the first time.
    pub id: CalendarId,
    /// Its name, unique; `cn` is the built-in Chinese work calendar.
    pub name: String,
    /// Whether it comes with the product; it can be updated, not deleted.
    pub builtin: bool,
    /// Where it is updated from.
    pub source_url: Option<String>,
    /// Years with data, ascending. Other years are Monday to Friday.
    pub years: Vec<i32>,
    /// When it was last changed; `None` for the data that came with the product.
    pub updated_at: Option<Stamp>,
    /// How many schedules, policies of tickets and people use it.
    pub used_by: i64,
    /// For administrators, of one calendar and in the answer to saving it: why it cannot be updated from its URL at
    /// present, or that what is fetched can be changed in transit.
    #[serde(default)]
    pub warning: Option<String>,
    /// Counts its changes; 0 for the data that came with the product. An edit that refers to an older one is refused.
    pub version: i64,
    /// When it was last updated from `source_url`.
    #[serde(default)]
    pub refreshed_at: Option<Stamp>,
    /// For administrators: why its last update from `source_url` failed.
    #[serde(default)]
    pub refresh_fault: Option<String>,
}

/// A day that differs from Monday to Friday, or has a name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CalendarDay {
    /// `2026-10-01`.
    pub date: String,
    /// Whether it is a working day.
    pub work: bool,
    /// What it is called, for example 国庆节; may be empty.
    #[serde(default)]
    pub name: String,
}

/// A calendar with the named days of some years.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CalendarDays {
    /// The calendar.
    pub calendar: Calendar,
    /// Its days, ascending.
    pub days: Vec<CalendarDay>,
}

/// Input for adding or changing a calendar. Days are imported separately.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CalendarDraft {
    /// Its name: letters, digits, `-`, `_` and Chinese characters, 1–32.
    pub name: String,
    /// Where it is updated from; empty for none.
    pub source_url: String,
}

/// A text with days for a calendar: iCalendar, JSON (`{"days":[{"date","work"|"isOffDay","name"}]}`
/// or a list of them), or lines `2026-10-01 rest 国庆节`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CalendarImport {
    /// The text; its format is recognised by its beginning.
    pub text: String,
    /// Whether the days of an iCalendar text are working days; else days off. An event whose title
    /// ends in 班 or names 调休上班, 补班 or "workday" is a working day anyway.
    pub as_work_days: bool,
    /// Whether all days of the years in the text are replaced; else days are added.
    pub replace_years: bool,
}

/// The result of an import.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CalendarImported {
    /// The calendar as it is now.
    pub calendar: Calendar,
    /// Days that were imported.
    pub days: i64,
    /// Entries that could not be used, with the reason, at most 20.
    pub ignored: Vec<String>,
}

/// What happens to firings in a blackout.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BlackoutPolicy {
    /// They are skipped.
    #[default]
    Drop,
    /// The last one of each schedule runs when the blackout ends; the others are skipped.
    CatchUp,
}

impl BlackoutPolicy {
    /// The name used in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::CatchUp => "catch_up",
        }
    }
}

impl std::str::FromStr for BlackoutPolicy {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "drop" => Ok(Self::Drop),
            "catch_up" => Ok(Self::CatchUp),
            _ => Err(()),
        }
    }
}

/// A period in which tasks do not fire, once or repeatedly.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Blackout {
    /// Its id.
    pub id: BlackoutId,
    /// What it is for.
    pub name: String,
    /// Tasks with any of these tags; empty for all tasks.
    pub tags: Vec<String>,
    /// Zone of the times.
    pub zone: String,
    /// Start, inclusive, of a one-off blackout.
    pub starts_at: Option<Stamp>,
    /// End, exclusive, of a one-off blackout.
    pub ends_at: Option<Stamp>,
    /// Cron expression of the starts of a recurring one.
    pub cron: Option<String>,
    /// How long a recurring one lasts, in seconds.
    pub duration_seconds: Option<i64>,
    /// What happens to the firings.
    pub policy: BlackoutPolicy,
    /// The current or next period: start and end.
    pub next: Option<(Stamp, Stamp)>,
    /// Whether it is in force now.
    pub active: bool,
    /// Counts its changes. An edit that refers to an older one is refused.
    pub version: i64,
}

/// Input for adding or replacing a blackout: either `starts_at` and `ends_at`, or `cron` and
/// `duration`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct BlackoutDraft {
    /// What it is for.
    pub name: String,
    /// Tasks with any of these tags; empty for all tasks.
    pub tags: Vec<String>,
    /// IANA zone; empty for the server's default zone.
    pub zone: String,
    /// RFC 3339, or `YYYY-MM-DD HH:MM[:SS]` in the zone.
    pub starts_at: String,
    /// Like `starts_at`.
    pub ends_at: String,
    /// Cron expression of the starts.
    pub cron: String,
    /// `8h`, `30m`, at most 30 days.
    pub duration: String,
    /// `drop` or `catch_up`.
    pub policy: BlackoutPolicy,
}
