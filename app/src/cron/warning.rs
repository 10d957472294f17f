//! Valid expressions that may surprise: days that few months have, uneven steps, other dialects.

use super::date::month_length;
use super::field::{CronField, Part};
use super::{CronExpr, Dialect, names, parse};
use crate::i18n::Lang;

/// A property of a valid expression that may surprise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CronWarning {
    /// No date matches, such as 31 February.
    NeverFires,
    /// Only 29 February matches.
    LeapYearsOnly,
    /// A day from the 29th on that some of the chosen months lack.
    OnlySomeMonths {
        /// The day of the month.
        day: u8,
        /// The chosen months without it; February is without a 29th outside leap years.
        missing: Vec<u8>,
    },
    /// Only the fifth of a weekday matches, which few months have.
    FifthWeekday,
    /// A step that does not divide its field evenly, such as `*/7` minutes.
    UnevenStep {
        /// The field with the step.
        field: CronField,
        /// The step.
        step: u8,
    },
    /// Both day fields are restricted, so a day matches if either does.
    DayOrWeekday,
    /// There is a `?`, and Quartz would read the weekday number as another day.
    LooksLikeQuartz {
        /// The number as written, 1–7.
        weekday: u8,
    },
}

impl CronExpr {
    /// What a person should know before saving; empty for most expressions.
    #[must_use]
    pub fn warnings(&self) -> Vec<CronWarning> {
        let mut warnings: Vec<CronWarning> = self.day_warning().into_iter().collect();
        warnings.extend(self.fields().filter_map(|field| {
            let step = field.uneven_step()?;
            Some(CronWarning::UnevenStep {
                field: field.kind,
                step,
            })
        }));
        if !self.day.is_star() && !self.weekday.is_star() {
            warnings.push(CronWarning::DayOrWeekday);
        }
        warnings.extend(self.quartz_warning());
        warnings
    }

    /// The warning about a Quartz expression that was read as ours.
    fn quartz_warning(&self) -> Option<CronWarning> {
        if !self.source.contains('?') {
            return None;
        }
        // Quartz refuses some, such as 0 for Sunday, and reads others as we do, such as names.
        let theirs = parse::weekday(self.source.split_whitespace().last()?, Dialect::Quartz)?;
        if theirs.means(&self.weekday) {
            return None;
        }
        let weekday = self.weekday.parts.iter().find_map(|part| match *part {
            Part::One(day) | Part::Nth { day, .. } | Part::LastOf(day) => {
                (!day.named).then_some(day.value)
            }
            Part::Range { from, to, .. } if from.named => (!to.named).then_some(to.value),
            Part::Range { from, .. } => Some(from.value),
            _ => None,
        })?;
        Some(CronWarning::LooksLikeQuartz { weekday })
    }

    /// True if no date ever matches, as for 31 February.
    pub(super) fn never_fires(&self) -> bool {
        matches!(self.day_warning(), Some(CronWarning::NeverFires))
    }

    /// The warning about days that some or all of the chosen months lack.
    fn day_warning(&self) -> Option<CronWarning> {
        let months = self.month.values();
        if self.day.is_star() || !self.weekday.is_star() {
            let fifth = |part: &Part| matches!(part, Part::Nth { nth: 5, .. });
            return (self.day.is_star() && self.weekday.parts.iter().all(fifth))
                .then_some(CronWarning::FifthWeekday);
        }
        if self
            .day
            .parts
            .iter()
            .any(|part| matches!(part, Part::LastDay | Part::LastWeekday))
        {
            return None;
        }
        let days = self.day.wanted_days();
        // 2024 is a leap year, so February is at its longest.
        let mut firing = Vec::new();
        for &month in &months {
            firing.extend(
                days.iter()
                    .filter(|day| **day <= month_length(2024, month))
                    .map(|&day| (month, day)),
            );
        }
        if firing.is_empty() {
            return Some(CronWarning::NeverFires);
        }
        if firing.iter().all(|date| *date == (2, 29)) {
            return Some(CronWarning::LeapYearsOnly);
        }
        // An explicit 31st is intended; a range or step that runs to the end of the month means just that, unless it
        // has no earlier day.
        let listed = self.day.parts.iter().filter_map(|part| match *part {
            Part::One(day) => Some(day.value),
            Part::Nearest(day) => Some(day),
            _ => None,
        });
        let day = listed
            .max()
            .filter(|day| *day > 28)
            .or_else(|| days.first().copied())?;
        let missing: Vec<u8> = months
            .into_iter()
            .filter(|month| day > month_length(2023, *month))
            .collect();
        (!missing.is_empty()).then_some(CronWarning::OnlySomeMonths { day, missing })
    }
}

impl CronWarning {
    /// One sentence for a person.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let say = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        match self {
            Self::NeverFires => say(
                "没有这样的日期，永远不会执行",
                "No such date exists: this never runs",
            ),
            Self::LeapYearsOnly => say(
                "只在闰年的 2 月 29 日执行",
                "Runs in leap years only, on 29 February",
            ),
            Self::OnlySomeMonths { day: 29, missing } if missing == &[2] => say(
                "平年的 2 月没有 29 日，当月不会在该日执行；若指月末请写 L",
                "February has no 29th outside leap years, so the task does not run on that day in other years; for the last day of the month write L",
            ),
            Self::OnlySomeMonths { day, missing } => {
                let months = names::month_list(missing, lang);
                lang.pick(
                    format!("{months}没有 {day} 日，不会在该日执行；若指月末请写 L"),
                    format!(
                        "{months} {} no {}, so that day is skipped; for the last day of the month write L",
                        if missing.len() == 1 { "has" } else { "have" },
                        names::ordinal(*day)
                    ),
                )
            }
            Self::FifthWeekday => say(
                "不是每个月都有第五个这样的星期，没有的月份不执行",
                "Not every month has a fifth such weekday; months without one are skipped",
            ),
            Self::UnevenStep { field, step } => {
                let (zh, en) = match field {
                    CronField::Second => ("每分钟", "minute"),
                    CronField::Minute => ("每小时", "hour"),
                    CronField::Hour => ("每天", "day"),
                    CronField::DayOfMonth => ("每月", "month"),
                    CronField::Month => ("每年", "year"),
                    CronField::DayOfWeek => ("每周", "week"),
                };
                lang.pick(
                    format!("{}：步长 {step} {zh}从头算起，首尾之间的间隔不一定是 {step}", field.name(lang)),
                    format!(
                        "{}: the step {step} restarts every {en}, so the interval across the boundary is not always {step}",
                        field.name(lang)
                    ),
                )
            }
            Self::DayOrWeekday => say(
                "日和星期都有限定：满足其一即执行",
                "Both day of month and day of week are restricted: a day that matches either one runs",
            ),
            Self::LooksLikeQuartz { weekday } => {
                let (ours, theirs) = (
                    names::weekday(*weekday, lang),
                    names::weekday(weekday.saturating_sub(1), lang),
                );
                lang.pick(
                    format!(
                        "有 ?，像是 Quartz 写法：这里星期 {weekday} 是{ours}，Quartz 从周日数起，{weekday} 是{theirs}；若来自 Quartz 或 XXL-JOB，请把写法选为 quartz"
                    ),
                    format!(
                        "The ? looks like Quartz: here weekday {weekday} is {ours}, while in Quartz, which counts from Sunday, it is {theirs}; if it comes from Quartz or XXL-JOB, choose the dialect quartz"
                    ),
                )
            }
        }
    }
}
