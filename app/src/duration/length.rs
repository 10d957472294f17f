//! Lengths of time: `90s`, `1h30m`, `2 hours`, `1 小时 30 分钟`. The one parser of intervals, limits and delays.

use crate::cron::clip;

/// The longest length, in seconds: 366 days.
const MAX_SECONDS: i64 = 366 * 86_400;

/// Why a text is not a length of time. Text taken from the input is cut and stripped of invisible characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum LengthFault {
    /// The text is empty.
    Missing,
    /// `90`.
    UnitMissing {
        /// The number without a unit.
        number: String,
    },
    /// `2 fortnights`.
    UnitUnknown {
        /// The word found.
        text: String,
    },
    /// `3 months`: months and years differ in length.
    UnitUneven {
        /// The length found.
        text: String,
    },
    /// `1.5h`.
    Fraction {
        /// The beginning of the number.
        text: String,
    },
    /// `-5m`.
    Negative,
    /// `0s`, `500ms`.
    TooShort,
    /// More than 366 days.
    TooLong,
    /// Not a length: `morning`, `五分钟`.
    Syntax {
        /// The text found.
        text: String,
    },
}

/// The meaning of a unit.
#[derive(Clone, Copy)]
enum Unit {
    Seconds(i64),
    /// Less than a second.
    Fraction,
    /// A month or a year: its length varies.
    Uneven,
}

/// Units in words; the letters alone are in [`unit()`].
const UNITS: [(&[&str], Unit); 7] = [
    (&["sec", "secs", "second", "seconds"], Unit::Seconds(1)),
    (&["min", "mins", "minute", "minutes"], Unit::Seconds(60)),
    (&["hr", "hrs", "hour", "hours"], Unit::Seconds(3_600)),
    (&["day", "days"], Unit::Seconds(86_400)),
    (&["wk", "wks", "week", "weeks"], Unit::Seconds(604_800)),
    (
        &["ms", "us", "ns", "millisecond", "milliseconds"],
        Unit::Fraction,
    ),
    (
        &[
            "mo", "month", "months", "quarter", "quarters", "y", "year", "years",
        ],
        Unit::Uneven,
    ),
];

/// Units in Chinese, which no space separates from what follows: longer ones first.
const UNITS_ZH: [(&str, Unit); 25] = [
    ("毫秒", Unit::Fraction),
    ("秒钟", Unit::Seconds(1)),
    ("秒鐘", Unit::Seconds(1)),
    ("秒", Unit::Seconds(1)),
    ("分钟", Unit::Seconds(60)),
    ("分鐘", Unit::Seconds(60)),
    ("分", Unit::Seconds(60)),
    ("个小时", Unit::Seconds(3_600)),
    ("小时", Unit::Seconds(3_600)),
    ("個小時", Unit::Seconds(3_600)),
    ("小時", Unit::Seconds(3_600)),
    ("个钟头", Unit::Seconds(3_600)),
    ("时", Unit::Seconds(3_600)),
    ("時", Unit::Seconds(3_600)),
    ("天", Unit::Seconds(86_400)),
    ("日", Unit::Seconds(86_400)),
    ("个星期", Unit::Seconds(604_800)),
    ("星期", Unit::Seconds(604_800)),
    ("周", Unit::Seconds(604_800)),
    ("週", Unit::Seconds(604_800)),
    ("个月", Unit::Uneven),
    ("月", Unit::Uneven),
    ("个季度", Unit::Uneven),
    ("季度", Unit::Uneven),
    ("年", Unit::Uneven),
];

/// Parses numbers with their units; returns the seconds and the text after them.
pub(crate) fn parse(text: &str) -> Result<(i64, &str), LengthFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(LengthFault::Missing);
    }
    if text.starts_with('-') {
        return Err(LengthFault::Negative);
    }
    let mut total: i64 = 0;
    let mut rest = text;
    while let Some((number, behind)) = number(rest) {
        if behind.starts_with(['.', ',']) && behind[1..].starts_with(|c: char| c.is_ascii_digit()) {
            return Err(LengthFault::Fraction {
                text: clip(&rest[..number.len() + 2]),
            });
        }
        let (seconds, behind) = match unit(behind.trim_start()) {
            Some((Unit::Seconds(seconds), behind)) => (seconds, behind),
            Some((Unit::Fraction, _)) => return Err(LengthFault::TooShort),
            Some((Unit::Uneven, behind)) => return Err(uneven(rest, behind)),
            None => return Err(no_unit(number, behind.trim_start())),
        };
        // A number too long to be parsed is too long an interval, unless it is all zeros.
        let part = match number.trim_start_matches('0') {
            "" => Some(0),
            digits => digits.parse::<i64>().ok(),
        };
        total = part
            .and_then(|part| part.checked_mul(seconds))
            .and_then(|part| part.checked_add(total))
            .ok_or(LengthFault::TooLong)?;
        rest = behind.trim_start();
    }
    if rest.len() == text.len() {
        // `every hour`, 每小时: one of them. A single letter is more likely a forgotten number.
        return match unit(text) {
            Some((Unit::Seconds(seconds), behind)) if text.len() - behind.len() > 1 => {
                Ok((seconds, behind))
            }
            Some((Unit::Uneven, behind)) => Err(uneven(text, behind)),
            _ => Err(LengthFault::Syntax { text: clip(text) }),
        };
    }
    match total {
        ..=0 => Err(LengthFault::TooShort),
        1..=MAX_SECONDS => Ok((total, rest)),
        _ => Err(LengthFault::TooLong),
    }
}

/// The digits at the start, if any, and the text after them.
fn number(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The unit at the start and the text after it.
fn unit(text: &str) -> Option<(Unit, &str)> {
    let (word, behind) = word(text);
    // Single letters are case-sensitive: an `M` may be meant as a month.
    let short = match word {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3_600),
        "d" => Some(86_400),
        "w" => Some(604_800),
        _ => None,
    };
    if let Some(seconds) = short {
        return Some((Unit::Seconds(seconds), behind));
    }
    if !word.is_empty() {
        return UNITS
            .iter()
            .find(|(names, _)| names.iter().any(|name| name.eq_ignore_ascii_case(word)))
            .map(|(_, unit)| (*unit, behind));
    }
    UNITS_ZH
        .iter()
        .find_map(|(name, unit)| Some((*unit, text.strip_prefix(name)?)))
}

/// The Latin letters at the start and the text after them.
fn word(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    text.split_at(end)
}

fn uneven(text: &str, behind: &str) -> LengthFault {
    LengthFault::UnitUneven {
        text: clip(text[..text.len() - behind.len()].trim()),
    }
}

/// The fault of a number whose unit is missing or unknown.
fn no_unit(number: &str, behind: &str) -> LengthFault {
    let (letters, _) = word(behind);
    let number = clip(number);
    let starts_count = letters.eq_ignore_ascii_case("from") || behind.starts_with('从');
    if starts_count || !behind.starts_with(char::is_alphabetic) {
        LengthFault::UnitMissing { number }
    } else if letters.is_empty() {
        LengthFault::Syntax {
            text: clip(&format!("{number}{behind}")),
        }
    } else {
        LengthFault::UnitUnknown {
            text: clip(letters),
        }
    }
}
