//! Policies that ask no one: without a channel that gets their urges, or without a person whom these mention.

use app::backend::Answer;
use app::i18n::Lang;
use app::id::TaskId;
use app::message::Event;
use app::rule::{RoutingOutcome, Subject, TaskNotify};
use app::task::{Task, TaskDraft};
use app::ticket::{Opens, TicketRule};

use super::super::Service;
use crate::error::OrInternal;
use crate::texts::Say;
use crate::texts::warnings::TaskWarning;

/// Stands for a task that has no id yet: no rule is for it alone.
const NEW_TASK: TaskId = TaskId(0);

impl Service {
    /// What keeps the urges of a task from reaching a person, each in one sentence with the next step. Costs no statement
    /// where the task opens no tickets.
    pub(in crate::service) async fn unasked(&self, lang: Lang, task: &Task) -> Answer<Vec<String>> {
        let is_sent = task.tickets.opens != Opens::None
            && self.urges_are_sent(lang, &Subject::task(task)).await?;
        Ok(warnings(lang, &task.tickets, &task.owners, is_sent))
    }

    /// The same of a task as it is typed, whose faults are reported elsewhere: with its default policies, and with the
    /// channels that are typed with it.
    pub(super) async fn unasked_as_typed(
        &self,
        lang: Lang,
        id: Option<TaskId>,
        draft: &TaskDraft,
        further: &[TaskNotify],
    ) -> Answer<Vec<String>> {
        let spec = draft.parse(lang).spec;
        if spec.tickets.opens == Opens::None {
            return Ok(Vec::new());
        }
        let defaults = self.store.urge_defaults().await.or_internal(lang)?;
        let tickets = spec.tickets.inheriting(&spec.tags, &defaults);
        let urged = Event::TicketUrged.as_str();
        let gets = |one: &TaskNotify| {
            let is_chosen = one.events.is_empty() || one.events.iter().any(|event| event == urged);
            one.channel_id.is_some() && is_chosen
        };
        let is_typed = !draft.robot.trim().is_empty() || further.iter().any(gets);
        let subject = Subject::Task {
            id: id.unwrap_or(NEW_TASK),
            channel: spec.channel_id,
            tags: spec.tags,
            owners: spec.owners.clone(),
            urgent: tickets.policy.urgent,
        };
        let is_sent = is_typed || self.urges_are_sent(lang, &subject).await?;
        Ok(warnings(lang, &tickets, &spec.owners, is_sent))
    }

    /// Whether any channel gets urges about this.
    async fn urges_are_sent(&self, lang: Lang, subject: &Subject) -> Answer<bool> {
        let now = self.clock.now();
        let routes = self
            .store
            .routes_now(subject, &[Event::TicketUrged], None, now);
        let routes = routes.await.or_internal(lang)?;
        let mut fates = routes.iter().map(|route| route.fate);
        Ok(fates.any(|fate| fate != RoutingOutcome::Muted))
    }
}

fn warnings(lang: Lang, tickets: &TicketRule, owners: &[String], is_sent: bool) -> Vec<String> {
    if tickets.opens == Opens::None {
        return Vec::new();
    }
    let ladder = &tickets.policy.ladder;
    let has_people = !owners.is_empty() || ladder.iter().any(|step| !step.who.is_empty());
    let warnings = [
        (!is_sent).then_some(TaskWarning::UrgesWithoutChannel),
        (!has_people).then_some(TaskWarning::UrgesWithoutOwner),
    ];
    let warnings = warnings.into_iter().flatten();
    warnings.map(|warning| warning.say(lang)).collect()
}
