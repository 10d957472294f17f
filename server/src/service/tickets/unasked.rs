//! Policies that ask no one: without a channel that gets their urges, or without a person whom these mention.

use app::backend::Answer;
use app::i18n::Lang;
use app::message::Event;
use app::rule::{RoutingOutcome, Subject};
use app::task::Task;
use app::ticket::Opens;

use super::super::Service;
use crate::error::OrInternal;
use crate::texts::Say;
use crate::texts::warnings::TaskWarning;

impl Service {
    /// What keeps the urges of a task from reaching a person, each in one sentence with the next step. Costs no statement
    /// where the task opens no tickets.
    pub(in crate::service) async fn unasked(&self, lang: Lang, task: &Task) -> Answer<Vec<String>> {
        if task.tickets.opens == Opens::None {
            return Ok(Vec::new());
        }
        let subject = Subject::task(task);
        let now = self.clock.now();
        let routes = self
            .store
            .routes_now(&subject, &[Event::TicketUrged], None, now);
        let routes = routes.await.or_internal(lang)?;
        let is_sent = routes
            .iter()
            .any(|route| route.fate != RoutingOutcome::Muted);
        let ladder = &task.tickets.policy.ladder;
        let has_people = !task.owners.is_empty() || ladder.iter().any(|rung| !rung.who.is_empty());
        let warnings = [
            (!is_sent).then_some(TaskWarning::UrgesWithoutChannel),
            (!has_people).then_some(TaskWarning::UrgesWithoutOwner),
        ];
        let warnings = warnings.into_iter().flatten();
        Ok(warnings.map(|warning| warning.say(lang)).collect())
    }
}
