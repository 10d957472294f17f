//! The check of a draft, field by field.

use super::{NAME_MAX, RuleDraft};
use crate::channel::{NAMED, TEMPLATE_NAME_MAX, is_template_name};
use crate::duration::parse_duration;
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::id::{ChannelId, TaskId};
use crate::message::Event;
use crate::name::name_fault;
use crate::rule::{Failures, QuietHours, RuleSpec, Scope, ScopeKind};
use crate::task::LIST_ITEM_MAX;
use crate::transition::Word;

/// Events of one draft: more are repetitions.
const EVENTS_MAX: usize = 64;

/// What is wrong, by field.
pub(super) struct Faults {
    lang: Lang,
    found: Vec<FieldError>,
}

impl Faults {
    pub(super) fn add(&mut self, field: &str, code: &str, zh: &str, en: &str) {
        self.found
            .push(FieldError::new(field, code, self.lang.pick(zh, en)));
    }

    /// Whether a field has one already.
    pub(super) fn has(&self, field: &str) -> bool {
        self.found.iter().any(|fault| fault.field == field)
    }

    /// A text of one line.
    fn line(&mut self, field: &str, text: &str, max: usize) -> String {
        let text = text.trim();
        if text.chars().count() > max {
            let zh = format!("最多 {max} 个字符");
            let en = format!("At most {max} characters");
            self.add(field, "too_long", &zh, &en);
        } else if let Some(fault) = name_fault(text).filter(|_| !text.is_empty()) {
            self.found
                .push(FieldError::new(field, fault.code(), fault.text(self.lang)));
        }
        text.to_owned()
    }
}

impl RuleDraft {
    /// Checks what needs no database. An empty zone becomes `zone`.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self, zone: &str, lang: Lang) -> Result<RuleSpec, Vec<FieldError>> {
        let mut faults = Faults {
            lang,
            found: Vec::new(),
        };
        let name = faults.line("name", &self.name, NAME_MAX);
        let scope = self.read_scope(&mut faults);
        let events = self.read_events(&mut faults);
        let template = self.read_template(&mut faults);
        if self.channel_id.is_none() {
            let (zh, en) = ("请选择通知渠道", "Choose a channel");
            faults.add("channel_id", "required", zh, en);
        }
        self.check_own_channel(&mut faults);
        let throttle = parse_duration(&self.throttle).unwrap_or_else(|fault| {
            faults
                .found
                .push(FieldError::new("throttle", "invalid", fault.text(lang)));
            None
        });
        let quiet = self.read_quiet(zone, &mut faults);
        self.check_effect(&events, &mut faults);
        let failures = Failures::read(&self.failures);
        if failures.is_none() {
            faults.add(
                "failures",
                "invalid",
                "留空为每次失败；3 为连续第 3 次；*/3 为每连续 3 次",
                "Leave empty for each failure; 3 for the third consecutive one; */3 for every third",
            );
        }
        match (scope, self.channel_id, failures) {
            (Some(scope), Some(channel), Some(failures)) if faults.found.is_empty() => {
                Ok(RuleSpec {
                    name,
                    scope,
                    events,
                    channel_id: ChannelId(channel),
                    action: self.action,
                    template,
                    throttle_seconds: throttle.unwrap_or(0),
                    quiet,
                    urgent: self.urgent,
                    failures,
                    enabled: self.enabled,
                })
            }
            _ => Err(faults.found),
        }
    }

    fn read_scope(&self, faults: &mut Faults) -> Option<Scope> {
        let named = |field: &str, text: &str, faults: &mut Faults| {
            let text = faults.line(field, text, LIST_ITEM_MAX);
            if text.is_empty() {
                let (zh, en) = match field {
                    "owner" => ("请填写负责人", "Enter an owner"),
                    _ => ("请填写标签", "Enter a tag"),
                };
                faults.add(field, "required", zh, en);
                return None;
            }
            Some(text)
        };
        match self.scope {
            ScopeKind::All => Some(Scope::All),
            ScopeKind::System => Some(Scope::System),
            ScopeKind::Owner => {
                let owner = self.owner.trim();
                // As owners of tasks are stored.
                let owner = match owner {
                    "@all" => owner,
                    other => other.strip_prefix('@').unwrap_or(other),
                };
                named("owner", owner, faults).map(Scope::Owner)
            }
            ScopeKind::Tag => named("tag", &self.tag, faults).map(Scope::Tag),
            ScopeKind::Task => {
                let task = self.task_id.filter(|id| *id > 0);
                if task.is_none() {
                    let (zh, en) = ("请填写任务编号", "Enter the ID of a task");
                    faults.add("task_id", "required", zh, en);
                }
                task.map(|id| Scope::Task(TaskId(id)))
            }
        }
    }

    fn read_template(&self, faults: &mut Faults) -> Option<String> {
        let text = self.template.trim();
        let name = text.strip_prefix(NAMED).unwrap_or(text);
        if name.is_empty() {
            return None;
        }
        if !is_template_name(name) {
            let zh = format!(
                "模板名由 1–{TEMPLATE_NAME_MAX} 个字母、数字、汉字、- 和 _ 组成，例如 night"
            );
            let en = format!(
                "A name of a template has 1 to {TEMPLATE_NAME_MAX} letters, digits, -, _ or Chinese characters, such as night"
            );
            faults.add("template", "invalid", &zh, &en);
        }
        Some(name.to_owned())
    }

    fn read_events(&self, faults: &mut Faults) -> Vec<Event> {
        let known = |text: &String| Event::read(text.trim()).filter(|event| event.is_routed());
        if let Some(other) = self.events.iter().find(|text| known(text).is_none()) {
            let shown: String = other.chars().take(40).collect();
            let zh = format!("没有这种事件：{shown}");
            let en = format!("No such event: {shown}");
            faults.add("events", "unknown", &zh, &en);
            return Vec::new();
        }
        if self.events.is_empty() || self.events.len() > EVENTS_MAX {
            let (zh, en) = ("请至少选择一种事件", "Choose at least one event");
            faults.add("events", "required", zh, en);
            return Vec::new();
        }
        let chosen: Vec<Event> = self.events.iter().filter_map(known).collect();
        let events = Event::ALL.iter().copied();
        let events: Vec<Event> = events.filter(|event| chosen.contains(event)).collect();
        let repeats = events.iter().any(|event| event.may_repeat());
        if !self.throttle.trim().is_empty() && !repeats {
            faults.add(
                "throttle",
                "useless",
                "所选事件都不限频：提醒、催单、执行完成和建单通知总会发送",
                "None of the chosen events is limited: reminders, chases, completions and new tasks are always sent",
            );
        }
        events
    }

    fn read_quiet(&self, zone: &str, faults: &mut Faults) -> Option<QuietHours> {
        let (from, until) = (self.quiet_from.trim(), self.quiet_until.trim());
        if from.is_empty() && until.is_empty() {
            return None;
        }
        let mut minute = |field: &str, text: &str, last: u16| {
            let read = QuietHours::minute(text).filter(|minute| *minute <= last);
            if read.is_none() {
                let (zh, en) = (
                    "请填写时刻，例如 22:00",
                    "Enter a time of day such as 22:00",
                );
                faults.add(field, "invalid", zh, en);
            }
            read
        };
        let from = minute("quiet_from", from, 24 * 60 - 1);
        let until = minute("quiet_until", until, 24 * 60);
        let zone = match self.quiet_zone.trim() {
            "" => zone,
            zone => zone,
        };
        let calendar = faults.line("quiet_calendar", &self.quiet_calendar, LIST_ITEM_MAX);
        let quiet = QuietHours {
            from: from?,
            until: until?,
            zone: zone.to_owned(),
            calendar: Some(calendar).filter(|name| !name.is_empty()),
        };
        if quiet.never_end() {
            faults.add(
                "quiet_until",
                "endless",
                "这样每天全天都免打扰，消息永远发不出去；请缩短时段，或指定日历只在休息日生效",
                "These quiet hours never end, so nothing would be sent; shorten them, or name a calendar for days off only",
            );
        }
        Some(quiet)
    }
}
