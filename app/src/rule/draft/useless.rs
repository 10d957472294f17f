//! What a draft of a rule says without any effect: refused, since whoever wrote it expects one.

use super::RuleDraft;
use super::parse::Faults;
use crate::i18n::Lang;
use crate::message::Event;
use crate::rule::{OWN_CHANNEL, RuleAction, ScopeKind};

impl RuleDraft {
    /// Empties what belongs to other scopes than the chosen one, except the fields that a change names: changing the
    /// scope leaves the old one behind.
    pub fn leave_other_scopes(&mut self, is_named: impl Fn(&str) -> bool) {
        if self.scope != ScopeKind::Task && !is_named("task_id") {
            self.task_id = None;
        }
        if self.scope != ScopeKind::Owner && !is_named("owner") {
            self.owner.clear();
        }
        if self.scope != ScopeKind::Tag && !is_named("tag") {
            self.tag.clear();
        }
    }

    /// Reports events that do not happen in the scope, and settings that decide nothing. `events` are those that were
    /// read; without any, that is the fault.
    pub(super) fn check_effect(&self, events: &[Event], faults: &mut Faults) {
        self.check_other_scopes(faults);
        self.check_events(events, faults);
        let fails = events.iter().any(|event| event.is_failure());
        if !events.is_empty() && !fails && !self.failures.trim().is_empty() {
            faults.add(
                "failures",
                "useless",
                "所选事件都不是失败；“连续失败”只对执行失败、执行超时和执行丢失有效",
                "None of the chosen events is a failure: consecutive failures are failed, timed out and lost runs",
            );
        }
        if self.action == RuleAction::Mute {
            self.check_muted(faults);
        }
        let (from, until) = (self.quiet_from.trim(), self.quiet_until.trim());
        if from.is_empty() && until.is_empty() && !self.quiet_calendar.trim().is_empty() {
            faults.add(
                "quiet_calendar",
                "useless",
                "日历只用于免打扰时段；请填写时段，或留空日历",
                "The calendar is for quiet hours only; enter their start and end, or leave it empty",
            );
        }
    }

    /// Fields of another scope than the chosen one.
    fn check_other_scopes(&self, faults: &mut Faults) {
        let given = [
            (ScopeKind::Task, "task_id", self.task_id.is_some()),
            (ScopeKind::Owner, "owner", !self.owner.trim().is_empty()),
            (ScopeKind::Tag, "tag", !self.tag.trim().is_empty()),
        ];
        for (kind, field, is_given) in given {
            if is_given && kind != self.scope {
                faults.add(
                    field,
                    "useless",
                    "与所选范围不符，请留空",
                    "This does not belong to the chosen scope; leave it empty",
                );
            }
        }
    }

    /// Events of tasks in a rule for the system, and the other way round.
    fn check_events(&self, events: &[Event], faults: &mut Faults) {
        let is_for_system = self.scope == ScopeKind::System;
        let others = events
            .iter()
            .filter(|event| event.is_of_system() != is_for_system);
        let words = |lang: Lang| {
            let words = others.clone().map(|event| event.words(lang));
            words.collect::<Vec<_>>().join(lang.pick("、", ", "))
        };
        let (zh, en) = (words(Lang::Zh), words(Lang::En));
        if zh.is_empty() {
            return;
        }
        let (zh, en) = match is_for_system {
            true => (
                format!("这些是任务的事件，范围为“系统”的规则不会收到：{zh}"),
                format!("These are events of tasks, which a rule for the system never gets: {en}"),
            ),
            false => (
                format!("这些是系统的事件，只有范围为“系统”的规则会收到：{zh}"),
                format!(
                    "These are events of the system, which only a rule for the system gets: {en}"
                ),
            ),
        };
        faults.add("events", "useless", &zh, &en);
    }

    /// What only a certain channel has, in a rule for the main channel of each task.
    pub(super) fn check_own_channel(&self, faults: &mut Faults) {
        if self.channel_id != Some(OWN_CHANNEL.0) {
            return;
        }
        if self.scope == ScopeKind::System {
            faults.add(
                "channel_id",
                "useless",
                "系统事件不属于任何任务；请选择一个渠道",
                "Events of the system belong to no task; choose a channel",
            );
        }
        if !self.template.trim().is_empty() {
            faults.add(
                "template",
                "useless",
                "模板属于某一个渠道；请选择该渠道，或留空模板",
                "A template belongs to one channel; choose that channel, or leave it empty",
            );
        }
    }

    /// What is not sent is neither limited nor delayed.
    fn check_muted(&self, faults: &mut Faults) {
        let given = [
            ("throttle", &self.throttle),
            ("failures", &self.failures),
            ("quiet_from", &self.quiet_from),
            ("quiet_until", &self.quiet_until),
        ];
        for (field, text) in given {
            if !text.trim().is_empty() && !faults.has(field) {
                faults.add(
                    field,
                    "useless",
                    "这条规则不发送任何消息，请留空",
                    "This rule sends nothing, so leave this empty",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(scope: ScopeKind, events: &[&str]) -> RuleDraft {
        RuleDraft {
            scope,
            task_id: (scope == ScopeKind::Task).then_some(5),
            owner: if scope == ScopeKind::Owner { "ann" } else { "" }.to_owned(),
            tag: if scope == ScopeKind::Tag { "prod" } else { "" }.to_owned(),
            events: events.iter().map(|&event| event.to_owned()).collect(),
            channel_id: Some(3),
            ..RuleDraft::default()
        }
    }

    fn faulty(draft: &RuleDraft) -> Vec<String> {
        let read = draft.parse("UTC", Lang::En);
        let faults = read.err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn events_belong_to_the_scope() {
        for scope in ScopeKind::ALL.iter().copied() {
            let of_tasks: &[&str] = if scope == ScopeKind::System {
                &["events"]
            } else {
                &[]
            };
            let of_system: &[&str] = if scope == ScopeKind::System {
                &[]
            } else {
                &["events"]
            };
            assert_eq!(faulty(&draft(scope, &["failed"])), of_tasks, "{scope:?}");
            assert_eq!(faulty(&draft(scope, &["disk_low"])), of_system, "{scope:?}");
            assert_eq!(faulty(&draft(scope, &["failed", "disk_low"])), ["events"]);
        }
    }

    #[test]
    fn settings_without_effect_are_refused_at_their_fields() {
        let base = draft(ScopeKind::All, &["failed"]);
        let table: [(RuleDraft, &[&str]); 9] = [
            (base.clone(), &[]),
            (
                RuleDraft {
                    task_id: Some(1),
                    tag: "x".into(),
                    ..base.clone()
                },
                &["task_id", "tag"],
            ),
            (
                RuleDraft {
                    owner: "ann".into(),
                    ..base.clone()
                },
                &["owner"],
            ),
            (
                RuleDraft {
                    failures: "3".into(),
                    ..draft(ScopeKind::All, &["started"])
                },
                &["failures"],
            ),
            (
                RuleDraft {
                    failures: "3".into(),
                    ..draft(ScopeKind::All, &["started", "lost"])
                },
                &[],
            ),
            (
                RuleDraft {
                    action: RuleAction::Mute,
                    throttle: "5m".into(),
                    failures: "3".into(),
                    quiet_from: "22:00".into(),
                    quiet_until: "08:00".into(),
                    ..base.clone()
                },
                &["throttle", "failures", "quiet_from", "quiet_until"],
            ),
            (
                RuleDraft {
                    action: RuleAction::Mute,
                    ..base.clone()
                },
                &[],
            ),
            (
                RuleDraft {
                    channel_id: Some(0),
                    template: "night".into(),
                    ..base.clone()
                },
                &["template"],
            ),
            (
                RuleDraft {
                    quiet_calendar: "cn".into(),
                    ..base
                },
                &["quiet_calendar"],
            ),
        ];
        for (draft, wanted) in table {
            assert_eq!(faulty(&draft), wanted, "{draft:?}");
        }
    }
}
