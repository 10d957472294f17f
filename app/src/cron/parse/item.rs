//! One field: the items of its list, their ranges, steps and numbers.

use crate::cron::error::{CronErrorKind, clip};
use crate::cron::field::{CronField, Field, Number, Part};
use crate::cron::{Dialect, names};

/// A field that is about to be parsed.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) kind: CronField,
    pub(super) dialect: Dialect,
}

impl Slot {
    pub(super) fn field(self, token: &str) -> Result<Field, CronErrorKind> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "*,-/?#".contains(c);
        if let Some(found) = token.chars().find(|c| !allowed(*c)) {
            return Err(CronErrorKind::BadCharacter { found });
        }
        let mut parts: Vec<Part> = Vec::new();
        for item in token.split(',') {
            let (part, more) = self.item(item).map_err(|fault| match fault {
                // The whole item is more helpful than the part of it that cannot be read.
                CronErrorKind::Malformed { .. } => CronErrorKind::Malformed { text: clip(item) },
                fault => fault,
            })?;
            parts.push(part);
            parts.extend(more);
        }
        if parts.len() > 1 && parts.contains(&Part::All) {
            return Err(CronErrorKind::StarInList);
        }
        // croner reads the pair as `LW` alone, so accepting it would silently drop the last day.
        if parts.contains(&Part::LastDay) && parts.contains(&Part::LastWeekday) {
            return Err(CronErrorKind::LastDayAndLastWeekday);
        }
        Ok(Field::new(self.kind, parts))
    }

    /// One item of the list; a Quartz range that runs past the end of the field gives two parts.
    fn item(self, item: &str) -> Result<(Part, Option<Part>), CronErrorKind> {
        let malformed = || CronErrorKind::Malformed { text: clip(item) };
        let is_day_field = matches!(self.kind, CronField::DayOfMonth | CronField::DayOfWeek);
        if item.is_empty() {
            return Err(CronErrorKind::EmptyItem);
        }
        if item.contains('?') {
            return match item {
                "?" if is_day_field => Ok((Part::All, None)),
                _ if is_day_field => Err(malformed()),
                _ => Err(CronErrorKind::QuestionMark),
            };
        }
        if let Some((base, step)) = item.split_once('/') {
            return self.step(item, base, step);
        }
        if item == "*" {
            return Ok((Part::All, None));
        }
        if let Some((from, to)) = item.split_once('-') {
            return self.range(item, from, to, 1);
        }
        self.single(item).map(|part| (part, None))
    }

    /// An item that is neither a range nor a step.
    fn single(self, item: &str) -> Result<Part, CronErrorKind> {
        let upper = item.to_ascii_uppercase();
        match (self.kind, upper.as_str()) {
            (CronField::DayOfMonth, "L") => Ok(Part::LastDay),
            (CronField::DayOfMonth, "LW") => Ok(Part::LastWeekday),
            (CronField::DayOfMonth, text)
                if text.ends_with('W') && is_number(&text[..text.len() - 1]) =>
            {
                Ok(Part::Nearest(self.number(&text[..text.len() - 1])?.value))
            }
            (CronField::DayOfWeek, "L") => match self.dialect {
                Dialect::Standard => Err(CronErrorKind::LastAlone),
                Dialect::Quartz => Ok(Part::One(Number {
                    value: self.kind.last(),
                    named: false,
                })),
            },
            (CronField::DayOfWeek, text) if text.contains('#') => self.nth(text),
            (CronField::DayOfWeek, text) if text.ends_with('L') => {
                Ok(Part::LastOf(self.number(&text[..text.len() - 1])?))
            }
            (_, text) => match misplaced(text) {
                Some(symbol) => Err(CronErrorKind::Misplaced { symbol }),
                None => Ok(Part::One(self.number(item)?)),
            },
        }
    }

    fn step(
        self,
        item: &str,
        base: &str,
        step: &str,
    ) -> Result<(Part, Option<Part>), CronErrorKind> {
        if !is_number(step) || base.contains('#') || base.eq_ignore_ascii_case("L") {
            return Err(CronErrorKind::Malformed { text: clip(item) });
        }
        let size = self.kind.size();
        let step = match step.trim_start_matches('0') {
            "" => return Err(CronErrorKind::ZeroStep),
            digits => match digits.parse::<u8>() {
                Ok(step) if step <= size => step,
                _ => {
                    return Err(CronErrorKind::StepTooLarge {
                        step: clip(digits),
                        size,
                    });
                }
            },
        };
        // `*/1` is every value, and croner would treat it as a restriction when combining the day fields.
        let every = if step == 1 {
            Part::All
        } else {
            Part::Every(step)
        };
        let quartz = self.dialect == Dialect::Quartz;
        if base.is_empty() && !quartz {
            return Err(CronErrorKind::StepWithoutStart { step });
        }
        if base == "*" || base.is_empty() {
            return Ok((every, None));
        }
        if let Some((from, to)) = base.split_once('-') {
            return self.range(item, from, to, step);
        }
        let from = self.number(base)?;
        // Generators of Quartz expressions write `0/5` and `1/1` for `*/5` and `*`, with the same meaning there. Only
        // the latter follow the wall clock at clock changes, as an interval should.
        if quartz && from.value == self.kind.bounds().0 {
            return Ok((every, None));
        }
        // An open step runs to the end of the field; 7 starts past Saturday and so means Sunday alone.
        let to = Number {
            value: self.kind.last().max(from.value),
            named: from.named,
        };
        Ok((Part::Range { from, to, step }, None))
    }

    fn range(
        self,
        item: &str,
        from: &str,
        to: &str,
        step: u8,
    ) -> Result<(Part, Option<Part>), CronErrorKind> {
        if from.is_empty() || to.is_empty() || to.contains('-') {
            return Err(CronErrorKind::Malformed { text: clip(item) });
        }
        if from.eq_ignore_ascii_case("L") {
            return Err(CronErrorKind::LastOffset { text: clip(item) });
        }
        let quartz = self.dialect == Dialect::Quartz;
        let (from, mut to) = (self.number(from)?, self.number(to)?);
        // `FRI-SUN` is how people write it, and Quartz's 6-1; Sunday closes the range as 7.
        let is_sunday = self.kind == CronField::DayOfWeek && to.value == 0;
        if is_sunday && (to.named || quartz) && from.value > 0 {
            to.value = 7;
        }
        if from.value <= to.value {
            return Ok((Part::Range { from, to, step }, None));
        }
        if quartz {
            return Ok(self.around(from, to, step));
        }
        let write = (step == 1).then(|| self.wrapped(from, to));
        Err(CronErrorKind::WrapAround {
            text: clip(item),
            write,
        })
    }

    /// A range past the end of the field, as Quartz counts it: `22-2` is `22-23,0-2`, and a step continues across the
    /// end.
    fn around(self, from: Number, to: Number, step: u8) -> (Part, Option<Part>) {
        let named = from.named && to.named;
        let span = |from: u8, to: u8| {
            let number = |value: u8| Number { value, named };
            if to - from < step {
                Part::One(number(from))
            } else {
                let (from, to) = (number(from), number(to));
                Part::Range { from, to, step }
            }
        };
        let (last, size) = (self.kind.last(), self.kind.size());
        let reached = last - (last - from.value) % step;
        // A step is no longer than the field, so this lies in the field, after its start.
        let next = (reached + step).saturating_sub(size);
        (
            span(from.value, last),
            (next <= to.value).then(|| span(next, to.value)),
        )
    }

    /// What to write instead of a range that runs past the end of its field: `22-2` is `22-23,0-2`.
    fn wrapped(self, from: Number, to: Number) -> String {
        let named = from.named && to.named;
        let number = |value: u8| Number { value, named }.text(self.kind, true);
        let range = |from: u8, to: u8| {
            if from == to {
                number(from)
            } else {
                format!("{}-{}", number(from), number(to))
            }
        };
        match (self.kind, from.value, to.value) {
            (CronField::DayOfWeek, 7, to) => range(0, to),
            (CronField::DayOfWeek, from, 0) => range(from, 7),
            (kind, from, to) => format!(
                "{},{}",
                range(from, kind.last()),
                range(kind.bounds().0, to)
            ),
        }
    }

    fn nth(self, text: &str) -> Result<Part, CronErrorKind> {
        let (day, nth) = text.split_once('#').unwrap_or((text, ""));
        let day = self.number(day)?;
        match nth.parse::<u8>() {
            Ok(nth @ 1..=5) if is_number(text.rsplit('#').next().unwrap_or_default()) => {
                Ok(Part::Nth { day, nth })
            }
            _ => Err(CronErrorKind::NthOutOfRange { text: clip(nth) }),
        }
    }

    /// A number or a name, in our numbering.
    fn number(self, text: &str) -> Result<Number, CronErrorKind> {
        if is_number(text) {
            let (min, max) = self.kind.bounds_in(self.dialect);
            let digits = text.trim_start_matches('0');
            let value = if digits.is_empty() {
                Some(0)
            } else {
                digits.parse::<u8>().ok()
            };
            return match value {
                Some(value) if (min..=max).contains(&value) => Ok(Number {
                    // Our weekdays start from 0, so only Quartz's, which start from 1, are shifted.
                    value: value - (min - self.kind.bounds().0),
                    named: false,
                }),
                _ => {
                    let value = if digits.is_empty() { "0" } else { digits };
                    Err(CronErrorKind::OutOfRange {
                        value: clip(value),
                        min,
                        max,
                    })
                }
            };
        }
        if let Some(value) = names::name_value(self.kind, text) {
            return Ok(Number { value, named: true });
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(CronErrorKind::UnknownName { text: clip(text) });
        }
        Err(CronErrorKind::Malformed { text: clip(text) })
    }
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The modifier of an item in a field that does not accept it: `5L` as a minute, `1#2` as a day.
fn misplaced(upper: &str) -> Option<char> {
    if upper.contains('#') {
        return Some('#');
    }
    let rest = upper.trim_start_matches(|c: char| c.is_ascii_digit());
    match rest {
        "L" => Some('L'),
        "W" | "LW" => Some('W'),
        _ => None,
    }
}
