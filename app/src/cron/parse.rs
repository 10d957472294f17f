//! From text to fields. All input is hostile: one pass, no recursion, and every refusal names the field and the
//! reason.

mod item;

use super::error::{CronError, CronErrorKind, clip, fix};
use super::field::{CronField, Field};
use super::{Dialect, names};
use item::{Slot, is_number};

/// The longest text that is parsed, in bytes. The longest sensible expression is far shorter, and the limit bounds
/// the work for any input.
pub(super) const MAX_BYTES: usize = 256;

/// The nicknames and their expressions.
pub(super) const MACROS: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// The result of parsing: five or six fields, and the nickname they came from.
pub(super) struct Parsed {
    pub(super) nickname: Option<&'static str>,
    pub(super) fields: Vec<Field>,
}

/// Parses an expression. Returns the fields in written order, the second first if there is one.
pub(super) fn parse(text: &str, dialect: Dialect) -> Result<Parsed, CronError> {
    if text.len() > MAX_BYTES {
        return Err(CronErrorKind::TooLong { bytes: text.len() }.anywhere());
    }
    if let Some(kind) = copied(text) {
        return Err(kind.anywhere());
    }
    // Full-width forms first: U+3000 is white space to Rust, and folding it silently would hide the cause when the
    // same text fails elsewhere.
    if let Some((at, found, write)) = text
        .char_indices()
        .find_map(|(at, found)| names::half_width(found).map(|write| (at, found, write)))
    {
        return Err(CronError {
            field: field_at(text, at, dialect),
            kind: CronErrorKind::FullWidth { found, write },
            dialect,
        });
    }
    let tokens: Vec<&str> = text.split_whitespace().collect();
    match tokens.as_slice() {
        [] => Err(CronErrorKind::Empty.anywhere()),
        [first, ..] if first.starts_with('@') => parse_nickname(first, tokens.len()),
        _ => {
            check_shape(&tokens, dialect)?;
            Ok(Parsed {
                nickname: None,
                fields: parse_fields(&tokens, dialect)?,
            })
        }
    }
}

/// What is copied with a line from a crontab or a file: quotes, comments, a zone.
fn copied(text: &str) -> Option<CronErrorKind> {
    const QUOTES: [(char, char); 6] = [
        ('"', '"'),
        ('\'', '\''),
        ('`', '`'),
        ('“', '”'),
        ('‘', '’'),
        ('「', '」'),
    ];
    let text = text.trim();
    for (open, close) in QUOTES {
        if let Some(inner) = text.strip_prefix(open)
            && let Some(inner) = inner.strip_suffix(close)
        {
            return Some(CronErrorKind::Quoted {
                write: fix(inner.trim()),
            });
        }
    }
    for name in ["CRON_TZ=", "TZ="] {
        if let Some(rest) = text.strip_prefix(name) {
            let (zone, rest) = rest.split_once(char::is_whitespace)?;
            return Some(CronErrorKind::ZoneInFront {
                zone: clip(zone.trim_matches(['"', '\''])),
                write: fix(rest.trim()),
            });
        }
    }
    if let Some(rest) = text.strip_prefix('#') {
        let write = fix(rest.trim_start_matches('#').trim());
        return (!write.is_empty()).then_some(CronErrorKind::Comment { write });
    }
    // `5#3` has no blank before its sign, and ` #3` in place of a weekday is not a comment.
    let at = text.find(" #").or_else(|| text.find("\t#"))?;
    let before = text[..at].trim();
    let is_whole = before.starts_with('@') || before.split_whitespace().nth(4).is_some();
    is_whole.then(|| CronErrorKind::Comment { write: fix(before) })
}

/// The weekday field as a dialect reads it, if it can.
pub(super) fn weekday(token: &str, dialect: Dialect) -> Option<Field> {
    let kind = CronField::DayOfWeek;
    Slot { kind, dialect }.field(token).ok()
}

fn parse_nickname(token: &str, tokens: usize) -> Result<Parsed, CronError> {
    // An unknown nickname is more important than text after it.
    let Some((name, text)) = MACROS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(token))
    else {
        return Err(CronErrorKind::UnknownNickname { text: clip(token) }.anywhere());
    };
    if tokens > 1 {
        return Err(CronErrorKind::NicknameNotAlone.anywhere());
    }
    let fields: Vec<&str> = text.split(' ').collect();
    Ok(Parsed {
        nickname: Some(name),
        fields: parse_fields(&fields, Dialect::Standard)?,
    })
}

/// Parses the tokens, which `check_shape` has counted.
fn parse_fields(tokens: &[&str], dialect: Dialect) -> Result<Vec<Field>, CronError> {
    // The second is optional in our dialect and always present in Quartz, whose optional year follows the six fields.
    let skipped = match dialect {
        Dialect::Standard => CronField::ALL.len().saturating_sub(tokens.len()),
        Dialect::Quartz => 0,
    };
    let kinds = CronField::ALL.iter().skip(skipped);
    kinds
        .zip(tokens)
        .map(|(&kind, token)| {
            Slot { kind, dialect }
                .field(token)
                .map_err(|fault| CronError {
                    field: Some(kind),
                    kind: fault,
                    dialect,
                })
        })
        .collect()
}

/// Refuses text with the wrong number of fields, naming the likely mistake.
fn check_shape(tokens: &[&str], dialect: Dialect) -> Result<(), CronError> {
    let count = tokens.len();
    let counts = match dialect {
        Dialect::Standard => 5..=6,
        Dialect::Quartz => 6..=7,
    };
    let kind = if let Some(token) = tokens.iter().find(|token| is_clock(token)) {
        CronErrorKind::ClockTime {
            text: clip(token),
            write: clock_fields(token),
        }
    } else if tokens.iter().skip(5).any(|token| looks_like_command(token)) {
        CronErrorKind::Command
    } else if count != *counts.start()
        && tokens
            .iter()
            .any(|token| token.starts_with(',') || token.ends_with(','))
    {
        CronErrorKind::SpaceInList
    } else if dialect == Dialect::Quartz {
        match tokens {
            [_, _, _, _, _, _, year] if *year != "*" => {
                CronErrorKind::QuartzYear { text: clip(year) }
            }
            _ if counts.contains(&count) => return Ok(()),
            [_, _, _, _, _] => CronErrorKind::QuartzSeconds,
            _ => CronErrorKind::QuartzCount { found: count },
        }
    } else if count == 7 {
        CronErrorKind::YearField
    } else if count == 6 && is_year(tokens[5]) {
        CronErrorKind::YearBehindFive
    } else if counts.contains(&count) {
        return Ok(());
    } else {
        CronErrorKind::FieldCount { found: count }
    };
    Err(kind.anywhere())
}

/// `2026` and the like in place of a weekday.
fn is_year(token: &str) -> bool {
    is_number(token) && token.len() == 4 && token.starts_with(['1', '2'])
}

/// `9:30` and the like: a clock time in place of a field.
fn is_clock(token: &str) -> bool {
    let parts: Vec<&str> = token.split(':').collect();
    (2..=3).contains(&parts.len()) && parts.iter().all(|part| is_number(part) && part.len() <= 2)
}

/// The fields for a clock time: `9:30` is `30 9`, and `24:00` is midnight.
fn clock_fields(token: &str) -> Option<String> {
    let parts: Vec<u8> = token
        .split(':')
        .filter_map(|part| part.parse().ok())
        .collect();
    match parts.as_slice() {
        [24, 0] | [24, 0, 0] => Some("0 0".to_owned()),
        [hour @ 0..=23, minute @ 0..=59] => Some(format!("{minute} {hour}")),
        [hour @ 0..=23, minute @ 0..=59, second @ 0..=59] => {
            Some(format!("{second} {minute} {hour}"))
        }
        _ => None,
    }
}

/// A word after the fields that only a crontab line would have: a path, or a word longer than any name.
fn looks_like_command(token: &str) -> bool {
    let letters = token.bytes().take_while(u8::is_ascii_alphabetic).count();
    let is_weekday = token
        .get(..3)
        .is_some_and(|name| names::name_value(CronField::DayOfWeek, name).is_some());
    let is_path =
        token.starts_with(['.', '~', '$']) || token.starts_with('/') && !is_number(&token[1..]);
    is_path || (letters > 3 && !is_weekday)
}

/// The field at a byte offset, if the number of fields in the text determines it.
fn field_at(text: &str, at: usize, dialect: Dialect) -> Option<CronField> {
    let before = &text[..at];
    let index = before
        .split_whitespace()
        .count()
        .checked_sub(usize::from(!before.ends_with(char::is_whitespace)));
    let count = text.split_whitespace().count();
    let first = match (dialect, count) {
        (Dialect::Standard, 5) => 1,
        (Dialect::Standard, 6) | (Dialect::Quartz, 6 | 7) => 0,
        _ => return None,
    };
    CronField::ALL.get(first + index.unwrap_or(0)).copied()
}
