//! Tasks (任务): what to do and for whom.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::FieldError;
use crate::i18n::Lang;
use crate::id::{ChannelId, TaskId};
use crate::run::RunState;
use crate::schedule::{MissedRule, Schedule, ScheduleDraft};
use crate::time::Stamp;

mod draft;
pub mod execution;
mod health;
mod lists;
mod start;
pub use draft::TaskDraft;
pub use execution::Execution;
pub use health::{Ended, Health, Pulse};
pub use lists::{LIST_ITEM_MAX, LIST_MAX, entries, owners, split_list};
pub use start::{RunForm, RunRequest};

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

/// Whether a task fires (任务状态).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
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
    pub const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Closed];

    /// The name used in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Closed => "closed",
        }
    }
}

impl std::str::FromStr for TaskState {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// What a person can do to a task from its page, a chat link or the terminal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// 暂停; with a time (RFC 3339, or `YYYY-MM-DD HH:MM` or `HH:MM` in the task's zone) it goes
    /// on by itself then.
    Pause(Option<String>),
    /// 结单.
    Close,
    /// 恢复: back to active from paused or closed.
    Restore,
    /// 加急: chasing on, optionally with a new chase schedule; `None` keeps the one the task has.
    Urge(Option<String>),
    /// 恢复原始周期: chasing off, back to the task's own schedules.
    Unurge,
}

/// A task as everything outside sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// 工作内容: unique.
    pub name: String,
    /// 称呼: how the message greets; may be empty.
    pub nickname: String,
    /// 责任人: mentioned in messages.
    pub owners: Vec<String>,
    /// Labels for finding it.
    pub tags: Vec<String>,
    /// What a firing does.
    pub mode: Mode,
    /// Run by `/bin/sh -c`; empty in mode `message`.
    pub command: String,
    /// IANA zone of its schedules and its window.
    pub zone: String,
    /// 工作周期: the text of the first schedule.
    pub cron: String,
    /// All schedules for work, in their order.
    pub schedules: Vec<Schedule>,
    /// 催单工作周期, used instead of the work schedules while `urging`.
    pub urge_cron: Option<String>,
    /// 是否开启催单.
    pub urging: bool,
    /// Where its messages go.
    pub channel_id: Option<ChannelId>,
    /// Start of the window, inclusive.
    pub starts_at: Option<Stamp>,
    /// End of the window, inclusive.
    pub ends_at: Option<Stamp>,
    /// Hard limit of a run in seconds.
    pub timeout_seconds: Option<i64>,
    /// What to do with missed firings.
    pub missed: MissedRule,
    /// How it is executed; tasks executed in the usual way share it.
    pub execution: Arc<Execution>,
    /// Whether it fires.
    pub state: TaskState,
    /// A paused task goes on by itself at this time.
    pub paused_until: Option<Stamp>,
    /// Whether nothing will fire any more: its window is over, or its one time has passed.
    pub finished: bool,
    /// Counts edits, from 1.
    pub version: i64,
    /// When it was entered.
    pub created_at: Stamp,
    /// When it was last changed.
    pub updated_at: Stamp,
    /// The next firing, where there is one.
    pub next_at: Option<Stamp>,
}

impl Task {
    /// The schedules in force as drafts: the chase schedule while it is chased, else the task's own.
    #[must_use]
    pub fn schedules_in_force(&self) -> Vec<ScheduleDraft> {
        match &self.urge_cron {
            Some(urge) if self.urging => vec![ScheduleDraft::plain(urge)],
            _ => self.schedules.iter().map(Schedule::draft).collect(),
        }
    }

    /// The schedules in force in words.
    #[must_use]
    pub fn cycle_words(&self, lang: Lang) -> String {
        match &self.urge_cron {
            Some(urge) if self.urging => crate::schedule::ScheduleSpec::parse(urge)
                .map_or_else(|_| urge.clone(), |spec| spec.describe(lang)),
            _ => self
                .schedules
                .iter()
                .map(|schedule| crate::schedule::describe_schedule(schedule, lang))
                .collect::<Vec<_>>()
                .join(lang.pick("；", "; ")),
        }
    }

    /// The cycle in force: the chase schedule while it is chased, else the first of the task's own.
    #[must_use]
    pub fn cycle(&self) -> &str {
        match &self.urge_cron {
            Some(urge) if self.urging => urge,
            _ => &self.cron,
        }
    }
}

/// A row of the task list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(remote = "Self")]
pub struct TaskRow {
    /// The task.
    #[serde(flatten)]
    pub task: Task,
    /// How it is doing.
    pub health: Health,
    /// Its last run, where there is one.
    pub last_run: Option<LastRun>,
}

/// [`TaskRow`] without JSON's ways, for pages.
#[derive(Serialize, Deserialize)]
#[serde(remote = "TaskRow")]
struct PlainRow {
    task: Task,
    health: Health,
    last_run: Option<LastRun>,
}

crate::wire::two_forms!(TaskRow, PlainRow);

/// The last run of a task, in short.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LastRun {
    /// The run.
    pub id: crate::id::RunId,
    /// How it stands.
    pub state: RunState,
    /// When it started.
    pub started_at: Stamp,
    /// When it ended.
    pub finished_at: Option<Stamp>,
}

/// What the list is asked for; mirrors the page's URL query and the API's.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskQuery {
    /// Words found in name, nickname, command, owners or tags.
    pub q: String,
    /// Only this state; `None` for all.
    pub state: Option<TaskState>,
    /// Keyset cursor: rows after this id.
    pub after: Option<i64>,
    /// Rows a page, 1–1,000; 50 when absent.
    pub limit: Option<u32>,
}

/// Bytes a command may have (1 MiB less than what `execve` refuses is far above any sane script).
pub const COMMAND_MAX_BYTES: usize = 64 * 1024;
/// Characters a name may have.
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
