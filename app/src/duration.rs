//! Durations: the one parser for all fields with a length of time.

mod length;

use crate::cron::half_width;
use crate::i18n::Lang;

pub(crate) use length::{LengthFault, parse as parse_length};

/// A limit of more than this is a typing error (30 days).
const MAX_SECONDS: i64 = 30 * 86_400;
/// Longer texts are not durations.
const MAX_BYTES: usize = 128;

/// Why a duration was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DurationFault {
    /// Not a number with a unit.
    Syntax,
    /// Zero, or more than 30 days.
    Range,
}

impl DurationFault {
    /// A sentence for the reader.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Syntax => lang.pick(
                "请写成 30s、5m、2h 或 1d 这样的时长",
                "Enter a duration such as 30s, 5m, 2h or 1d",
            ),
            Self::Range => lang.pick(
                "时长要在 1 秒到 30 天之间",
                "The duration must be between 1 second and 30 days",
            ),
        }
    }
}

/// Parses `30s`, `5m`, `1h30m`, `30min`, `90 seconds`, `1 小时 30 分钟`, `90` (seconds), also in full-width characters;
/// empty gives `None`.
///
/// # Errors
/// When the text is not a duration or is outside 1 s – 30 days.
pub fn parse_duration(text: &str) -> Result<Option<i64>, DurationFault> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() > MAX_BYTES {
        return Err(DurationFault::Syntax);
    }
    let text: String = text.chars().map(|c| half_width(c).unwrap_or(c)).collect();
    let text = text.trim();
    let seconds = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A bare number is seconds; after a unit it probably lacks one.
        text.parse().map_err(|_| DurationFault::Range)?
    } else if text.starts_with(|c: char| c.is_ascii_digit()) {
        match parse_length(text) {
            Ok((seconds, "")) => seconds,
            Err(LengthFault::TooLong | LengthFault::TooShort) => {
                return Err(DurationFault::Range);
            }
            Ok(_) | Err(_) => return Err(DurationFault::Syntax),
        }
    } else {
        return Err(DurationFault::Syntax);
    };
    if (1..=MAX_SECONDS).contains(&seconds) {
        Ok(Some(seconds))
    } else {
        Err(DurationFault::Range)
    }
}

/// Writes seconds in the form that `parse_duration` reads: `90` gives `1m30s`.
#[must_use]
pub fn format_duration(seconds: i64) -> String {
    let mut rest = seconds.max(0);
    let mut text = String::new();
    for (unit, name) in [(86_400, 'd'), (3600, 'h'), (60, 'm'), (1, 's')] {
        if rest >= unit {
            text.push_str(&format!("{}{name}", rest / unit));
            rest %= unit;
        }
    }
    if text.is_empty() {
        "0s".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_back() {
        for (text, seconds) in [
            ("30s", 30),
            ("5m", 300),
            ("1h30m", 5400),
            ("1h 30min", 5400),
            ("90", 90),
            ("９０", 90),
            ("1d", 86_400),
            ("1 day", 86_400),
            ("5 m", 300),
            ("2w", 1_209_600),
            ("30分钟", 1800),
            ("３０分鐘", 1800),
            ("1 小时 30 分", 5400),
            ("2個小時", 7200),
        ] {
            assert_eq!(parse_duration(text), Ok(Some(seconds)), "{text}");
            assert_eq!(parse_duration(&format_duration(seconds)), Ok(Some(seconds)));
        }
        assert_eq!(parse_duration("  "), Ok(None));
        for text in [
            "0",
            "0s",
            "31d",
            "99999999999999999999",
            "99999999999999999999s",
            "5m3",
            "m",
            "hour",
            "-5s",
            "1.5h",
            "5 months",
            "5M",
            "500ms",
            "五分钟",
            "30m from 2026-01-01 00:00",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
        assert!(parse_duration(&"1s".repeat(1_000_000)).is_err());
    }
}
