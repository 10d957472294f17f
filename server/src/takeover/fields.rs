//! The five fields of an entry, as cron's own parser reads them.
//!
//! It is lax: Debian's takes whatever follows a number or a step up to the next blank as absent (`5#2` is `5`), and a
//! range that runs backwards as empty. So the fields are read here by its rules, and written again in ours.

use app::import::Flavor;

/// A field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// 0–59.
    Minute,
    /// 0–23.
    Hour,
    /// 1–31.
    Day,
    /// 1–12, or `jan` and so on.
    Month,
    /// 0–7, or `sun` and so on.
    Weekday,
}

/// What is wrong with a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldFault {
    /// It is missing.
    Missing,
    /// It cannot be read.
    Malformed,
    /// A number lies outside of the field.
    OutOfRange,
    /// The step is 0.
    ZeroStep,
    /// No value is left: the entry never fires.
    Empty,
    /// `~` chooses a value at random each time cronie loads the file.
    Random,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 8] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Field {
    /// All, in order.
    pub(super) const ALL: [Self; 5] = [
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Month,
        Self::Weekday,
    ];

    const fn bounds(self) -> (u32, u32) {
        match self {
            Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::Day => (1, 31),
            Self::Month => (1, 12),
            Self::Weekday => (0, 7),
        }
    }

    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Month => &MONTHS,
            Self::Weekday => &WEEKDAYS,
            _ => &[],
        }
    }
}

/// The values of a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Values {
    /// A bit for each value.
    bits: u64,
    /// Whether it starts with `*`: cron decides by that how the day fields are combined.
    pub(super) has_star: bool,
    field: Field,
}

impl Values {
    fn has(self, value: u32) -> bool {
        self.bits >> value & 1 == 1
    }

    /// Whether all values are in it.
    pub(super) fn is_full(self) -> bool {
        let (low, high) = self.span();
        (low..=high).all(|value| self.has(value))
    }

    /// The bounds, with Sunday as 0 only.
    fn span(self) -> (u32, u32) {
        match self.field {
            Field::Weekday => (0, 6),
            field => field.bounds(),
        }
    }

    /// How many values the field has.
    pub(super) fn size(self) -> u32 {
        let (low, high) = self.span();
        high - low + 1
    }

    /// The field in our own grammar: `*`, or numbers and ranges.
    pub(super) fn text(self) -> String {
        let (low, high) = self.span();
        if self.is_full() {
            // `0-59` is a fixed time where clocks change, and `*` is not, here as in cron.
            let is_time = matches!(self.field, Field::Minute | Field::Hour);
            return match is_time && !self.has_star {
                true => format!("{low}-{high}"),
                false => "*".to_owned(),
            };
        }
        let mut parts: Vec<(u32, u32)> = Vec::new();
        for value in (low..=high).filter(|value| self.has(*value)) {
            match parts.last_mut() {
                Some((_, last)) if *last + 1 == value => *last = value,
                _ => parts.push((value, value)),
            }
        }
        let part = |(from, to): &(u32, u32)| match to - from {
            0 => from.to_string(),
            1 => format!("{from},{to}"),
            _ => format!("{from}-{to}"),
        };
        parts.iter().map(part).collect::<Vec<_>>().join(",")
    }
}

/// Reads a field, which has no blanks.
pub(super) fn values(field: Field, text: &str, flavor: Flavor) -> Result<Values, FieldFault> {
    let mut found = Values {
        bits: 0,
        has_star: text.starts_with('*'),
        field,
    };
    let mut rest = text;
    loop {
        let (bits, after) = range(field, rest, flavor)?;
        found.bits |= bits;
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None if after.is_empty() || flavor == Flavor::Debian => break,
            None => return Err(FieldFault::Malformed),
        }
    }
    if field == Field::Weekday && found.has(7) {
        found.bits = (found.bits | 1) & !(1 << 7);
    }
    if found.bits == 0 {
        return Err(FieldFault::Empty);
    }
    Ok(found)
}

/// A range, and what follows it.
fn range(field: Field, text: &str, flavor: Flavor) -> Result<(u64, &str), FieldFault> {
    let (low, high) = field.bounds();
    let (from, to, rest) = if let Some(rest) = text.strip_prefix('*') {
        (low, high, rest)
    } else if text.starts_with('~') && flavor == Flavor::Cronie {
        return Err(FieldFault::Random);
    } else {
        let (from, rest) = number(text, field.names(), low)?;
        match rest.strip_prefix('-') {
            Some(rest) => {
                let (mut to, rest) = number(rest, field.names(), low)?;
                // `fri-sun`, in cronie.
                if flavor == Flavor::Cronie && to == 0 && from > 0 && !rest.starts_with('/') {
                    to = 7;
                }
                (from, to, rest)
            }
            None if rest.starts_with('~') && flavor == Flavor::Cronie => {
                return Err(FieldFault::Random);
            }
            None if rest.starts_with('/') => return Err(FieldFault::Malformed),
            None => (from, from, rest),
        }
    };
    let (step, rest) = match rest.strip_prefix('/') {
        Some(rest) => number(rest, &[], 0)?,
        None => (1, rest),
    };
    if step == 0 {
        return Err(FieldFault::ZeroStep);
    }
    if from < low || from > high || to < low || to > high {
        return Err(FieldFault::OutOfRange);
    }
    let mut bits = 0;
    let mut value = from;
    while value <= to {
        bits |= 1 << value;
        value = value.saturating_add(step);
    }
    Ok((bits, rest))
}

/// A number or a name at the start of a text, and what follows it.
fn number<'a>(text: &'a str, names: &[&str], low: u32) -> Result<(u32, &'a str), FieldFault> {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = word.trim_start_matches('0');
        let value = match digits.is_empty() {
            true => Ok(0),
            false => digits.parse().map_err(|_| FieldFault::OutOfRange),
        };
        return value.map(|value| (value, rest));
    }
    let found = names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(word));
    match found.and_then(|at| u32::try_from(at).ok()) {
        Some(at) => Ok((at + low, rest)),
        None => Err(FieldFault::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn debian(field: Field, text: &str) -> Result<String, FieldFault> {
        values(field, text, Flavor::Debian).map(Values::text)
    }

    fn cronie(field: Field, text: &str) -> Result<String, FieldFault> {
        values(field, text, Flavor::Cronie).map(Values::text)
    }

    /// Each field was given to `crontab` of Debian's cron 3.0pl1-162.
    #[test]
    fn fields_are_read_as_debian_reads_them() {
        use Field::{Day, Hour, Minute, Month, Weekday};
        use FieldFault::{Empty, Malformed, OutOfRange, ZeroStep};
        for (field, text, wanted) in [
            (Minute, "*", Ok("*")),
            (Minute, "*/100", Ok("0")),
            (Minute, "*/20", Ok("0,20,40")),
            (Minute, "1-5/2", Ok("1,3,5")),
            (Minute, "1-10/100", Ok("1")),
            (Minute, "*/30,7", Ok("0,7,30")),
            (Minute, "1,*/30", Ok("0,1,30")),
            (Minute, "05", Ok("5")),
            (Minute, "0-29", Ok("0-29")),
            // What follows is not read.
            (Minute, "*5", Ok("*")),
            (Minute, "5*", Ok("5")),
            (Minute, "1.5", Ok("1")),
            (Minute, "0~30", Ok("0")),
            (Minute, "*-5", Ok("*")),
            (Minute, "1-5/2/3", Ok("1,3,5")),
            (Weekday, "1#2", Ok("1")),
            (Minute, "5/15", Err(Malformed)),
            (Minute, "*/0", Err(ZeroStep)),
            (Minute, "1-5/0", Err(ZeroStep)),
            (Minute, "60", Err(OutOfRange)),
            (Minute, "1-60", Err(OutOfRange)),
            (Minute, "5-1", Err(Empty)),
            (Minute, "1,,2", Err(Malformed)),
            (Minute, ",1", Err(Malformed)),
            (Minute, "1,", Err(Malformed)),
            (Minute, "1-", Err(Malformed)),
            (Minute, "*/", Err(Malformed)),
            (Minute, "*/5a", Err(Malformed)),
            (Minute, "5a", Err(Malformed)),
            (Minute, "-5", Err(Malformed)),
            (Minute, "99999999999", Err(OutOfRange)),
            (Hour, "24", Err(OutOfRange)),
            (Day, "0", Err(OutOfRange)),
            (Day, "L", Err(Malformed)),
            (Day, "?", Err(Malformed)),
            (Month, "0", Err(OutOfRange)),
            (Month, "jan,feb", Ok("1,2")),
            (Month, "MAR-may", Ok("3-5")),
            (Month, "jan-3", Ok("1-3")),
            (Month, "janx", Err(Malformed)),
            (Month, "jan/2", Err(Malformed)),
            (Weekday, "7", Ok("0")),
            (Weekday, "5-7", Ok("0,5,6")),
            (Weekday, "0-7", Ok("*")),
            (Weekday, "mon-fri", Ok("1-5")),
            (Weekday, "fri-sun", Err(Empty)),
            (Weekday, "6-0", Err(Empty)),
            (Weekday, "8", Err(OutOfRange)),
            (Weekday, "monday", Err(Malformed)),
        ] {
            let wanted = wanted.map(str::to_owned);
            assert_eq!(debian(field, text), wanted, "{field:?} {text}");
        }
    }

    /// cronie's `get_range`.
    #[test]
    fn fields_are_read_as_cronie_reads_them() {
        use Field::{Minute, Weekday};
        use FieldFault::{Malformed, Random};
        for (field, text, wanted) in [
            (Minute, "*/20", Ok("0,20,40")),
            (Minute, "*5", Err(Malformed)),
            (Minute, "1-5/2/3", Err(Malformed)),
            (Minute, "~", Err(Random)),
            (Minute, "0~30", Err(Random)),
            (Weekday, "fri-sun", Ok("0,5,6")),
            (Weekday, "1#2", Err(Malformed)),
        ] {
            let wanted = wanted.map(str::to_owned);
            assert_eq!(cronie(field, text), wanted, "{field:?} {text}");
        }
    }
}
