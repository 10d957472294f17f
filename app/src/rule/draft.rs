//! The input for a rule, and its check.

mod useless;

use serde::{Deserialize, Serialize};

use super::{Failures, QuietHours, RuleAction, RuleSpec, Scope, ScopeKind};
use crate::channel::{NAMED, TEMPLATE_NAME_MAX, is_template_name};
use crate::duration::{format_duration, parse_duration};
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::id::{ChannelId, TaskId};
use crate::message::Event;
use crate::name::name_fault;
use crate::task::LIST_ITEM_MAX;
use crate::transition::Word;

/// Characters of a name.
pub const NAME_MAX: usize = 100;
/// Events of one draft: more are repetitions.
const EVENTS_MAX: usize = 64;

/// Input for a rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RuleDraft {
    /// What it is for, in a few words; may be empty.
    pub name: String,
    /// `task`, `owner`, `tag`, `all` tasks, or `system` for events of no task.
    pub scope: ScopeKind,
    /// Scope `task`: its ID.
    pub task_id: Option<i64>,
    /// Scope `owner`: whose tasks.
    pub owner: String,
    /// Scope `tag`: tasks with this tag.
    pub tag: String,
    /// Which events, at least one.
    pub events: Vec<String>,
    /// Where they go.
    pub channel_id: Option<i64>,
    /// `send`, or `mute`: none of these events to this channel, whatever rules for more tasks say.
    pub action: RuleAction,
    /// Name of the channel's template for the messages, with `@` or without; empty for the template of the event.
    pub template: String,
    /// At most one message for a task and an event in this time: `10m`, `1h`; empty for no limit.
    pub throttle: String,
    /// Start of the quiet hours, `22:00`; empty for none.
    pub quiet_from: String,
    /// End of the quiet hours, `08:00`.
    pub quiet_until: String,
    /// IANA zone of the quiet hours; empty for the server's.
    pub quiet_zone: String,
    /// Quiet hours only on days off of this calendar; empty for every day.
    pub quiet_calendar: String,
    /// Whether failures are sent in quiet hours all the same.
    pub urgent: bool,
    /// Which of consecutive failures: empty for each, `3` for the third alone, `*/3` for every third.
    pub failures: String,
    /// Whether it is in force.
    pub enabled: bool,
}

impl Default for RuleDraft {
    fn default() -> Self {
        Self {
            name: String::new(),
            scope: ScopeKind::default(),
            task_id: None,
            owner: String::new(),
            tag: String::new(),
            events: Vec::new(),
            channel_id: None,
            action: RuleAction::default(),
            template: String::new(),
            throttle: String::new(),
            quiet_from: String::new(),
            quiet_until: String::new(),
            quiet_zone: String::new(),
            quiet_calendar: String::new(),
            urgent: false,
            failures: String::new(),
            enabled: true,
        }
    }
}

impl From<&RuleSpec> for RuleDraft {
    fn from(spec: &RuleSpec) -> Self {
        let (owner, tag) = match &spec.scope {
            Scope::Owner(owner) => (owner.clone(), String::new()),
            Scope::Tag(tag) => (String::new(), tag.clone()),
            Scope::Task(_) | Scope::All | Scope::System => Default::default(),
        };
        let quiet = spec.quiet.as_ref();
        Self {
            name: spec.name.clone(),
            scope: spec.scope.kind(),
            task_id: spec.scope.task().map(|id| id.0),
            owner,
            tag,
            events: spec
                .events
                .iter()
                .map(|event| event.as_str().to_owned())
                .collect(),
            channel_id: Some(spec.channel_id.0),
            action: spec.action,
            template: spec.template.clone().unwrap_or_default(),
            throttle: match spec.throttle_seconds {
                0 => String::new(),
                seconds => format_duration(seconds),
            },
            quiet_from: quiet.map_or_else(String::new, |quiet| QuietHours::clock(quiet.from)),
            quiet_until: quiet.map_or_else(String::new, |quiet| QuietHours::clock(quiet.until)),
            quiet_zone: quiet.map_or_else(String::new, |quiet| quiet.zone.clone()),
            quiet_calendar: quiet
                .and_then(|quiet| quiet.calendar.clone())
                .unwrap_or_default(),
            urgent: spec.urgent,
            failures: spec.failures.text(),
            enabled: spec.enabled,
        }
    }
}

/// What is wrong, by field.
struct Faults {
    lang: Lang,
    found: Vec<FieldError>,
}

impl Faults {
    fn add(&mut self, field: &str, code: &str, zh: &str, en: &str) {
        self.found
            .push(FieldError::new(field, code, self.lang.pick(zh, en)));
    }

    /// Whether a field has one already.
    fn has(&self, field: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> RuleDraft {
        RuleDraft {
            scope: ScopeKind::Tag,
            tag: " prod ".to_owned(),
            events: vec!["lost".to_owned(), "failed".to_owned(), "lost".to_owned()],
            channel_id: Some(3),
            throttle: "10m".to_owned(),
            quiet_from: "22:00".to_owned(),
            quiet_until: "8:00".to_owned(),
            failures: "*/3".to_owned(),
            template: "@night".to_owned(),
            ..RuleDraft::default()
        }
    }

    #[test]
    fn a_draft_is_read_and_written_the_same() {
        let spec = draft().parse("Asia/Shanghai", Lang::En).expect("a rule");
        assert_eq!(spec.scope, Scope::Tag("prod".to_owned()));
        assert_eq!(spec.events, [Event::Failed, Event::Lost]);
        assert_eq!(spec.throttle_seconds, 600);
        assert_eq!(spec.template.as_deref(), Some("night"));
        assert!(spec.enabled);
        let again = RuleDraft::from(&spec).parse("UTC", Lang::En);
        assert_eq!(again, Ok(spec));
    }

    #[test]
    fn each_fault_is_at_its_field() {
        let table: [(&str, RuleDraft); 13] = [
            (
                "template",
                RuleDraft {
                    template: "for the night".into(),
                    ..draft()
                },
            ),
            (
                "tag",
                RuleDraft {
                    tag: " ".into(),
                    ..draft()
                },
            ),
            (
                "tag",
                RuleDraft {
                    tag: "x".repeat(65),
                    ..draft()
                },
            ),
            (
                "owner",
                RuleDraft {
                    scope: ScopeKind::Owner,
                    tag: String::new(),
                    ..draft()
                },
            ),
            (
                "task_id",
                RuleDraft {
                    scope: ScopeKind::Task,
                    tag: String::new(),
                    ..draft()
                },
            ),
            (
                "events",
                RuleDraft {
                    events: Vec::new(),
                    ..draft()
                },
            ),
            (
                "events",
                RuleDraft {
                    events: vec!["test".into()],
                    ..draft()
                },
            ),
            (
                "channel_id",
                RuleDraft {
                    channel_id: None,
                    ..draft()
                },
            ),
            (
                "throttle",
                RuleDraft {
                    throttle: "soon".into(),
                    ..draft()
                },
            ),
            (
                "throttle",
                RuleDraft {
                    events: vec!["created".into()],
                    failures: String::new(),
                    ..draft()
                },
            ),
            (
                "quiet_until",
                RuleDraft {
                    quiet_until: String::new(),
                    ..draft()
                },
            ),
            (
                "quiet_until",
                RuleDraft {
                    quiet_until: "22:00".into(),
                    ..draft()
                },
            ),
            (
                "failures",
                RuleDraft {
                    failures: "often".into(),
                    ..draft()
                },
            ),
        ];
        for (field, draft) in table {
            for lang in [Lang::Zh, Lang::En] {
                let faults = draft.parse("UTC", lang).expect_err(field);
                let fields: Vec<&str> = faults.iter().map(|one| one.field.as_str()).collect();
                assert_eq!(fields, [field], "{draft:?}");
            }
        }
        let all_day = RuleDraft {
            quiet_from: "00:00".into(),
            quiet_until: "24:00".into(),
            quiet_calendar: "cn".into(),
            ..draft()
        };
        assert!(all_day.parse("UTC", Lang::Zh).is_ok());
    }
}
