//! Reads each field of a draft, and finds what is wrong with it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::TaskDraft;
use crate::cron::half_width;
use crate::duration::{duration_words, parse_duration};
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::id::ChannelId;
use crate::name::name_fault;
use crate::schedule::{Dialect, Named, SCHEDULES_MAX, Schedule, check_spec};
use crate::task::lists::{LIST_ITEM_MAX, check_list};
use crate::task::{Mode, NAME_MAX_CHARS, NOTICE_BEFORE, TaskSpec, check_command};
use crate::ticket::TicketRule;

/// A draft being parsed.
pub(super) struct Reading<'a> {
    pub(super) draft: &'a TaskDraft,
    pub(super) lang: Lang,
    pub(super) faults: Vec<FieldError>,
    pub(super) named: Named,
}

impl Reading<'_> {
    fn fault(&mut self, field: &str, code: &str, message: impl Into<String>) {
        self.faults.push(FieldError::new(field, code, message));
    }

    pub(super) fn name(&mut self) -> String {
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

    pub(super) fn nickname(&mut self) -> String {
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

    pub(super) fn list(&mut self, field: &str, sent: &[String], items: Vec<String>) -> Vec<String> {
        check_list(field, sent, &items, self.lang, &mut self.faults);
        items
    }

    pub(super) fn command(&mut self) -> String {
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
    pub(super) fn text(&mut self, field: &str, text: &str, max: usize) -> String {
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

    pub(super) fn schedules(&mut self) -> Vec<Schedule> {
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

    pub(super) fn urge_cron(&mut self) -> Option<String> {
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

    pub(super) fn tickets(&mut self) -> Arc<TicketRule> {
        let draft = self.draft;
        let (named, faults) = (&mut self.named, &mut self.faults);
        let rule = draft.tickets.read(draft.mode, self.lang, named, faults);
        rule.shared()
    }

    pub(super) fn channel_id(&mut self) -> Option<ChannelId> {
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

    pub(super) fn duration(&mut self, field: &str, text: &str) -> Option<i64> {
        parse_duration(text).unwrap_or_else(|fault| {
            self.fault(field, "invalid", fault.text(self.lang));
            None
        })
    }

    pub(super) fn notice_before(&mut self) -> Option<i64> {
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
    pub(super) fn number(
        &mut self,
        field: &str,
        text: &str,
        range: RangeInclusive<i32>,
    ) -> Option<i32> {
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
    pub(super) fn check_together(&mut self, spec: &TaskSpec) {
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

pub(in crate::task) fn too_long(field: &str, max: usize, lang: Lang) -> FieldError {
    FieldError::new(
        field,
        "too_long",
        lang.pick(
            format!("最多 {max} 个字符"),
            format!("At most {max} characters"),
        ),
    )
}
