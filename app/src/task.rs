//! Tasks (任务): what to do and for whom.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::auth::TaskLimits;
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::id::TaskId;
use crate::time::Stamp;

mod damaged;
mod document;
mod draft;
pub mod execution;
mod health;
mod held;
mod in_force;
mod lists;
mod order;
mod reader;
mod spec;
mod start;
mod state;
mod tickets;
mod view;
pub use damaged::{Controlled, DamagedTask, TASK_UNREADABLE};
pub use document::{CHANGES_MAX, DOCUMENTS_MAX};
pub use draft::{Parsed, TaskDocument, TaskDraft};
pub use execution::Execution;
pub use health::{Health, HealthFilter, LastRuns};
pub use held::{HeldBy, place_text};
pub use in_force::{Cycle, InForce};
pub use lists::{LIST_ITEM_MAX, LIST_MAX, entries, owners, split_list};
pub use order::{TaskCursor, TaskOrder};
pub use spec::{Notes, TaskSpec};
pub use start::{RunForm, RunRequest};
pub use state::{TaskState, TaskStep};
pub use tickets::TicketDraft;
pub use view::{LastRun, TaskView};

/// What a firing does (工作模式).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 信息: send the reminder, run nothing.
    Message,
    /// 信息+命令: run the command, send the reminder with its result.
    MessageCommand,
    /// 命令: run the command; a message is sent only when it does not succeed.
    #[default]
    Command,
}

impl Mode {
    /// All modes, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Message, Self::MessageCommand, Self::Command];

    /// The name used in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::MessageCommand => "message_command",
            Self::Command => "command",
        }
    }

    /// Whether a firing runs the command.
    #[must_use]
    pub const fn runs_command(self) -> bool {
        matches!(self, Self::MessageCommand | Self::Command)
    }

    /// Whether every firing sends a message.
    #[must_use]
    pub const fn sends_message(self) -> bool {
        matches!(self, Self::MessageCommand | Self::Message)
    }
}

impl std::str::FromStr for Mode {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or(())
    }
}

/// What a person can do to a task from its page, a chat link or the terminal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// 暂停; with a time (RFC 3339, or `YYYY-MM-DD HH:MM` or `HH:MM` in the task's zone) it resumes by itself then.
    Pause(Option<String>),
    /// 结单.
    Close,
    /// 恢复: back to active from paused or closed.
    Restore,
    /// 加急: start chasing, optionally with a new chase schedule; `None` keeps the task's own one.
    Urge(Option<String>),
    /// 恢复原始周期: stop chasing, back to the task's own schedules.
    Unurge,
}

/// A task as it is stored: its definition, and its history.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(remote = "Self")]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Its definition.
    #[serde(flatten)]
    pub spec: TaskSpec,
    /// Whether it fires.
    pub state: TaskState,
    /// When a paused task resumes by itself.
    pub paused_until: Option<Stamp>,
    /// The crontab that still has its line: it does not fire until that is commented out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldBy>,
    /// Counts edits, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: Stamp,
    /// When it was last changed.
    pub updated_at: Stamp,
}

/// [`Task`] without the JSON representation, for pages.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Task")]
struct PlainTask {
    id: TaskId,
    spec: TaskSpec,
    state: TaskState,
    paused_until: Option<Stamp>,
    held: Option<HeldBy>,
    version: i64,
    created_at: Stamp,
    updated_at: Stamp,
}

crate::wire::two_forms!(Task, PlainTask);

/// A task derefs to its definition: `task.name` is `task.spec.name`. It cannot be changed that way.
impl Deref for Task {
    type Target = TaskSpec;

    fn deref(&self) -> &TaskSpec {
        &self.spec
    }
}

impl Task {
    /// A newly created task: active, in its first version.
    #[must_use]
    pub fn entered(id: TaskId, spec: TaskSpec, at: Stamp) -> Self {
        Self {
            id,
            spec,
            state: TaskState::Active,
            paused_until: None,
            held: None,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }
}

#[cfg(any(test, feature = "fixtures"))]
impl Task {
    /// [`TaskSpec::example`], created in 1970.
    #[must_use]
    pub fn example() -> Self {
        let at = Stamp(chrono::DateTime::UNIX_EPOCH);
        Self::entered(TaskId(1), TaskSpec::example(), at)
    }
}

/// A query for the task list; mirrors the page's URL query and the API's.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskQuery {
    /// Words found in name, nickname, command, owners, tags or runbook.
    pub q: String,
    /// Only this state; `None` for all.
    pub state: Option<TaskState>,
    /// Only active tasks with this health; `None` for all.
    pub health: Option<HealthFilter>,
    /// Their order.
    pub order: TaskOrder,
    /// Keyset cursor: rows after this one.
    pub after: Option<TaskCursor>,
    /// Rows per page, 1–1,000; 50 when absent.
    pub limit: Option<u32>,
    /// Only these, for a token that is limited to them. It is not part of the query as it is sent.
    #[serde(skip)]
    pub within: Option<TaskLimits>,
}

/// The longest command in bytes, far above any sane script and well below the 1 MiB or so that `execve` accepts.
pub const COMMAND_MAX_BYTES: usize = 64 * 1024;
/// The longest runbook, in characters.
pub const RUNBOOK_MAX_CHARS: usize = 4_000;
/// The most failures in a row after which a task can pause.
pub const PAUSE_AFTER_MAX: i32 = 1_000;
/// How many seconds ahead a run can be announced.
pub const NOTICE_BEFORE: std::ops::RangeInclusive<i64> = 60..=7 * 86_400;
/// The longest name, in characters.
pub const NAME_MAX_CHARS: usize = 200;

/// Checks the text of a command.
pub(crate) fn check_command(command: &str, lang: Lang) -> Option<FieldError> {
    if command.len() > COMMAND_MAX_BYTES {
        return Some(FieldError::new(
            "command",
            "too_long",
            lang.pick(
                format!("命令有 {} 字节，最多 {COMMAND_MAX_BYTES}；请把它写成脚本文件再调用", command.len()),
                format!("The command has {} bytes, the limit is {COMMAND_MAX_BYTES}; put it into a script file and call that", command.len()),
            ),
        ));
    }
    command.contains('\0').then(|| {
        FieldError::new(
            "command",
            "nul",
            lang.pick(
                "命令里有 NUL 字符，shell 无法执行",
                "The command contains a NUL character, which no shell can run",
            ),
        )
    })
}
