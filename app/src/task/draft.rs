//! What a person typed for a task, and the rules it must keep.
//!
//! Everything is text as typed, so that a form with faults comes back exactly as it was sent.
//! Rules that need zone tables or the database (zone known, name free) are checked by the server
//! on top of [`TaskDraft::check`].

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::execution::{Execution, ExecutionDraft};
use super::lists::{LIST_ITEM_MAX, check_list, entries, owners};
use super::{Mode, NAME_MAX_CHARS, check_command};
use crate::duration::parse_duration;
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::name::name_fault;
use crate::schedule::{Dialect, MissedDraft, SCHEDULES_MAX, ScheduleDraft, check_spec};

/// Input for creating or replacing a task.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TaskDraft {
    /// 工作内容.
    pub name: String,
    /// 称呼.
    pub nickname: String,
    /// 责任人.
    pub owners: Vec<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// 工作模式; absent means `command`.
    pub mode: Mode,
    /// The command.
    pub command: String,
    /// IANA zone; empty means the server's default zone.
    pub zone: String,
    /// 工作周期, for a task with one plain schedule: short for `schedules` with only that. Empty
    /// where `schedules` is given.
    pub cron: String,
    /// All schedules for work.
    pub schedules: Vec<ScheduleDraft>,
    /// 催单工作周期; empty for none.
    pub urge_cron: String,
    /// 是否开启催单.
    pub urging: bool,
    /// Channel id; `None` for no messages.
    pub channel_id: Option<i64>,
    /// RFC 3339, or `YYYY-MM-DD[ T]HH:MM[:SS]` in the task's zone; empty for none.
    pub starts_at: String,
    /// As `starts_at`.
    pub ends_at: String,
    /// `30s`, `5m`, `2h`, `1d` or plain seconds; empty for none.
    pub timeout: String,
    /// What to do with missed firings.
    pub missed: MissedDraft,
    /// How it is executed.
    pub execution: ExecutionDraft,
}

impl TaskDraft {
    /// All faults that can be found without a server; empty when there are none.
    #[must_use]
    pub fn check(&self, lang: Lang) -> Vec<FieldError> {
        let mut faults = Vec::new();
        self.check_name(lang, &mut faults);
        if self.nickname.chars().count() > LIST_ITEM_MAX {
            faults.push(too_long("nickname", LIST_ITEM_MAX, lang));
        } else if !self.nickname.trim().is_empty()
            && let Some(fault) = name_fault(self.nickname.trim())
        {
            faults.push(FieldError::new("nickname", fault.code(), fault.text(lang)));
        }
        check_list(
            "owners",
            &self.owners,
            &owners(&self.owners),
            lang,
            &mut faults,
        );
        check_list("tags", &self.tags, &entries(&self.tags), lang, &mut faults);
        let calls = !self.execution.http.is_blank();
        if self.mode.runs_command() && self.command.trim().is_empty() && !calls {
            faults.push(FieldError::new(
                "command",
                "required",
                lang.pick("这个工作模式需要填写命令", "This mode requires a command"),
            ));
        }
        faults.extend(check_command(&self.command, lang));
        self.check_schedules(lang, &mut faults);
        if !self.urge_cron.trim().is_empty() {
            check_spec(
                "urge_cron",
                &self.urge_cron,
                Dialect::Standard,
                lang,
                &mut faults,
            );
        } else if self.urging {
            faults.push(FieldError::new(
                "urge_cron",
                "required",
                lang.pick(
                    "开启催单需要填写催单工作周期",
                    "Chasing requires a chase schedule",
                ),
            ));
        }
        if self.mode == Mode::Message && self.channel_id.is_none() {
            faults.push(FieldError::new(
                "channel_id",
                "required",
                lang.pick(
                    "只发信息的任务需要一个通知渠道",
                    "A task that only sends messages requires a channel",
                ),
            ));
        }
        if let Err(fault) = parse_duration(&self.timeout) {
            faults.push(FieldError::new("timeout", "invalid", fault.text(lang)));
        }
        self.missed.check(lang, &mut faults);
        let execution = self.execution.read(lang, &mut faults);
        self.check_beside(&execution, lang, &mut faults);
        faults
    }

    /// The schedules for work as they were typed, without the empty lines of a form. The first is
    /// always there.
    #[must_use]
    pub fn work_schedules(&self) -> Vec<ScheduleDraft> {
        let mut all: Vec<ScheduleDraft> = Vec::new();
        for (at, schedule) in self.schedules.iter().enumerate() {
            if at == 0 || !schedule.is_blank() {
                all.push(schedule.clone());
            }
        }
        if all.is_empty() {
            all.push(ScheduleDraft::default());
        }
        if !self.cron.trim().is_empty() && all.len() == 1 {
            all[0].spec.clone_from(&self.cron);
        }
        all
    }

    fn check_schedules(&self, lang: Lang, faults: &mut Vec<FieldError>) {
        let all = self.work_schedules();
        if all.len() > SCHEDULES_MAX {
            faults.push(FieldError::new(
                "schedules",
                "too_many",
                lang.pick(
                    format!("一个任务最多 {SCHEDULES_MAX} 个工作周期"),
                    format!("A task has at most {SCHEDULES_MAX} schedules"),
                ),
            ));
            return;
        }
        if all.len() > 1 && !self.cron.trim().is_empty() && self.cron.trim() != all[0].spec.trim() {
            faults.push(FieldError::new(
                "cron",
                "ambiguous",
                lang.pick(
                    "这个任务有多个工作周期，请修改 schedules",
                    "This task has several schedules: change `schedules` instead",
                ),
            ));
            return;
        }
        for (at, schedule) in all.iter().enumerate() {
            schedule.check(at, lang, faults);
        }
    }

    /// What does not go together with the execution.
    fn check_beside(&self, execution: &Execution, lang: Lang, faults: &mut Vec<FieldError>) {
        let calls = !self.execution.http.url.trim().is_empty();
        if calls && !self.command.trim().is_empty() {
            faults.push(FieldError::new(
                "execution.http.url",
                "both",
                lang.pick(
                    "命令和 HTTP 请求只能填一个：清空命令，或清空请求",
                    "A task has either a command or an HTTP request: clear one of them",
                ),
            ));
        }
        let hard = parse_duration(&self.timeout).unwrap_or(None);
        if let (Some(soft), Some(hard)) = (execution.soft_limit_seconds, hard)
            && soft >= hard
        {
            faults.push(FieldError::new(
                "execution.soft_limit",
                "not_shorter",
                lang.pick(
                    "提醒的时间要比超时限制短，否则来不及提醒",
                    "It must be shorter than the timeout",
                ),
            ));
        }
    }

    fn check_name(&self, lang: Lang, faults: &mut Vec<FieldError>) {
        let name = self.name.trim();
        if name.is_empty() {
            faults.push(FieldError::new(
                "name",
                "required",
                lang.pick("请填写工作内容", "Enter a name"),
            ));
        } else if name.chars().count() > NAME_MAX_CHARS {
            faults.push(too_long("name", NAME_MAX_CHARS, lang));
        } else if let Some(fault) = name_fault(name) {
            faults.push(FieldError::new("name", fault.code(), fault.text(lang)));
        }
    }
}

pub(super) fn too_long(field: &str, max: usize, lang: Lang) -> FieldError {
    FieldError::new(
        field,
        "too_long",
        lang.pick(
            format!("最多 {max} 个字符"),
            format!("At most {max} characters"),
        ),
    )
}
