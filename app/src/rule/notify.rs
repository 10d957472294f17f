//! Further channels of a task that is created.

use serde::{Deserialize, Serialize};

use super::{RuleDraft, RuleSpec, Scope};
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::id::TaskId;
use crate::message::Event;

/// A channel besides that of a new task, with the events that it gets: a rule of the task.
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
    /// The same for one task.
    #[must_use]
    pub fn of_task(self, id: TaskId) -> Self {
        Self {
            scope: Scope::Task(id),
            ..self
        }
    }
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
}
