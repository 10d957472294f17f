//! A rule as pages and the API show it.

use serde::{Deserialize, Serialize};

use super::{OWN_CHANNEL, Rule, RuleAction, RuleDraft, ScopeKind};
use crate::id::{RuleId, TaskId};
use crate::time::Stamp;

/// A rule with the names of what it refers to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RuleView {
    /// Its id.
    pub id: RuleId,
    /// Every change counts it up: the `ETag`.
    pub version: i64,
    /// What it is for, in a few words; may be empty.
    pub name: String,
    /// What it is for.
    pub scope: ScopeKind,
    /// Scope `task`: its ID.
    pub task_id: Option<TaskId>,
    /// Scope `task`: its name.
    pub task: Option<String>,
    /// Scope `owner`: whose tasks.
    pub owner: String,
    /// Scope `tag`: tasks with this tag.
    pub tag: String,
    /// Which events.
    pub events: Vec<String>,
    /// Where they go; 0 for the main channel of each task.
    pub channel_id: i64,
    /// The channel's name; `own` for the main channel of each task.
    pub channel: Option<String>,
    /// Whether they go there.
    pub action: RuleAction,
    /// Name of the channel's template for the messages; empty for the template of the event.
    pub template: String,
    /// At most one message for a task and an event in this time; empty for no limit.
    pub throttle: String,
    /// Start of the quiet hours; empty for none.
    pub quiet_from: String,
    /// End of the quiet hours.
    pub quiet_until: String,
    /// IANA zone of the quiet hours.
    pub quiet_zone: String,
    /// Quiet hours only on days off of this calendar; empty for every day.
    pub quiet_calendar: String,
    /// Whether failures are sent in quiet hours all the same.
    pub urgent: bool,
    /// Which of consecutive failures: empty for each, `3` for the third alone, `*/3` for every third.
    pub failures: String,
    /// Whether it is in force.
    pub enabled: bool,
    /// When it was added.
    pub created_at: Stamp,
    /// When it was last changed.
    pub updated_at: Stamp,
}

impl RuleView {
    /// A rule with the names of its channel and its task.
    #[must_use]
    pub fn new(rule: &Rule, channel: Option<String>, task: Option<String>) -> Self {
        let draft = RuleDraft::from(&rule.spec);
        Self {
            id: rule.id,
            version: rule.version,
            name: draft.name,
            scope: draft.scope,
            task_id: rule.scope.task(),
            task,
            owner: draft.owner,
            tag: draft.tag,
            events: draft.events,
            channel_id: rule.channel_id.0,
            channel,
            action: draft.action,
            template: draft.template,
            throttle: draft.throttle,
            quiet_from: draft.quiet_from,
            quiet_until: draft.quiet_until,
            quiet_zone: draft.quiet_zone,
            quiet_calendar: draft.quiet_calendar,
            urgent: draft.urgent,
            failures: draft.failures,
            enabled: draft.enabled,
            created_at: rule.created_at,
            updated_at: rule.updated_at,
        }
    }

    /// As [`super::RuleSpec::is_plain`].
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let limits = [
            &self.template,
            &self.throttle,
            &self.quiet_from,
            &self.failures,
        ];
        self.scope == ScopeKind::Task
            && self.action == RuleAction::Send
            && self.channel_id != OWN_CHANNEL.0
            && self.enabled
            && limits.iter().all(|limit| limit.is_empty())
    }

    /// The input that would leave it as it is.
    #[must_use]
    pub fn draft(&self) -> RuleDraft {
        RuleDraft {
            name: self.name.clone(),
            scope: self.scope,
            task_id: self.task_id.map(|id| id.0),
            owner: self.owner.clone(),
            tag: self.tag.clone(),
            events: self.events.clone(),
            channel_id: Some(self.channel_id),
            action: self.action,
            template: self.template.clone(),
            throttle: self.throttle.clone(),
            quiet_from: self.quiet_from.clone(),
            quiet_until: self.quiet_until.clone(),
            quiet_zone: self.quiet_zone.clone(),
            quiet_calendar: self.quiet_calendar.clone(),
            urgent: self.urgent,
            failures: self.failures.clone(),
            enabled: self.enabled,
        }
    }
}

/// Which rules are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleQuery {
    /// Those of this task alone; otherwise those that are for no single task.
    pub task: Option<TaskId>,
}
