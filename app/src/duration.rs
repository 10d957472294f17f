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

/// Seconds as people read them in a sentence: `2 minutes 4 seconds`, `2 分 4 秒`. Two days and more are counted in days,
/// less in hours: `24 hours`, `36 小时`.
#[must_use]
pub fn duration_words(seconds: i64, lang: Lang) -> String {
    const DAYS_FROM: i64 = 2 * 86_400;
    let mut rest = seconds.max(0);
    let units = [
        (86_400, "天", "day"),
        (3600, "小时", "hour"),
        (60, "分钟", "minute"),
        (1, "秒", "second"),
    ];
    let mut parts = Vec::new();
    for (unit, zh, en) in units {
        let count = rest / unit;
        if count == 0 || (unit == 86_400 && rest < DAYS_FROM) {
            continue;
        }
        rest %= unit;
        // Within a longer length the minute has its short name.
        let zh = if unit == 60 && rest > 0 { "分" } else { zh };
        let s = if count == 1 { "" } else { "s" };
        parts.push(lang.pick(format!("{count} {zh}"), format!("{count} {en}{s}")));
    }
    if parts.is_empty() {
        return lang.pick("0 秒", "0 seconds").to_owned();
    }
    parts.join(" ")
}

/// How long something has lasted, for a sentence: to the minute, and to the second below one.
#[must_use]
pub fn lasting_words(seconds: i64, lang: Lang) -> String {
    match seconds {
        ..=0 => lang.pick("不到 1 秒", "less than a second").to_owned(),
        1..60 => duration_words(seconds, lang),
        _ => duration_words(seconds / 60 * 60, lang),
    }
}

/// About so many seconds in words, for what is ahead or past and does not need the second: `in 2 minutes` for 1 min 59 s.
/// It is exact below a minute, then to 10 seconds, from an hour on to the minute, from two days on to the hour.
#[must_use]
pub fn about_duration(seconds: i64, lang: Lang) -> String {
    let step = match seconds {
        ..60 => 1,
        60..3570 => 10,
        3570..172_770 => 60,
        _ => 3600,
    };
    duration_words((seconds.max(0) + step / 2) / step * step, lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_words_in_both_languages_and_read_back() {
        for (seconds, zh, en) in [
            (0, "0 秒", "0 seconds"),
            (1, "1 秒", "1 second"),
            (3, "3 秒", "3 seconds"),
            (60, "1 分钟", "1 minute"),
            (124, "2 分 4 秒", "2 minutes 4 seconds"),
            (5400, "1 小时 30 分钟", "1 hour 30 minutes"),
            (86_400, "24 小时", "24 hours"),
            (129_600, "36 小时", "36 hours"),
            (172_800, "2 天", "2 days"),
            (180_000, "2 天 2 小时", "2 days 2 hours"),
        ] {
            assert_eq!(duration_words(seconds, Lang::Zh), zh);
            assert_eq!(duration_words(seconds, Lang::En), en);
            if seconds > 0 {
                for text in [zh, en] {
                    assert_eq!(parse_duration(text), Ok(Some(seconds)), "{text}");
                }
            }
        }
        for (seconds, en) in [
            (-5, "0 seconds"),
            (59, "59 seconds"),
            (119, "2 minutes"),
            (124, "2 minutes"),
            (3597, "1 hour"),
            (86_397, "24 hours"),
            (172_797, "2 days"),
            (300_000, "3 days 11 hours"),
        ] {
            assert_eq!(about_duration(seconds, Lang::En), en, "{seconds}");
        }
    }

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
