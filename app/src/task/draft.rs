//! The input for a task, and its validation.
//!
//! Everything is text as typed, so that a form with faults is returned exactly as it was sent. [`TaskDraft::parse`]
//! parses it once; the server checks rules that need zone tables or the database (zone known, name free) on the
//! result.

#[cfg(test)]
mod tests;
pub(super) mod text;

use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::execution::ExecutionDraft;
use super::lists::{LIST_ITEM_MAX, check_list, entries, owners};
use super::tickets::TicketDraft;
use super::{
    Mode, NAME_MAX_CHARS, NOTICE_BEFORE, Notes, PAUSE_AFTER_MAX, RUNBOOK_MAX_CHARS, TaskSpec,
    check_command,
};
use crate::cron::half_width;
use crate::duration::{duration_words, format_duration, parse_duration};
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::id::ChannelId;
use crate::name::name_fault;
use crate::schedule::{
    Dialect, MissedDraft, Named, SCHEDULES_MAX, Schedule, ScheduleDraft, check_spec,
};
use crate::ticket::TicketRule;
use crate::time::Stamp;

/// Input for creating or replacing a task.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TaskDraft {
    /// 工作内容.
    pub name: String,
    /// 称呼.
    pub nickname: String,
    /// 负责人.
    pub owners: Vec<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// 工作模式; absent means `command`.
    pub mode: Mode,
    /// The command.
    pub command: String,
    /// IANA zone; empty means the server's default zone.
    pub zone: String,
    /// 工作周期, for a task with one plain schedule: short for `schedules` with only that. Empty if `schedules` is given.
    pub cron: String,
    /// All schedules for work.
    pub schedules: Vec<ScheduleDraft>,
    /// 催单工作周期; empty for none.
    pub urge_cron: String,
    /// 是否开启催单.
    pub urging: bool,
    /// Channel id; `None` for no messages.
    pub channel_id: Option<i64>,
    /// Address of a chat robot, which makes a channel of the task's own, in the place of `channel_id`; empty for none. It
    /// is a secret and never shown again. Its kind is recognised by the address.
    pub robot: String,
    /// The secret with which a robot of DingTalk or Feishu is signed; empty for none.
    pub robot_secret: String,
    /// RFC 3339, or `YYYY-MM-DD[ T]HH:MM[:SS]` in the task's zone; empty for none.
    pub starts_at: String,
    /// Like `starts_at`.
    pub ends_at: String,
    /// `30s`, `5m`, `2h`, `1d` or plain seconds, which may be a number; empty for none.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub timeout: String,
    /// Failures in a row after which it pauses, 1–1,000, also as a number; empty for never.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub pause_after_failures: String,
    /// Each run is announced this long ahead: `30m`, `1d` or plain seconds, which may be a number, from 1m to 7d; empty for
    /// no announcement.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub notice_before: String,
    /// What to do with missed firings.
    pub missed: MissedDraft,
    /// How it is executed.
    pub execution: ExecutionDraft,
    /// Which tickets it opens, and how people are asked.
    pub tickets: TicketDraft,
    /// 处理预案: what to do when it fails, as text or as a link.
    pub runbook: String,
}

/// A parsed draft.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parsed {
    /// The definition. What only the server can look up has to be filled in later: the default zone, the window, and
    /// the tasks that it waits for. A faulty part has its default.
    pub spec: TaskSpec,
    /// All faults found so far.
    pub faults: Vec<FieldError>,
    /// Times and calendars that the schedules name.
    pub named: Named,
}

impl Parsed {
    /// Whether no fault of a field was found.
    #[must_use]
    pub fn is_fine(&self, field: &str) -> bool {
        self.faults.iter().all(|fault| fault.field != field)
    }

    /// The definition, if it has no faults.
    ///
    /// # Errors
    /// All faults.
    pub fn finish(self) -> Result<TaskSpec, Vec<FieldError>> {
        if self.faults.is_empty() {
            Ok(self.spec)
        } else {
            Err(self.faults)
        }
    }
}

impl TaskDraft {
    /// Parses the input, and finds all faults that can be found without a server.
    #[must_use]
    pub fn parse(&self, lang: Lang) -> Parsed {
        let mut reading = Reading {
            draft: self,
            lang,
            faults: Vec::new(),
            named: Named::default(),
        };
        let spec = TaskSpec {
            name: reading.name(),
            nickname: reading.nickname(),
            owners: reading.list("owners", &self.owners, owners(&self.owners)),
            tags: reading.list("tags", &self.tags, entries(&self.tags)),
            mode: self.mode,
            command: reading.command(),
            zone: self.zone.trim().to_owned(),
            schedules: reading.schedules(),
            urge_cron: reading.urge_cron(),
            urging: self.urging,
            channel_id: reading.channel_id(),
            starts_at: None,
            ends_at: None,
            timeout_seconds: reading.duration("timeout", &self.timeout),
            pause_after_failures: reading.number(
                "pause_after_failures",
                &self.pause_after_failures,
                1..=PAUSE_AFTER_MAX,
            ),
            notice_before_seconds: reading.notice_before(),
            missed: self.missed.read(lang, &mut reading.faults),
            execution: self.execution.read(lang, &mut reading.faults).shared(),
            tickets: reading.tickets(),
            notes: Notes {
                runbook: reading.text("runbook", &self.runbook, RUNBOOK_MAX_CHARS),
            },
        };
        reading.check_together(&spec);
        Parsed {
            spec,
            faults: reading.faults,
            named: reading.named,
        }
    }

    /// The draft that would leave a definition unchanged. `local` writes an instant in its zone, and `execution` has
    /// the tasks that it waits for by name.
    #[must_use]
    pub fn of(spec: &TaskSpec, execution: ExecutionDraft, local: impl Fn(Stamp) -> String) -> Self {
        // Each by its name: a field that the form does not show is unused, which the compiler reports.
        let TaskSpec {
            name,
            nickname,
            owners,
            tags,
            mode,
            command,
            zone,
            schedules,
            urge_cron,
            urging,
            channel_id,
            starts_at,
            ends_at,
            timeout_seconds,
            pause_after_failures,
            notice_before_seconds,
            missed,
            execution: _,
            tickets,
            notes: Notes { runbook },
        } = spec;
        Self {
            name: name.clone(),
            nickname: nickname.clone(),
            owners: owners.clone(),
            tags: tags.clone(),
            mode: *mode,
            command: command.clone(),
            zone: zone.clone(),
            cron: String::new(),
            schedules: schedules.iter().map(Schedule::draft).collect(),
            urge_cron: urge_cron.clone().unwrap_or_default(),
            urging: *urging,
            channel_id: channel_id.map(|id| id.0),
            // It is the channel above.
            robot: String::new(),
            robot_secret: String::new(),
            starts_at: starts_at.map(&local).unwrap_or_default(),
            ends_at: ends_at.map(&local).unwrap_or_default(),
            timeout: timeout_seconds.map(format_duration).unwrap_or_default(),
            pause_after_failures: pause_after_failures
                .map(|count| count.to_string())
                .unwrap_or_default(),
            notice_before: notice_before_seconds
                .map(format_duration)
                .unwrap_or_default(),
            missed: MissedDraft::of(missed),
            execution,
            tickets: tickets.as_ref().into(),
            runbook: runbook.clone(),
        }
    }

    /// The schedules as typed, without the empty lines of a form. The first one always exists.
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
}

/// A draft being parsed.
struct Reading<'a> {
    draft: &'a TaskDraft,
    lang: Lang,
    faults: Vec<FieldError>,
    named: Named,
}

impl Reading<'_> {
    fn fault(&mut self, field: &str, code: &str, message: impl Into<String>) {
        self.faults.push(FieldError::new(field, code, message));
    }

    fn name(&mut self) -> String {
        let name = self.draft.name.trim();
        if name.is_empty() {
            let message = self.lang.pick("请填写工作内容", "Enter what is to be done");
            self.fault("name", "required", message);
        } else if name.chars().count() > NAME_MAX_CHARS {
            self.faults
                .push(too_long("name", NAME_MAX_CHARS, self.lang));
        } else if let Some(fault) = name_fault(name) {
            self.fault("name", fault.code(), fault.text(self.lang));
        }
        name.to_owned()
    }

    fn nickname(&mut self) -> String {
        let nickname = self.draft.nickname.trim();
        if self.draft.nickname.chars().count() > LIST_ITEM_MAX {
            self.faults
                .push(too_long("nickname", LIST_ITEM_MAX, self.lang));
        } else if !nickname.is_empty()
            && let Some(fault) = name_fault(nickname)
        {
            self.fault("nickname", fault.code(), fault.text(self.lang));
        }
        nickname.to_owned()
    }

    fn list(&mut self, field: &str, sent: &[String], items: Vec<String>) -> Vec<String> {
        check_list(field, sent, &items, self.lang, &mut self.faults);
        items
    }

    fn command(&mut self) -> String {
        let draft = self.draft;
        let calls = !draft.execution.http.is_blank();
        if draft.mode.runs_command() && draft.command.trim().is_empty() && !calls {
            let message = self
                .lang
                .pick("这个工作模式需要填写命令", "This mode needs a command");
            self.fault("command", "required", message);
        }
        self.faults.extend(check_command(&draft.command, self.lang));
        draft.command.replace("\r\n", "\n")
    }

    /// A multi-line text for people.
    fn text(&mut self, field: &str, text: &str, max: usize) -> String {
        let text = text.trim().replace("\r\n", "\n");
        let is_hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        if text.chars().count() > max {
            self.faults.push(too_long(field, max, self.lang));
        } else if text.contains(is_hidden) {
            let message = self.lang.pick(
                "除换行和制表符外不能有控制字符",
                "It may not hold control characters other than line breaks and tabs",
            );
            self.fault(field, "control", message);
        }
        text
    }

    fn schedules(&mut self) -> Vec<Schedule> {
        let (all, cron) = (self.draft.work_schedules(), self.draft.cron.trim());
        if all.len() > SCHEDULES_MAX {
            let message = self.lang.pick(
                format!("一个任务最多 {SCHEDULES_MAX} 个工作周期"),
                format!("A task can have at most {SCHEDULES_MAX} schedules"),
            );
            self.fault("schedules", "too_many", message);
            return Vec::new();
        }
        if all.len() > 1 && !cron.is_empty() && cron != all[0].spec.trim() {
            let message = self.lang.pick(
                "这个任务有多个工作周期，请修改 schedules",
                "This task has several schedules: change `schedules` instead",
            );
            self.fault("cron", "ambiguous", message);
            return Vec::new();
        }
        let (lang, named, faults) = (self.lang, &mut self.named, &mut self.faults);
        all.iter()
            .enumerate()
            .filter_map(|(at, schedule)| schedule.read(at, lang, named, faults))
            .collect()
    }

    fn urge_cron(&mut self) -> Option<String> {
        let text = &self.draft.urge_cron;
        if !text.trim().is_empty() {
            let (dialect, faults) = (Dialect::Standard, &mut self.faults);
            let spec = check_spec("urge_cron", text, dialect, self.lang, faults)?;
            self.named.time("urge_cron", &spec);
            return Some(spec.canonical());
        }
        if self.draft.urging {
            let message = self.lang.pick(
                "开启催单需要填写催单工作周期",
                "Chasing needs a chase schedule",
            );
            self.fault("urge_cron", "required", message);
        }
        None
    }

    fn tickets(&mut self) -> Arc<TicketRule> {
        let draft = self.draft;
        let (named, faults) = (&mut self.named, &mut self.faults);
        let rule = draft.tickets.read(draft.mode, self.lang, named, faults);
        rule.shared()
    }

    fn channel_id(&mut self) -> Option<ChannelId> {
        let channel = self.draft.channel_id.map(ChannelId);
        let has_robot = !self.draft.robot.trim().is_empty();
        if self.draft.mode == Mode::Message && channel.is_none() && !has_robot {
            let message = self.lang.pick(
                "只发信息的任务需要一个通知渠道",
                "A task that only sends messages needs a channel",
            );
            self.fault("channel_id", "required", message);
        }
        channel
    }

    fn duration(&mut self, field: &str, text: &str) -> Option<i64> {
        parse_duration(text).unwrap_or_else(|fault| {
            self.fault(field, "invalid", fault.text(self.lang));
            None
        })
    }

    fn notice_before(&mut self) -> Option<i64> {
        let (field, draft) = ("notice_before", self.draft);
        let seconds = self.duration(field, &draft.notice_before)?;
        if NOTICE_BEFORE.contains(&seconds) {
            return Some(seconds);
        }
        let (min, max) = (NOTICE_BEFORE.start(), NOTICE_BEFORE.end());
        let words = |seconds: i64| duration_words(seconds, self.lang);
        let (min, max) = (words(*min), words(*max));
        let message = self.lang.pick(
            format!("时长要在 {min}到 {max}之间"),
            format!("The duration must be between {min} and {max}"),
        );
        self.fault(field, "range", message);
        None
    }

    /// A whole number; `None` if it is empty or faulty.
    fn number(&mut self, field: &str, text: &str, range: RangeInclusive<i32>) -> Option<i32> {
        let text: String = text.chars().map(|c| half_width(c).unwrap_or(c)).collect();
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| range.contains(number));
        if is_plain && number.is_some() {
            return number;
        }
        let (min, max) = (range.start(), range.end());
        let message = self.lang.pick(
            format!("请填 {min}–{max} 的整数"),
            format!("Enter a whole number from {min} to {max}"),
        );
        self.fault(field, "range", message);
        None
    }

    /// Checks fields that contradict each other.
    fn check_together(&mut self, spec: &TaskSpec) {
        let calls = !self.draft.execution.http.url.trim().is_empty();
        if calls && !spec.command.trim().is_empty() {
            let message = self.lang.pick(
                "命令和 HTTP 请求只能填一个：清空命令，或清空请求",
                "A task has either a command or an HTTP request: clear one of them",
            );
            self.fault("execution.http.url", "both", message);
        }
        if let (Some(soft), Some(hard)) = (spec.execution.soft_limit_seconds, spec.timeout_seconds)
            && soft >= hard
        {
            let message = self.lang.pick(
                "提醒的时间要比超时限制短，否则来不及提醒",
                "It must be shorter than the timeout, or the warning comes too late",
            );
            self.fault("execution.soft_limit", "not_shorter", message);
        }
        if let (Some(min), Some(hard)) = (spec.execution.min_seconds, spec.timeout_seconds)
            && min >= hard
        {
            let message = self.lang.pick(
                "最短用时要短于超时限制，否则每次成功都会提醒",
                "It must be shorter than the timeout, or every success is reported",
            );
            self.fault("execution.min_duration", "not_shorter", message);
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
