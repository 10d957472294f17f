//! The input for a rule, and its check.

mod parse;
#[cfg(test)]
mod tests;
mod useless;

use serde::{Deserialize, Serialize};

use super::{QuietHours, RuleAction, RuleSpec, Scope, ScopeKind};
use crate::duration::format_duration;

/// Characters of a name.
pub const NAME_MAX: usize = 100;
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
    /// Where they go; 0 for the main channel of each task, whichever that is.
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
