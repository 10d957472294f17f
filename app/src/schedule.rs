//! Schedules (工作周期): when a task fires, and by which day rules.
//!
//! A schedule is typed as one text, its [`ScheduleSpec`]; the rest are separate choices: which days count
//! ([`DayRule`] on a calendar) and how far its firings are spread ([`Jitter`]).

mod check;
mod day_rule;
mod missed;
mod spec;

pub use check::{Named, check_spec, field};
pub use day_rule::{DayRule, UnknownDayRule};
pub use missed::{MissedDraft, MissedPolicy, MissedRule};
pub use spec::{
    Dialect, Moment, ScheduleSpec, SpecFault, describe_schedule, describe_text, read_moment,
};

use serde::{Deserialize, Serialize};

use crate::id::ScheduleId;

/// The most schedules of a task.
pub const SCHEDULES_MAX: usize = 10;
/// The calendar of schedules that name none.
pub const BUILTIN_CALENDAR: &str = "cn";

/// The input for a schedule.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ScheduleDraft {
    /// `0 9 * * *`, `@daily`, `every 90s`, `every 2h from 2026-11-22 09:00`,
    /// `at 2026-12-01 09:00` (in the task's zone), `@startup`.
    pub spec: String,
    /// `quartz` reads a cron expression as Quartz and XXL-JOB do (seconds first, 1 is Sunday);
    /// empty for ours.
    pub dialect: String,
    /// `any`, `work_days`, `rest_days`, `next_work_day`, `previous_work_day`, `nth_work_day:3`,
    /// `nth_work_day:-1` (the last one of the month); empty for `any`.
    pub day_rule: String,
    /// Name of the calendar; empty for the built-in one.
    pub calendar: String,
    /// Spread firings by up to this: `30s`, `5m`; empty for none.
    pub jitter: String,
    /// Uses the same delay for every firing instead of a different one each time.
    pub jitter_stable: bool,
}

impl ScheduleDraft {
    /// A plain schedule.
    #[must_use]
    pub fn plain(spec: &str) -> Self {
        Self {
            spec: spec.to_owned(),
            ..Self::default()
        }
    }

    /// Whether it is empty, like a blank line of the form.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.spec.trim().is_empty()
    }
}

/// The purpose of a schedule.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The task's own cycle.
    #[default]
    Work,
    /// 催单: the more frequent cycle while the task is being chased.
    Urge,
}

impl Purpose {
    /// The name used in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Urge => "urge",
        }
    }
}

impl std::str::FromStr for Purpose {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "work" => Ok(Self::Work),
            "urge" => Ok(Self::Urge),
            _ => Err(()),
        }
    }
}

/// How far the firings of a schedule are spread.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Jitter {
    /// A firing is delayed by less than this many seconds, and never past the next one.
    pub seconds: i64,
    /// Whether the delay is the same for every firing, instead of a different one each time.
    pub stable: bool,
}

/// A schedule as clients see it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Schedule {
    /// Its id, which stays the same when the schedule is edited; 0 until it is stored.
    pub id: ScheduleId,
    /// Its purpose.
    pub purpose: Purpose,
    /// Its text in canonical form.
    pub spec: String,
    /// Which days count.
    pub day_rule: DayRule,
    /// Name of the calendar for the days; `None` for the built-in one.
    pub calendar: Option<String>,
    /// How far firings are spread.
    pub jitter: Jitter,
}

impl Schedule {
    /// A schedule for work without further rules, not stored yet.
    #[must_use]
    pub fn plain(spec: &str) -> Self {
        Self {
            spec: spec.to_owned(),
            ..Self::default()
        }
    }

    /// The draft that would leave it unchanged.
    #[must_use]
    pub fn draft(&self) -> ScheduleDraft {
        // Each by its name: a field that the form does not show is unused, which the compiler reports.
        let Self {
            id: _,
            purpose: _,
            spec,
            day_rule,
            calendar,
            jitter,
        } = self;
        ScheduleDraft {
            spec: spec.clone(),
            dialect: String::new(),
            day_rule: match day_rule {
                DayRule::Any => String::new(),
                rule => rule.to_string(),
            },
            calendar: calendar.clone().unwrap_or_default(),
            jitter: if jitter.seconds > 0 {
                crate::duration::format_duration(jitter.seconds)
            } else {
                String::new()
            },
            jitter_stable: jitter.stable,
        }
    }
}

#[cfg(any(test, feature = "fixtures"))]
impl ScheduleDraft {
    /// Every field; each by its name, so that a new field is set, too. The expression is shown in the standard dialect
    /// once it is stored.
    #[must_use]
    pub fn full() -> Self {
        let text = str::to_owned;
        Self {
            spec: text("0 30 8 ? * 2-6"),
            dialect: text("quartz"),
            day_rule: text("work_days"),
            calendar: text("work"),
            jitter: text("5m"),
            jitter_stable: true,
        }
    }
}
