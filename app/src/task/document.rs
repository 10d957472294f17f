//! A task as a document of a file: its definition with names in the place of ids.
//!
//! It has neither state (paused, closed, chased) nor secrets. `server/src/yaml` writes and reads it.

use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::draft::TextOrNumber;
use super::draft::or_number;
use super::execution::ExecutionDraft;
use super::{Mode, TaskDraft, TicketDraft};
use crate::schedule::{MissedDraft, ScheduleDraft};

/// The most documents that are applied at once.
pub const DOCUMENTS_MAX: usize = 5_000;
/// The most tasks that are created, changed or deleted at once: it is one transaction, and others wait for it.
pub const CHANGES_MAX: usize = 1_000;

/// The definition of a task as a file says it. What is absent has its default.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TaskDocument {
    /// 工作内容: its identity. A document with a new name is a new task.
    pub name: String,
    /// 称呼.
    pub nickname: String,
    /// 责任人.
    pub owners: Vec<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// 工作模式; absent means `command`.
    pub mode: Mode,
    /// IANA zone; empty means the server's default zone.
    pub zone: String,
    /// 工作周期, for a task with one plain schedule: short for `schedules` with only that.
    pub cron: String,
    /// All schedules for work.
    pub schedules: Vec<ScheduleDraft>,
    /// 催单工作周期; empty for none.
    pub urge_cron: String,
    /// The command.
    pub command: String,
    /// Name of the channel for its messages; empty for no messages.
    pub channel: String,
    /// RFC 3339, or `YYYY-MM-DD[ T]HH:MM[:SS]` in the task's zone; empty for none.
    pub starts_at: String,
    /// Like `starts_at`.
    pub ends_at: String,
    /// `30s`, `5m`, `2h`, `1d` or seconds; empty for none.
    #[serde(deserialize_with = "or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = TextOrNumber))]
    pub timeout: String,
    /// Failures in a row after which it pauses, 1–1,000; empty for never.
    #[serde(deserialize_with = "or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = TextOrNumber))]
    pub pause_after_failures: String,
    /// Each run is announced this long ahead: `30m`, `1d` or seconds; empty for no announcement.
    #[serde(deserialize_with = "or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = TextOrNumber))]
    pub notice_before: String,
    /// What to do with missed firings.
    pub missed: MissedDraft,
    /// How it is executed. The tasks that it waits for are named.
    pub execution: ExecutionDraft,
    /// Which tickets it opens, and how people are asked.
    pub tickets: TicketDraft,
    /// 处理预案: what to do when it fails, as text or as a link.
    pub runbook: String,
}

impl TaskDocument {
    /// The document of a draft that leaves a task unchanged; `channel` is the name of its channel, and the draft has the
    /// tasks that it waits for by name.
    #[must_use]
    pub fn of(draft: TaskDraft, channel: String) -> Self {
        // Each by its name: a field that is in no document is unused, which the compiler reports.
        let TaskDraft {
            name,
            nickname,
            owners,
            tags,
            mode,
            command,
            zone,
            cron,
            schedules,
            urge_cron,
            // Whether it is chased is its state, not its definition.
            urging: _,
            channel_id: _,
            robot: _,
            robot_secret: _,
            starts_at,
            ends_at,
            timeout,
            pause_after_failures,
            notice_before,
            missed,
            execution,
            tickets,
            runbook,
        } = draft;
        let (cron, schedules) = match schedules.as_slice() {
            [only] if *only == ScheduleDraft::plain(&only.spec) => (only.spec.clone(), Vec::new()),
            _ => (cron, schedules),
        };
        Self {
            name,
            nickname,
            owners,
            tags,
            mode,
            zone,
            cron,
            schedules,
            urge_cron,
            command,
            channel,
            starts_at,
            ends_at,
            timeout,
            pause_after_failures,
            notice_before,
            missed,
            execution,
            tickets,
            runbook,
        }
    }

    /// The input that it stands for, without its channel, which only the server can look up.
    #[must_use]
    pub fn draft(&self) -> TaskDraft {
        TaskDraft {
            name: self.name.clone(),
            nickname: self.nickname.clone(),
            owners: self.owners.clone(),
            tags: self.tags.clone(),
            mode: self.mode,
            command: self.command.clone(),
            zone: self.zone.clone(),
            cron: self.cron.clone(),
            schedules: self.schedules.clone(),
            urge_cron: self.urge_cron.clone(),
            urging: false,
            channel_id: None,
            robot: String::new(),
            robot_secret: String::new(),
            starts_at: self.starts_at.clone(),
            ends_at: self.ends_at.clone(),
            timeout: self.timeout.clone(),
            pause_after_failures: self.pause_after_failures.clone(),
            notice_before: self.notice_before.clone(),
            missed: self.missed.clone(),
            execution: self.execution.clone(),
            tickets: self.tickets.clone(),
            runbook: self.runbook.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_plain_schedule_is_short() {
        let mut draft = TaskDraft {
            name: "a".to_owned(),
            schedules: vec![ScheduleDraft::plain("0 9 * * *")],
            ..TaskDraft::default()
        };
        let document = TaskDocument::of(draft.clone(), "ops".to_owned());
        assert_eq!(document.cron, "0 9 * * *");
        assert!(document.schedules.is_empty());
        assert_eq!(document.draft().work_schedules(), draft.schedules);
        draft.schedules[0].jitter = "5m".to_owned();
        let document = TaskDocument::of(draft.clone(), String::new());
        assert_eq!(
            (document.cron.as_str(), document.schedules),
            ("", draft.schedules)
        );
    }
}
