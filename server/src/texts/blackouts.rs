//! Blackouts: what is wrong with their drafts.

use super::{Fault, Text, both};

/// Characters a name may have.
pub const NAME_MAX: usize = 200;

/// What is wrong with the draft of a blackout.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum BlackoutFault {
    /// It has no name.
    NoName,
    /// Its name is too long.
    Name,
    /// It is neither once nor recurring, or both.
    OnceOrAgain,
    /// It recurs, and has no length.
    NoDuration,
    /// It ends when it starts, or before.
    EndsBeforeStart,
    /// It has too many tags, or too long ones.
    Tags,
}

impl Fault for BlackoutFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::NoName => ("required", both("请填写名称", "Enter a name")),
            Self::Name => (
                "invalid",
                both(
                    format!("最多 {NAME_MAX} 个字符，不能有换行"),
                    format!("At most {NAME_MAX} characters, on a single line"),
                ),
            ),
            Self::OnceOrAgain => (
                "which",
                both(
                    "请填写起止时间（一次），或 cron 表达式和时长（重复），二者选一",
                    "Give either a start and an end (once), or a cron expression and a duration (recurring)",
                ),
            ),
            Self::NoDuration => (
                "required",
                both("请填写时长，例如 8h", "Enter a duration such as 8h"),
            ),
            Self::EndsBeforeStart => (
                "before_start",
                both("结束时间要晚于开始时间", "The end must be after the start"),
            ),
            Self::Tags => (
                "too_long",
                both(
                    "最多 50 个标签，每个最多 64 个字符",
                    "At most 50 tags of at most 64 characters",
                ),
            ),
        }
    }
}
