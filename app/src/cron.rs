//! Cron expressions: parsing with errors that name the field, warnings, and plain words in Chinese and English.
//!
//! The browser and the server share this module, so it is std only and knows neither the clock nor time zones: the
//! server hands [`CronExpr::engine_text`] to its engine for instants. All input is hostile. Nothing here panics,
//! recurses, or takes more than a moment, whatever the text.
//!
//! Where engines differ, these rules hold:
//! - both day fields restricted: a day matches if either does. Only `*`, `?` and `*/1` leave a day field
//!   unrestricted; `*/2` and `1-31` restrict it;
//! - `a/n` is `a-last/n`, where the last weekday is Saturday (6); 7 is Sunday;
//! - `W` means Monday to Friday and never leaves its month; it knows no holidays and no make-up days.

mod describe;
mod error;
mod field;
mod names;
mod parse;
#[cfg(test)]
mod tests;

pub use error::{CronError, CronErrorKind};
pub use field::CronField;

use crate::i18n::Lang;
use field::{Field, Part, month_length, weekday_of};

/// A valid cron expression with 5 fields, or 6 with the second first.
///
/// Two expressions are equal if they were typed the same and mean the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CronExpr {
    source: String,
    nickname: Option<&'static str>,
    second: Option<Field>,
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
}

impl CronExpr {
    /// Reads an expression: 5 fields (minute, hour, day of month, month, day of week), or 6 with the second first.
    ///
    /// Fields hold numbers, ranges, lists and steps, months and weekdays also names (`JAN`, `mon`), the day of month
    /// `L`, `LW` and `15W`, the day of week `5L` and `5#3`, both day fields `?`. `@yearly`, `@annually`, `@monthly`,
    /// `@weekly`, `@daily`, `@midnight` and `@hourly` stand alone.
    ///
    /// # Errors
    ///
    /// The first fault found, with its field where it lies in one. Text over 256 bytes is refused unread.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let parse::Parsed { nickname, fields } = parse::parse(text)?;
        let count = fields.len();
        let (second, rest) = match <[Field; 6]>::try_from(fields) {
            Ok([second, rest @ ..]) => (Some(second), rest),
            Err(fields) => match <[Field; 5]>::try_from(fields) {
                Ok(rest) => (None, rest),
                Err(_) => return Err(CronErrorKind::FieldCount { found: count }.anywhere()),
            },
        };
        let [minute, hour, day, month, weekday] = rest;
        Ok(Self {
            source: text.trim().to_owned(),
            nickname,
            second,
            minute,
            hour,
            day,
            month,
            weekday,
        })
    }

    /// The text as it was typed, without the white space around it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text as it is shown and stored. It parses to the same schedule, and to itself.
    ///
    /// White space is folded, names are in capitals, numbers lose leading zeros, `5/15` is `5-59/15`, `?` and `*/1`
    /// are `*`. Nicknames stay, in small letters.
    #[must_use]
    pub fn canonical(&self) -> String {
        match self.nickname {
            Some(nickname) => nickname.to_owned(),
            None => self
                .fields()
                .map(|field| field.text(true))
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    /// The text for croner 4.0.3 and later, which reads it with the same meaning: numbers only, nicknames expanded.
    #[must_use]
    pub fn engine_text(&self) -> String {
        let texts: Vec<String> = self.fields().map(Field::engine_text).collect();
        texts.join(" ")
    }

    /// True if the expression has the second field.
    #[must_use]
    pub fn has_seconds(&self) -> bool {
        self.second.is_some()
    }

    /// True if it counts as a fixed time where clocks change: no `*` and no `*/n` in second, minute and hour.
    ///
    /// Lists and ranges are fixed, and so is `5/15`, which is the range `5-59/15`.
    #[must_use]
    pub fn is_fixed_time(&self) -> bool {
        let second = self.second.as_ref().is_some_and(Field::has_wildcard);
        !second && !self.minute.has_wildcard() && !self.hour.has_wildcard()
    }

    /// The schedule in words, such as 每月 1、15 日 03:15.
    ///
    /// The words say exactly when it fires: two expressions with the same words fire at the same times.
    #[must_use]
    pub fn describe(&self, lang: Lang) -> String {
        describe::describe(self, lang)
    }

    /// Whether a time of day matches. Without a second field only second 0 does.
    #[must_use]
    pub fn matches_time(&self, hour: u8, minute: u8, second: u8) -> bool {
        let second_matches = self
            .second
            .as_ref()
            .map_or(second == 0, |field| field.has(second));
        self.hour.has(hour) && self.minute.has(minute) && second_matches
    }

    /// Whether a date of the Gregorian calendar matches. Dates that do not exist never do.
    #[must_use]
    pub fn matches_date(&self, year: i32, month: u8, day: u8) -> bool {
        if !(1..=12).contains(&month) || !self.month.has(month) {
            return false;
        }
        let length = month_length(year, month);
        if !(1..=length).contains(&day) {
            return false;
        }
        let weekday = weekday_of(year, month, day);
        let by_day = self.day.matches_day(day, weekday, length);
        let by_weekday = self.weekday.matches_weekday(day, weekday, length);
        match (self.day.is_star(), self.weekday.is_star()) {
            (false, false) => by_day || by_weekday,
            _ => by_day && by_weekday,
        }
    }

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
        warnings
    }

    /// True if no date ever matches: 31 February and its like.
    fn never_fires(&self) -> bool {
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
        // Someone who lists the 31st wants it; a range or step that runs to the month's end means just that, unless
        // it holds no earlier day.
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

    fn fields(&self) -> impl Iterator<Item = &Field> {
        let rest = [
            &self.minute,
            &self.hour,
            &self.day,
            &self.month,
            &self.weekday,
        ];
        self.second.iter().chain(rest)
    }
}

/// Something that is valid and may still surprise.
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
    /// A step that does not fill its field evenly, such as `*/7` minutes.
    UnevenStep {
        /// The field with the step.
        field: CronField,
        /// The step.
        step: u8,
    },
    /// Both day fields are restricted, so a day matches if either does.
    DayOrWeekday,
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
                "February has no 29th outside leap years, so that day is left out then; for the last day of the month write L",
            ),
            Self::OnlySomeMonths { day, missing } => {
                let months = names::month_list(missing, lang);
                lang.pick(
                    format!("{months}没有 {day} 日，不会在该日执行；若指月末请写 L"),
                    format!(
                        "{months} {} no {}, so that day is left out; for the last day of the month write L",
                        if missing.len() == 1 { "has" } else { "have" },
                        names::ordinal(*day)
                    ),
                )
            }
            Self::FifthWeekday => say(
                "不是每个月都有第五个该星期几，没有的月份不执行",
                "Few months have a fifth such weekday; the others are skipped",
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
                        "{}: the step {step} starts afresh every {en}, so the gap across is not always {step}",
                        field.name(lang)
                    ),
                )
            }
            Self::DayOrWeekday => say(
                "日和星期都有限定：满足其一即执行",
                "Day of month and day of week are both given: a day that matches either one runs",
            ),
        }
    }
}
