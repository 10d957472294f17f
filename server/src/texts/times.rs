//! Times: how they are shown in sentences, and what is wrong with those that are typed.

use app::time::Stamp;
use chrono::{DateTime, Utc};

use super::{Fault, Text, both};
use crate::timetable::{nearest_zone, rules, zone};

/// Abbreviations that more than one zone has, which no zone can be guessed from.
const ABBREVIATIONS: [(&str, &[&str]); 4] = [
    ("CST", &["Asia/Shanghai", "America/Chicago"]),
    ("IST", &["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
    ("BST", &["Europe/London", "Asia/Dhaka"]),
    ("AST", &["America/Halifax", "Asia/Riyadh"]),
];

/// A time in a zone, for a sentence: `2026-11-22 09:00:00 +08:00`.
#[must_use]
pub fn local(at: DateTime<Utc>, zone_name: &str) -> String {
    zone(zone_name).map_or_else(
        |_| Stamp(at).rfc3339(),
        |zone| rules(zone_name, &zone, at).full(Stamp(at)),
    )
}

/// What is wrong with a time or a zone that was typed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TimeFault {
    /// Nothing is typed where a time is needed.
    Missing,
    /// Not a date with a time.
    NotAnInstant,
    /// Neither a time of day nor a date with a time, of a pause's end.
    NotAnEnd,
    /// Neither a time of day nor a date with a time, of a time that is asked about.
    NotAMoment,
    /// It has passed.
    Past,
    /// The database cannot keep a time so late.
    TooFar,
    /// A window ends before it starts.
    EndsBeforeStart,
    /// An abbreviation that several zones have.
    AmbiguousZone {
        /// What was typed.
        name: String,
        /// Zones that have it.
        zones: &'static [&'static str],
    },
    /// The zone data has no zone of this name.
    UnknownZone {
        /// What was typed.
        name: String,
        /// The zone that was likely meant.
        near: Option<String>,
    },
}

impl Fault for TimeFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::Missing => ("required", both("请填写时间", "Enter a time")),
            Self::NotAnInstant => (
                "invalid",
                both(
                    "请写成 2026-12-31 18:00 或 RFC 3339 时间",
                    "Write a time such as 2026-12-31 18:00, or RFC 3339",
                ),
            ),
            Self::NotAnEnd => (
                "invalid",
                both(
                    "请写成时长如 30m、2小时，或时间如 18:00、2026-12-31 18:00、RFC 3339",
                    "Write a length such as 30m or 2h, a time such as 18:00 or 2026-12-31 18:00, or RFC 3339",
                ),
            ),
            Self::NotAMoment => (
                "invalid",
                both(
                    "请写成 09:00、2026-12-31 09:00 或 RFC 3339 时间",
                    "Write a time such as 09:00 or 2026-12-31 09:00, or RFC 3339",
                ),
            ),
            Self::Past => ("past", both("这个时间已经过去", "This time has passed")),
            Self::TooFar => (
                "too_far",
                both(
                    "MySQL/MariaDB 上最晚到 2038-01-19；不需要截止就留空",
                    "On MySQL and MariaDB the latest is 2038-01-19; leave it empty for no end",
                ),
            ),
            Self::EndsBeforeStart => (
                "before_start",
                both("截止时间早于启动时间", "The end is before the start"),
            ),
            Self::AmbiguousZone { name, zones } => {
                let (zh, en) = (zones.join("、"), zones.join(" or "));
                (
                    "ambiguous",
                    both(
                        format!("“{name}”可以指几个时区；请写 IANA 名称，例如 {zh}"),
                        format!(
                            "\"{name}\" may be one of several time zones; write an IANA name such as {en}"
                        ),
                    ),
                )
            }
            Self::UnknownZone {
                name,
                near: Some(near),
            } => (
                "unknown",
                both(
                    format!("没有“{name}”这个时区；是不是 {near}？"),
                    format!("There is no time zone \"{name}\"; did you mean {near}?"),
                ),
            ),
            Self::UnknownZone { name, near: None } => (
                "unknown",
                both(
                    format!("没有“{name}”这个时区；请写 IANA 名称，例如 Asia/Shanghai"),
                    format!(
                        "There is no time zone \"{name}\"; write an IANA name such as Asia/Shanghai"
                    ),
                ),
            ),
        }
    }
}

impl TimeFault {
    /// The fault of a zone's name.
    #[must_use]
    pub fn unknown_zone(name: &str) -> Self {
        let typed = name.trim();
        let known = ABBREVIATIONS.iter();
        let mut known = known.filter(|(short, _)| short.eq_ignore_ascii_case(typed));
        if let Some((_, zones)) = known.next() {
            return Self::AmbiguousZone {
                name: name.to_owned(),
                zones,
            };
        }
        Self::UnknownZone {
            name: name.to_owned(),
            near: nearest_zone(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_zone_is_guessed_from_an_abbreviation_of_several() {
        for (typed, zones) in [
            ("CST", "Asia/Shanghai or America/Chicago"),
            (" cst ", "Asia/Shanghai or America/Chicago"),
            ("BST", "Europe/London or Asia/Dhaka"),
        ] {
            let (code, text) = TimeFault::unknown_zone(typed).fault();
            assert_eq!(code, "ambiguous", "{typed}");
            assert!(text.en.contains(zones), "{}", text.en);
        }
        let fault = TimeFault::unknown_zone("Asia/Shangai");
        assert!(fault.fault().1.en.contains("did you mean Asia/Shanghai"));
    }
}
