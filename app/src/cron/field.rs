//! One field of an expression: what was written, and the set of values it matches.

mod days;

use super::{Dialect, names};
use crate::i18n::Lang;

/// The fields of an expression, in the order they are written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CronField {
    /// The optional first field, 0–59.
    Second,
    /// 0–59.
    Minute,
    /// 0–23.
    Hour,
    /// 1–31, `L`, `LW` or `15W`.
    DayOfMonth,
    /// 1–12 or `JAN`–`DEC`.
    Month,
    /// 0–7 or `SUN`–`SAT`; 0 and 7 are Sunday. Also `5#3` and `5L`.
    DayOfWeek,
}

impl CronField {
    /// All six, in the order they are written.
    pub(super) const ALL: [Self; 6] = [
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::DayOfMonth,
        Self::Month,
        Self::DayOfWeek,
    ];

    /// The field's name in a sentence: "minute", "分钟".
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Second, Lang::Zh) => "秒",
            (Self::Second, Lang::En) => "second",
            (Self::Minute, Lang::Zh) => "分钟",
            (Self::Minute, Lang::En) => "minute",
            (Self::Hour, Lang::Zh) => "小时",
            (Self::Hour, Lang::En) => "hour",
            (Self::DayOfMonth, Lang::Zh) => "日",
            (Self::DayOfMonth, Lang::En) => "day of month",
            (Self::Month, Lang::Zh) => "月",
            (Self::Month, Lang::En) => "month",
            (Self::DayOfWeek, Lang::Zh) => "星期",
            (Self::DayOfWeek, Lang::En) => "day of week",
        }
    }

    /// The smallest and the largest number the field accepts.
    #[must_use]
    pub fn bounds(self) -> (u8, u8) {
        match self {
            Self::Second | Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::DayOfMonth => (1, 31),
            Self::Month => (1, 12),
            Self::DayOfWeek => (0, 7),
        }
    }

    /// The smallest and the largest number as a dialect writes the field.
    pub(super) fn bounds_in(self, dialect: Dialect) -> (u8, u8) {
        match (self, dialect) {
            (Self::DayOfWeek, Dialect::Quartz) => (1, 7),
            _ => self.bounds(),
        }
    }

    /// The last value that a wildcard or an open step reaches. Saturday ends the week: 7 is only another name for
    /// Sunday.
    pub(super) fn last(self) -> u8 {
        match self {
            Self::DayOfWeek => 6,
            _ => self.bounds().1,
        }
    }

    /// True for the fields of the time of day.
    fn is_time(self) -> bool {
        matches!(self, Self::Second | Self::Minute | Self::Hour)
    }

    /// How many different values the field has.
    pub(super) fn size(self) -> u8 {
        self.last() - self.bounds().0 + 1
    }
}

/// A number as written: the canonical text keeps names as names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Number {
    pub(super) value: u8,
    pub(super) named: bool,
}

impl Number {
    pub(super) fn text(self, field: CronField, keep_names: bool) -> String {
        let name = if keep_names && self.named {
            names::short_name(field, self.value)
        } else {
            None
        };
        name.unwrap_or_else(|| self.value.to_string())
    }
}

/// One item of a field's comma-separated list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// `*` and its equivalents: `*/1`, and `?` in the day fields.
    All,
    /// `*/n` with n of 2 or more.
    Every(u8),
    /// A single number.
    One(Number),
    /// `a-b/n`; a plain range has step 1, and `a/n` was completed when it was parsed.
    Range { from: Number, to: Number, step: u8 },
    /// `L`: the last day of the month.
    LastDay,
    /// `LW`: the last Monday-to-Friday of the month.
    LastWeekday,
    /// `15W`: the Monday-to-Friday nearest to the 15th, in the same month.
    Nearest(u8),
    /// `5#3`: the third Friday of the month.
    Nth { day: Number, nth: u8 },
    /// `5L`: the last Friday of the month.
    LastOf(Number),
}

/// A parsed field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Field {
    pub(super) kind: CronField,
    pub(super) parts: Vec<Part>,
    /// The values that match in every month, one bit each; `L`, `W` and `#` add none. Sunday is bit 0.
    pub(super) mask: u64,
}

impl Field {
    pub(super) fn new(kind: CronField, parts: Vec<Part>) -> Self {
        let mask = parts
            .iter()
            .fold(0, |mask, part| mask | part_mask(kind, *part));
        Self { kind, parts, mask }
    }

    /// True for a field that is unrestricted by its form. `1-31` is not: croner and Debian's cron both treat it as
    /// restricted when they combine the two day fields.
    pub(super) fn is_star(&self) -> bool {
        self.parts == [Part::All]
    }

    /// True if the field follows the wall clock: `*` or `*/n`, alone or in a list.
    pub(super) fn has_wildcard(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::All | Part::Every(_)))
    }

    /// True if every value of the field matches, however written.
    pub(super) fn is_full(&self) -> bool {
        self.values().len() == usize::from(self.kind.size())
    }

    /// The matched values in ascending order.
    pub(super) fn values(&self) -> Vec<u8> {
        (0..=self.kind.last())
            .filter(|value| self.has(*value))
            .collect()
    }

    pub(super) fn has(&self, value: u8) -> bool {
        value < 64 && self.mask >> value & 1 == 1
    }

    /// The field as text; names become numbers unless `keep_names`.
    pub(super) fn text(&self, keep_names: bool) -> String {
        let number = |number: Number| number.text(self.kind, keep_names);
        let items: Vec<String> = self
            .parts
            .iter()
            .map(|part| match *part {
                Part::All => "*".to_owned(),
                Part::Every(step) => format!("*/{step}"),
                Part::One(value) => number(value),
                Part::Range { from, to, step: 1 } => format!("{}-{}", number(from), number(to)),
                Part::Range { from, to, step } => format!("{}-{}/{step}", number(from), number(to)),
                Part::LastDay => "L".to_owned(),
                Part::LastWeekday => "LW".to_owned(),
                Part::Nearest(day) => format!("{day}W"),
                Part::Nth { day, nth } => format!("{}#{nth}", number(day)),
                Part::LastOf(day) => format!("{}L", number(day)),
            })
            .collect();
        items.join(",")
    }

    /// The field as croner reads it: numbers only.
    pub(super) fn engine_text(&self) -> String {
        match self.values().as_slice() {
            // `30-30` or `30-35/10` in a time field is one fixed value, which croner recognises only as a bare
            // number.
            [value] if self.kind.is_time() && !self.has_wildcard() => value.to_string(),
            _ => self.text(false),
        }
    }

    /// The days of the month that are given by number, plain or as `nW`, in ascending order.
    pub(super) fn wanted_days(&self) -> Vec<u8> {
        let nearest = |day: u8| self.parts.contains(&Part::Nearest(day));
        (1..=31)
            .filter(|&day| self.has(day) || nearest(day))
            .collect()
    }

    /// The step of a field that is one step to the field's end and does not divide it evenly.
    pub(super) fn uneven_step(&self) -> Option<u8> {
        let step = match *self.parts.as_slice() {
            [Part::Every(step)] => step,
            [Part::Range { to, step, .. }] if step > 1 && to.value == self.kind.last() => step,
            _ => return None,
        };
        // No step divides every month evenly.
        let uneven = self.kind == CronField::DayOfMonth || !self.kind.size().is_multiple_of(step);
        (uneven && self.values().len() > 1).then_some(step)
    }
}

fn part_mask(kind: CronField, part: Part) -> u64 {
    let (from, to, step) = match part {
        Part::All => (kind.bounds().0, kind.last(), 1),
        Part::Every(step) => (kind.bounds().0, kind.last(), step),
        Part::One(number) => (number.value, number.value, 1),
        Part::Range { from, to, step } => (from.value, to.value, step),
        Part::LastDay
        | Part::LastWeekday
        | Part::Nearest(_)
        | Part::Nth { .. }
        | Part::LastOf(_) => return 0,
    };
    (from..=to)
        .step_by(usize::from(step.max(1)))
        .fold(0, |mask, value| {
            let bit = if kind == CronField::DayOfWeek {
                value % 7
            } else {
                value
            };
            mask | 1 << bit
        })
}
