//! The states of a task, and the steps between them.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::transition::Step;

/// Whether a task fires (任务状态).
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TaskState {
    /// 运行: it fires.
    #[default]
    Active,
    /// 暂停: it does not fire until it is resumed.
    Paused,
    /// 结单: it is done; 恢复 brings it back.
    Closed,
}

impl TaskState {
    /// All states.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A step of a task. A new one is [`TaskState::Active`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskStep {
    /// 暂停; for a paused one it changes the end of the pause.
    Pause,
    /// 结单.
    Close,
    /// 恢复.
    Restore,
    /// The pause has ended.
    Resume,
}

impl Step for TaskStep {
    type State = TaskState;

    fn leaves(self, state: TaskState) -> bool {
        match self {
            Self::Pause => state != TaskState::Closed,
            Self::Close | Self::Restore => true,
            Self::Resume => state == TaskState::Paused,
        }
    }

    fn to(self) -> TaskState {
        match self {
            Self::Pause => TaskState::Paused,
            Self::Close => TaskState::Closed,
            Self::Restore | Self::Resume => TaskState::Active,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transition::check;

    #[test]
    fn a_closed_task_is_restored_before_it_is_paused() {
        let all: &[&str] = &["active", "paused", "closed"];
        check(&[
            (TaskStep::Pause, &["active", "paused"], "paused"),
            (TaskStep::Close, all, "closed"),
            (TaskStep::Restore, all, "active"),
            (TaskStep::Resume, &["paused"], "active"),
        ]);
    }
}
