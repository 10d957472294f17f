//! Why an expression was refused, in a sentence that names the field and, if known, the fix.

mod text;

use super::Dialect;
use super::field::CronField;
use crate::i18n::Lang;

/// A refused expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CronError {
    /// The faulty field, or `None` for the text as a whole.
    pub field: Option<CronField>,
    /// What is wrong.
    pub kind: CronErrorKind,
    /// The dialect it was read in, which determines the suggested fix.
    pub dialect: Dialect,
}

/// What is wrong with an expression. Text taken from the input is cut and stripped of invisible characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CronErrorKind {
    /// Nothing but white space.
    Empty,
    /// More than 256 bytes.
    TooLong {
        /// The length given.
        bytes: usize,
    },
    /// Neither 5 nor 6 fields.
    FieldCount {
        /// The number of fields found.
        found: usize,
    },
    /// 7 fields, as Quartz writes them with a year.
    YearField,
    /// 5 fields and a year, which would be read as 6 fields with seconds.
    YearBehindFive,
    /// 5 fields where Quartz also has the second.
    QuartzSeconds,
    /// Neither 6 nor 7 fields, read as Quartz.
    QuartzCount {
        /// The number of fields found.
        found: usize,
    },
    /// A year other than `*`, read as Quartz.
    QuartzYear {
        /// The year found.
        text: String,
    },
    /// `1, 15` instead of `1,15`.
    SpaceInList,
    /// A crontab line with its command.
    Command,
    /// Quotes around it, as in a file or a shell.
    Quoted {
        /// The text between them.
        write: String,
    },
    /// A comment before or after it.
    Comment {
        /// The text without it.
        write: String,
    },
    /// `CRON_TZ=Asia/Shanghai` or `TZ=…` before it.
    ZoneInFront {
        /// The zone found.
        zone: String,
        /// What follows it.
        write: String,
    },
    /// `9:30` in place of a field.
    ClockTime {
        /// The time found.
        text: String,
        /// The fields to write instead.
        write: Option<String>,
    },
    /// A character of a Chinese input method, such as `，` or `＊`.
    FullWidth {
        /// The character found.
        found: char,
        /// The one to write instead.
        write: char,
    },
    /// `@…` that is not a known nickname.
    UnknownNickname {
        /// The word found.
        text: String,
    },
    /// `@daily` followed by more text.
    NicknameNotAlone,
    /// A character that no field accepts.
    BadCharacter {
        /// The character found.
        found: char,
    },
    /// `?` in a field other than the two day fields.
    QuestionMark,
    /// `1,,2` or a comma at either end.
    EmptyItem,
    /// `*` beside other items of a list.
    StarInList,
    /// An item that cannot be parsed.
    Malformed {
        /// The item found.
        text: String,
    },
    /// A word that is not a name of the field.
    UnknownName {
        /// The word found.
        text: String,
    },
    /// A number outside the field.
    OutOfRange {
        /// The number found.
        value: String,
        /// The smallest allowed.
        min: u8,
        /// The largest allowed.
        max: u8,
    },
    /// A range whose start is after its end.
    WrapAround {
        /// The range found.
        text: String,
        /// The list to write instead.
        write: Option<String>,
    },
    /// A step of 0.
    ZeroStep,
    /// A step longer than the field.
    StepTooLarge {
        /// The step found.
        step: String,
        /// The number of values in the field.
        size: u8,
    },
    /// `/5` instead of `*/5`.
    StepWithoutStart {
        /// The step found.
        step: u8,
    },
    /// `5#6`: not the first to fifth weekday of a month.
    NthOutOfRange {
        /// What follows the `#`.
        text: String,
    },
    /// `L`, `W` or `#` in a field that does not accept it.
    Misplaced {
        /// The modifier found.
        symbol: char,
    },
    /// `L` alone as a weekday: the last day of the week to some engines, an error to others.
    LastAlone,
    /// `L-3`, which only Quartz knows.
    LastOffset {
        /// The item found.
        text: String,
    },
    /// `L` and `LW` in one list.
    LastDayAndLastWeekday,
}

impl CronErrorKind {
    /// The error for the text as a whole.
    pub(super) fn anywhere(self) -> CronError {
        CronError {
            field: None,
            kind: self,
            dialect: Dialect::Standard,
        }
    }
}

impl std::fmt::Display for CronError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for CronError {}

/// Input as it may be repeated: at most 24 characters.
///
/// Characters that are invisible, or that reorder a line, are replaced.
pub(crate) fn clip(text: &str) -> String {
    let mut clipped: String = text
        .chars()
        .take(24)
        .map(|c| {
            if c == ' ' || is_visible(c) {
                c
            } else {
                '\u{fffd}'
            }
        })
        .collect();
    if text.chars().nth(24).is_some() {
        clipped.push('…');
    }
    clipped
}

/// A whole expression as it may be repeated in a fix: at most 80 characters.
pub(super) fn fix(text: &str) -> String {
    text.chars()
        .take(80)
        .map(|c| {
            if c == ' ' || is_visible(c) {
                c
            } else {
                '\u{fffd}'
            }
        })
        .collect()
}

/// A character as it may be repeated: invisible ones and those that reorder a line as their number.
fn shown(c: char) -> String {
    if is_visible(c) {
        c.to_string()
    } else {
        format!("U+{:04X}", u32::from(c))
    }
}

fn is_visible(c: char) -> bool {
    let hidden = matches!(u32::from(c), 0xad | 0x61c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfe00..=0xfe0f | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff);
    !c.is_control() && !c.is_whitespace() && !hidden
}
