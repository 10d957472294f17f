//! From text to fields. All input is hostile: one pass, no recursion, and every refusal says which field and why.

use super::error::{CronError, CronErrorKind, clip};
use super::field::{CronField, Field, Number, Part};
use super::names;

/// The longest text that is looked at, in bytes. The longest sensible expression is far shorter, and the limit
/// bounds the work for any input.
const MAX_BYTES: usize = 256;

/// The nicknames and what they stand for.
const MACROS: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// The outcome of a parse: five or six fields, and the nickname they came from.
pub(super) struct Parsed {
    pub(super) nickname: Option<&'static str>,
    pub(super) fields: Vec<Field>,
}

/// Reads an expression. The fields come back in written order, the second first where there is one.
pub(super) fn parse(text: &str) -> Result<Parsed, CronError> {
    if text.len() > MAX_BYTES {
        return Err(CronErrorKind::TooLong { bytes: text.len() }.anywhere());
    }
    // Full-width forms first: U+3000 is white space to Rust, and folding it silently would hide the cause when the
    // same text fails elsewhere.
    if let Some((at, found, write)) = text
        .char_indices()
        .find_map(|(at, found)| names::half_width(found).map(|write| (at, found, write)))
    {
        let kind = CronErrorKind::FullWidth { found, write };
        return Err(CronError {
            field: field_at(text, at),
            kind,
        });
    }
    let tokens: Vec<&str> = text.split_whitespace().collect();
    match tokens.as_slice() {
        [] => Err(CronErrorKind::Empty.anywhere()),
        [first, ..] if first.starts_with('@') => parse_nickname(first, tokens.len()),
        _ => {
            check_shape(&tokens)?;
            Ok(Parsed {
                nickname: None,
                fields: parse_fields(&tokens)?,
            })
        }
    }
}

fn parse_nickname(token: &str, tokens: usize) -> Result<Parsed, CronError> {
    // `@every 5m` is a Go habit: the hint for it is worth more than the remark that it does not stand alone.
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
        fields: parse_fields(&fields)?,
    })
}

/// Reads five or six tokens; the kinds are counted from the end because the second is the optional one.
fn parse_fields(tokens: &[&str]) -> Result<Vec<Field>, CronError> {
    let kinds = CronField::ALL
        .iter()
        .skip(CronField::ALL.len().saturating_sub(tokens.len()));
    kinds
        .zip(tokens)
        .map(|(&kind, token)| {
            parse_field(kind, token).map_err(|fault| CronError {
                field: Some(kind),
                kind: fault,
            })
        })
        .collect()
}

/// Refuses what does not have five or six fields, naming the likely slip.
fn check_shape(tokens: &[&str]) -> Result<(), CronError> {
    let count = tokens.len();
    let kind = if let Some(token) = tokens.iter().find(|token| is_clock(token)) {
        CronErrorKind::ClockTime {
            text: clip(token),
            write: clock_fields(token),
        }
    } else if tokens.iter().skip(5).any(|token| looks_like_command(token)) {
        CronErrorKind::Command
    } else if count != 5
        && tokens
            .iter()
            .any(|token| token.starts_with(',') || token.ends_with(','))
    {
        CronErrorKind::SpaceInList
    } else if count == 7 {
        CronErrorKind::YearField
    } else if count == 5 || count == 6 {
        return Ok(());
    } else {
        CronErrorKind::FieldCount { found: count }
    };
    Err(kind.anywhere())
}

fn parse_field(kind: CronField, token: &str) -> Result<Field, CronErrorKind> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "*,-/?#".contains(c);
    if let Some(found) = token.chars().find(|c| !allowed(*c)) {
        return Err(CronErrorKind::BadCharacter { found });
    }
    let parts: Vec<Part> = token
        .split(',')
        .map(|item| {
            parse_part(kind, item).map_err(|fault| match fault {
                // The item as written says more than the piece of it that could not be read.
                CronErrorKind::Malformed { .. } => CronErrorKind::Malformed { text: clip(item) },
                fault => fault,
            })
        })
        .collect::<Result<_, _>>()?;
    if parts.len() > 1 && parts.contains(&Part::All) {
        return Err(CronErrorKind::StarInList);
    }
    // croner reads the pair as `LW` alone, so accepting it would drop the last day without a word.
    if parts.contains(&Part::LastDay) && parts.contains(&Part::LastWeekday) {
        return Err(CronErrorKind::LastDayAndLastWeekday);
    }
    Ok(Field::new(kind, parts))
}

fn parse_part(kind: CronField, item: &str) -> Result<Part, CronErrorKind> {
    let malformed = || CronErrorKind::Malformed { text: clip(item) };
    let is_day_field = matches!(kind, CronField::DayOfMonth | CronField::DayOfWeek);
    if item.is_empty() {
        return Err(CronErrorKind::EmptyItem);
    }
    if item.contains('?') {
        return match item {
            "?" if is_day_field => Ok(Part::All),
            _ if is_day_field => Err(malformed()),
            _ => Err(CronErrorKind::QuestionMark),
        };
    }
    if let Some((base, step)) = item.split_once('/') {
        return parse_step(kind, item, base, step);
    }
    if item == "*" {
        return Ok(Part::All);
    }
    if let Some((from, to)) = item.split_once('-') {
        let (from, to) = parse_range(kind, item, from, to, 1)?;
        return Ok(Part::Range { from, to, step: 1 });
    }
    let upper = item.to_ascii_uppercase();
    match (kind, upper.as_str()) {
        (CronField::DayOfMonth, "L") => Ok(Part::LastDay),
        (CronField::DayOfMonth, "LW") => Ok(Part::LastWeekday),
        (CronField::DayOfMonth, text)
            if text.ends_with('W') && is_number(&text[..text.len() - 1]) =>
        {
            Ok(Part::Nearest(
                parse_number(kind, &text[..text.len() - 1])?.value,
            ))
        }
        (CronField::DayOfWeek, "L") => Err(CronErrorKind::LastAlone),
        (CronField::DayOfWeek, text) if text.contains('#') => parse_nth(kind, text),
        (CronField::DayOfWeek, text) if text.ends_with('L') => {
            Ok(Part::LastOf(parse_number(kind, &text[..text.len() - 1])?))
        }
        (_, text) => match misplaced(text) {
            Some(symbol) => Err(CronErrorKind::Misplaced { symbol }),
            None => Ok(Part::One(parse_number(kind, item)?)),
        },
    }
}

fn parse_step(kind: CronField, item: &str, base: &str, step: &str) -> Result<Part, CronErrorKind> {
    if !is_number(step) || base.contains('#') || base.eq_ignore_ascii_case("L") {
        return Err(CronErrorKind::Malformed { text: clip(item) });
    }
    let size = kind.size();
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
    if base.is_empty() {
        return Err(CronErrorKind::StepWithoutStart { step });
    }
    if base == "*" {
        // `*/1` is every value, and croner would count it as a restriction where the day fields meet.
        return Ok(if step == 1 {
            Part::All
        } else {
            Part::Every(step)
        });
    }
    if let Some((from, to)) = base.split_once('-') {
        let (from, to) = parse_range(kind, item, from, to, step)?;
        return Ok(Part::Range { from, to, step });
    }
    let from = parse_number(kind, base)?;
    // An open step runs to the end of the field; 7 starts past Saturday and so stands for Sunday alone.
    let to = Number {
        value: kind.last().max(from.value),
        named: from.named,
    };
    Ok(Part::Range { from, to, step })
}

fn parse_range(
    kind: CronField,
    item: &str,
    from: &str,
    to: &str,
    step: u8,
) -> Result<(Number, Number), CronErrorKind> {
    if from.is_empty() || to.is_empty() || to.contains('-') {
        return Err(CronErrorKind::Malformed { text: clip(item) });
    }
    if from.eq_ignore_ascii_case("L") {
        return Err(CronErrorKind::LastOffset { text: clip(item) });
    }
    let (from, mut to) = (parse_number(kind, from)?, parse_number(kind, to)?);
    // `FRI-SUN` is how people write it; Sunday closes the range as 7.
    if kind == CronField::DayOfWeek && to.named && to.value == 0 && from.value > 0 {
        to.value = 7;
    }
    if from.value <= to.value {
        return Ok((from, to));
    }
    let write = (step == 1).then(|| wrapped(kind, from, to));
    Err(CronErrorKind::WrapAround {
        text: clip(item),
        write,
    })
}

/// What to write instead of a range that runs past the end of its field: `22-2` is `22-23,0-2`.
fn wrapped(kind: CronField, from: Number, to: Number) -> String {
    let named = from.named && to.named;
    let number = |value: u8| Number { value, named }.text(kind, true);
    let range = |from: u8, to: u8| {
        if from == to {
            number(from)
        } else {
            format!("{}-{}", number(from), number(to))
        }
    };
    match (kind, from.value, to.value) {
        (CronField::DayOfWeek, 7, to) => range(0, to),
        (CronField::DayOfWeek, from, 0) => range(from, 7),
        (_, from, to) => format!(
            "{},{}",
            range(from, kind.last()),
            range(kind.bounds().0, to)
        ),
    }
}

fn parse_nth(kind: CronField, text: &str) -> Result<Part, CronErrorKind> {
    let (day, nth) = text.split_once('#').unwrap_or((text, ""));
    let day = parse_number(kind, day)?;
    match nth.parse::<u8>() {
        Ok(nth @ 1..=5) if is_number(text.rsplit('#').next().unwrap_or_default()) => {
            Ok(Part::Nth { day, nth })
        }
        _ => Err(CronErrorKind::NthOutOfRange { text: clip(nth) }),
    }
}

fn parse_number(kind: CronField, text: &str) -> Result<Number, CronErrorKind> {
    if is_number(text) {
        let (min, max) = kind.bounds();
        let digits = text.trim_start_matches('0');
        let value = if digits.is_empty() {
            Some(0)
        } else {
            digits.parse::<u8>().ok()
        };
        return match value {
            Some(value) if (min..=max).contains(&value) => Ok(Number {
                value,
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
    if let Some(value) = names::name_value(kind, text) {
        return Ok(Number { value, named: true });
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(CronErrorKind::UnknownName { text: clip(text) });
    }
    Err(CronErrorKind::Malformed { text: clip(text) })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The modifier in an item that stands in a field which does not know it: `5L` as a minute, `1#2` as a day.
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

/// `9:30` and the like: a clock time where a field belongs.
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

/// A word behind the fields that only a crontab line would have there: a path or a longer word than any name.
fn looks_like_command(token: &str) -> bool {
    let letters = token.bytes().take_while(u8::is_ascii_alphabetic).count();
    let is_weekday = token
        .get(..3)
        .is_some_and(|name| names::name_value(CronField::DayOfWeek, name).is_some());
    let is_path =
        token.starts_with(['.', '~', '$']) || token.starts_with('/') && !is_number(&token[1..]);
    is_path || (letters > 3 && !is_weekday)
}

/// The field that the character at a byte offset stands in, if the text has a count of fields that tells.
fn field_at(text: &str, at: usize) -> Option<CronField> {
    let before = &text[..at];
    let index = before
        .split_whitespace()
        .count()
        .checked_sub(usize::from(!before.ends_with(char::is_whitespace)));
    let count = text.split_whitespace().count();
    let first = CronField::ALL
        .len()
        .checked_sub(count)
        .filter(|first| *first <= 1)?;
    CronField::ALL.get(first + index.unwrap_or(0)).copied()
}
