//! Further channels of a task: the rules of the task that only send events to a channel.

use serde::{Deserialize, Serialize};

use super::{Failures, OWN_CHANNEL, Rule, RuleAction, RuleDraft, RuleSpec, RuleView, Scope};
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::id::{RuleId, TaskId};
use crate::message::Event;

/// The events that people choose most for a further channel; the form of a task has the others in a fold.
pub const NOTIFY_EVENTS: [Event; 7] = [
    Event::Completed,
    Event::Failed,
    Event::TimedOut,
    Event::Lost,
    Event::TooLong,
    Event::Missed,
    Event::Recovered,
];

/// The other events of tasks that rules may name.
pub fn rare_events() -> impl Iterator<Item = Event> {
    let events = Event::ALL.iter().copied();
    events.filter(|event| {
        event.is_routed() && !event.is_of_system() && !NOTIFY_EVENTS.contains(event)
    })
}

/// The code of the refusal of a form of a task whose further channels were changed meanwhile.
pub const RULES_CHANGED: &str = "task.rules_changed";

/// A channel besides that of a task, with the events that it gets: a rule of the task.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TaskNotify {
    /// Where they go.
    pub channel_id: Option<i64>,
    /// Which events; none for those that the task's own channel gets by default.
    pub events: Vec<String>,
}

impl TaskNotify {
    /// The rule, which gets its task when that has an id ([`RuleSpec::of_task`]).
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn rule(&self, zone: &str, lang: Lang) -> Result<RuleSpec, Vec<FieldError>> {
        let events = match self.events.is_empty() {
            true => {
                let defaults = Event::ALL.iter().filter(|event| event.is_default());
                defaults.map(|event| event.as_str().to_owned()).collect()
            }
            false => self.events.clone(),
        };
        let draft = RuleDraft {
            events,
            channel_id: self.channel_id,
            ..RuleDraft::default()
        };
        draft.parse(zone, lang)
    }
}

impl RuleSpec {
    /// Whether it does nothing but send events of a task to a channel. The form of the task has such rules as rows.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        matches!(self.scope, Scope::Task(_))
            && self.action == RuleAction::Send
            && self.channel_id != OWN_CHANNEL
            && self.template.is_none()
            && self.throttle_seconds == 0
            && self.quiet.is_none()
            && self.failures == Failures::All
            && self.enabled
    }

    /// The same for one task.
    #[must_use]
    pub fn of_task(self, id: TaskId) -> Self {
        Self {
            scope: Scope::Task(id),
            ..self
        }
    }
}

/// What was entered as the further channels of a task, and what the form was filled from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FurtherChannels {
    /// A row for each channel.
    pub rows: Vec<TaskNotify>,
    /// [`seen`] of the rules that the form was filled from.
    pub seen: String,
}

impl FurtherChannels {
    /// The further channels of a task with these rules, each channel once.
    #[must_use]
    pub fn of(rules: &[RuleView]) -> Self {
        let mut rows: Vec<TaskNotify> = Vec::new();
        for rule in rules.iter().filter(|rule| rule.is_plain()) {
            let known = rows
                .iter_mut()
                .find(|row| row.channel_id == Some(rule.channel_id));
            match known {
                Some(row) => row.events.extend(rule.events.iter().cloned()),
                None => rows.push(TaskNotify {
                    channel_id: Some(rule.channel_id),
                    events: rule.events.clone(),
                }),
            }
        }
        let plain = rules.iter().filter(|rule| rule.is_plain());
        Self {
            rows,
            seen: seen(plain.map(|rule| (rule.id, rule.version))),
        }
    }
}

/// Which rules there are, and in which versions: a change in between is recognised by it.
pub fn seen(rules: impl Iterator<Item = (RuleId, i64)>) -> String {
    let rules: Vec<String> = rules
        .map(|(id, version)| format!("{id}:{version}"))
        .collect();
    rules.join(",")
}

/// What becomes of a rule of a task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RuleEdit {
    /// It is added.
    Add(RuleSpec),
    /// That of this version is replaced.
    Replace(RuleId, i64, RuleSpec),
    /// That of this version is removed.
    Remove(RuleId, i64, RuleSpec),
}

/// What becomes of the plain rules of a task so that they are what was entered. Rules that are as wanted stay, with
/// their names.
#[must_use]
pub fn rule_edits(plain: &[Rule], entered: Vec<RuleSpec>) -> Vec<RuleEdit> {
    let mut wanted: Vec<RuleSpec> = Vec::new();
    for spec in entered {
        match wanted
            .iter_mut()
            .find(|one| one.channel_id == spec.channel_id)
        {
            Some(one) => {
                let all = Event::ALL.iter().copied();
                let both =
                    all.filter(|event| one.events.contains(event) || spec.events.contains(event));
                one.events = both.collect();
            }
            None => wanted.push(spec),
        }
    }
    let mut edits = Vec::new();
    for rule in plain {
        let place = wanted
            .iter()
            .position(|spec| spec.channel_id == rule.channel_id);
        match place.map(|place| wanted.remove(place)) {
            Some(spec) if spec.events == rule.events => {}
            Some(spec) => {
                let spec = RuleSpec {
                    events: spec.events,
                    ..rule.spec.clone()
                };
                edits.push(RuleEdit::Replace(rule.id, rule.version, spec));
            }
            None => edits.push(RuleEdit::Remove(rule.id, rule.version, rule.spec.clone())),
        }
    }
    edits.extend(wanted.into_iter().map(RuleEdit::Add));
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_events_it_gets_what_a_channel_of_a_task_gets() {
        let notify = TaskNotify {
            channel_id: Some(3),
            events: Vec::new(),
        };
        let rule = notify.rule("UTC", Lang::En).expect("a rule");
        assert!(rule.events.iter().all(|event| event.is_default()));
        let defaults = Event::ALL.iter().filter(|event| event.is_default());
        assert_eq!(rule.events.len(), defaults.count());
        let rule = rule.of_task(TaskId(7));
        assert_eq!(rule.scope, Scope::Task(TaskId(7)));
        for (notify, field) in [
            (TaskNotify::default(), "channel_id"),
            (
                TaskNotify {
                    events: vec!["nothing".to_owned()],
                    ..notify
                },
                "events",
            ),
        ] {
            let faults = notify.rule("UTC", Lang::En).expect_err(field);
            assert_eq!(faults[0].field, field);
        }
    }

    fn entered(channel: i64, events: &[&str]) -> RuleSpec {
        let notify = TaskNotify {
            channel_id: Some(channel),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
        };
        let rule = notify.rule("UTC", Lang::En).expect("a rule");
        rule.of_task(TaskId(7))
    }

    fn rule(id: i64, spec: RuleSpec) -> Rule {
        let at = crate::time::Stamp(chrono::DateTime::UNIX_EPOCH);
        Rule {
            id: RuleId(id),
            version: 2,
            created_at: at,
            updated_at: at,
            spec,
        }
    }

    fn view(rule: &Rule) -> RuleView {
        RuleView::new(rule, None, None)
    }

    #[test]
    fn only_what_was_changed_is_edited() {
        let mut named = entered(1, &["failed"]);
        named.name = "ops".to_owned();
        let rules = [
            rule(1, named.clone()),
            rule(2, entered(2, &["lost"])),
            rule(3, entered(2, &["failed"])),
        ];
        // Two rules for a channel become one.
        let same = vec![entered(1, &["failed"]), entered(2, &["failed", "lost"])];
        assert_eq!(
            rule_edits(&rules, same),
            [
                RuleEdit::Replace(RuleId(2), 2, entered(2, &["failed", "lost"])),
                RuleEdit::Remove(RuleId(3), 2, entered(2, &["failed"])),
            ]
        );
        let other = vec![
            entered(1, &["lost"]),
            entered(3, &["lost"]),
            entered(3, &["failed"]),
        ];
        let mut changed = named;
        changed.events = vec![Event::Lost];
        assert_eq!(
            rule_edits(&rules, other),
            [
                RuleEdit::Replace(RuleId(1), 2, changed),
                RuleEdit::Remove(RuleId(2), 2, entered(2, &["lost"])),
                RuleEdit::Remove(RuleId(3), 2, entered(2, &["failed"])),
                RuleEdit::Add(entered(3, &["failed", "lost"])),
            ]
        );
        assert_eq!(rule_edits(&rules[..1], vec![entered(1, &["failed"])]), []);
    }

    #[test]
    fn rules_with_limits_are_no_rows() {
        let plain = entered(1, &["failed"]);
        let limited: [fn(&mut RuleSpec); 7] = [
            |rule| rule.throttle_seconds = 60,
            |rule| rule.action = RuleAction::Mute,
            |rule| rule.channel_id = OWN_CHANNEL,
            |rule| rule.template = Some("night".to_owned()),
            |rule| rule.failures = Failures::Every(3),
            |rule| rule.enabled = false,
            |rule| rule.scope = Scope::All,
        ];
        let mut rules = vec![rule(1, plain.clone()), rule(2, entered(1, &["lost"]))];
        for limit in limited {
            let mut spec = plain.clone();
            limit(&mut spec);
            rules.push(rule(3, spec));
        }
        for rule in &rules {
            assert_eq!(rule.is_plain(), view(rule).is_plain(), "{rule:?}");
            assert_eq!(rule.is_plain(), rule.id.0 < 3, "{rule:?}");
        }
        let views: Vec<RuleView> = rules.iter().map(view).collect();
        let further = FurtherChannels::of(&views);
        assert_eq!(further.seen, "1:2,2:2");
        let row = TaskNotify {
            channel_id: Some(1),
            events: vec!["failed".to_owned(), "lost".to_owned()],
        };
        assert_eq!(further.rows, [row]);
    }
}
