//! Cron expressions: parsing with errors that name the field, warnings, and descriptions in Chinese and English.
//!
//! The browser and the server share this module, so it uses only std and depends on neither the clock nor time zones:
//! the server passes [`CronExpr::engine_text`] to its engine for instants. All input is hostile. Nothing here panics,
//! recurses, or takes long, whatever the text.
//!
//! Where engines differ, these rules hold:
//! - both day fields restricted: a day matches if either does. Only `*`, `?` and `*/1` leave a day field
//!   unrestricted; `*/2` and `1-31` restrict it;
//! - `a/n` is `a-last/n`, where the last weekday is Saturday (6); 7 is Sunday;
//! - an expression of [`Dialect::Quartz`] is converted when it is read, so that everything after the parser has a
//!   single numbering;
//! - `W` means Monday to Friday and never leaves its month; it ignores holidays and make-up days.

mod date;
mod describe;
mod error;
mod field;
mod names;
mod parse;
#[cfg(test)]
pub(crate) mod tests;
mod warning;

pub(crate) use date::month_length as days_in_month;
pub(crate) use describe::Days;
pub(crate) use error::clip;
pub use error::{CronError, CronErrorKind};
pub use field::CronField;
pub(crate) use names::{half_width, join, ordinal};
pub use warning::CronWarning;

use crate::i18n::Lang;
use date::{month_length, weekday_of};
use field::Field;

/// How a cron expression is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Dialect {
    /// Ours: 5 or 6 fields, 0 and 7 are Sunday.
    #[default]
    Standard,
    /// Quartz and XXL-JOB: seconds first, 1 is Sunday, an optional year.
    Quartz,
}

/// A valid cron expression with 5 fields, or 6 with the second first.
///
/// Two expressions are equal if their canonical texts are, however they were typed.
#[derive(Clone, Debug)]
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
    /// Parses an expression: 5 fields (minute, hour, day of month, month, day of week), or 6 with the second first.
    ///
    /// Fields have numbers, ranges, lists and steps, months and weekdays also names (`JAN`, `mon`), the day of month
    /// `L`, `LW` and `15W`, the day of week `5L` and `5#3`, both day fields `?`. `@yearly`, `@annually`, `@monthly`,
    /// `@weekly`, `@daily`, `@midnight` and `@hourly` are complete expressions.
    ///
    /// # Errors
    ///
    /// The first fault found, with its field if it is in one. Text over 256 bytes is refused unread.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        Self::parse_dialect(text, Dialect::Standard)
    }

    /// Parses an expression of a dialect. The result is in our form, whatever the dialect.
    ///
    /// Quartz has 6 fields with the second first, or 7 with a year that must be `*`. Its weekdays count from 1 for
    /// Sunday, `L` is the Saturday or the last day, and ranges may run past the end of their field.
    ///
    /// # Errors
    ///
    /// Like [`CronExpr::parse`].
    pub fn parse_dialect(text: &str, dialect: Dialect) -> Result<Self, CronError> {
        let parse::Parsed { nickname, fields } = parse::parse(text, dialect)?;
        let count = fields.len();
        let (second, rest) = match <[Field; 6]>::try_from(fields) {
            Ok([second, rest @ ..]) => (Some(second), rest),
            Err(fields) => match <[Field; 5]>::try_from(fields) {
                Ok(rest) => (None, rest),
                Err(_) => return Err(CronErrorKind::FieldCount { found: count }.anywhere()),
            },
        };
        let [minute, hour, day, month, weekday] = rest;
        let mut expr = Self {
            source: text.trim().to_owned(),
            nickname,
            second,
            minute,
            hour,
            day,
            month,
            weekday,
        };
        let canonical = expr.canonical();
        // The stored text is parsed again, and completing open steps can make it longer.
        if canonical.len() > parse::MAX_BYTES {
            return Err(CronErrorKind::TooLong {
                bytes: canonical.len(),
            }
            .anywhere());
        }
        if dialect == Dialect::Quartz {
            expr.source = canonical;
        }
        Ok(expr)
    }

    /// The text as typed, without surrounding white space; for another dialect, as we write it.
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

    /// True if day of month and day of week are both unrestricted.
    #[must_use]
    pub fn is_every_day(&self) -> bool {
        self.day.is_star() && self.weekday.is_star()
    }

    /// The schedule in words, such as 每月 1、15 日 03:15.
    ///
    /// The words say exactly when it fires: two expressions with the same words fire at the same times.
    #[must_use]
    pub fn describe(&self, lang: Lang) -> String {
        describe::describe(self, &Days::Own, lang)
    }

    /// The schedule in words, with its days described otherwise.
    pub(crate) fn describe_days(&self, days: &Days, lang: Lang) -> String {
        describe::describe(self, days, lang)
    }

    /// The months in words, `6–8 月` or "June–August"; `None` for all of them.
    pub(crate) fn month_words(&self, lang: Lang) -> Option<String> {
        (!self.month.is_full()).then(|| names::month_list(&self.month.values(), lang))
    }

    /// False if the weekdays exclude Saturdays and Sundays.
    pub(crate) fn reaches_weekends(&self) -> bool {
        !self.day.is_star() || self.weekday.reaches_weekends()
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

impl PartialEq for CronExpr {
    fn eq(&self, other: &Self) -> bool {
        self.nickname == other.nickname && self.fields().eq(other.fields())
    }
}

impl Eq for CronExpr {}
