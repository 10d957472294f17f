//! Which messages a task would send now, and why.

use app::backend::Answer;
use app::i18n::Lang;
use app::id::TaskId;
use app::message::Event;
use app::rule::{Explained, Route, Subject, Verdict};

use super::Service;
use crate::error::OrInternal;
use crate::facts::can_happen;

impl Service {
    /// Each event that can happen to a task, with its channels: decided as it is when it happens.
    pub(super) async fn explain_messages(&self, lang: Lang, id: TaskId) -> Answer<Vec<Explained>> {
        let task = self.find_task(lang, id).await?;
        let events: Vec<Event> = Event::ALL
            .iter()
            .copied()
            .filter(|event| event.is_routed() && can_happen(&task, *event))
            .collect();
        let streak = self.store.streak_of(id).await.or_internal(lang)?;
        let now = self.clock.now();
        let (system, own): (Vec<Event>, Vec<Event>) = events
            .iter()
            .copied()
            .partition(|event| event.is_of_system());
        let subject = Subject::task(&task);
        let found = self.store.routes_now(&subject, &own, Some(streak + 1), now);
        let mut found = found.await.or_internal(lang)?;
        // They are about no task: rules for the system decide.
        let subject = Subject::System;
        let of_system = self.store.routes_now(&subject, &system, None, now);
        found.extend(of_system.await.or_internal(lang)?);
        let names = found.iter().map(|route| route.channel);
        let names = self.store.channel_names(names).await.or_internal(lang)?;
        let explained = events.into_iter().map(|event| {
            let routes = found.iter().filter(|route| route.event == event);
            let routes = routes.map(|now| {
                let rule = now.rule.as_ref();
                let route = Route {
                    channel_id: now.channel,
                    channel: names.get(&now.channel).cloned(),
                    rule_id: rule.map(|rule| rule.id),
                    rule: rule.map(|rule| rule.name.clone()).unwrap_or_default(),
                    scope: rule.map(|rule| rule.scope.kind()),
                    template: rule.and_then(|rule| rule.template.clone()),
                    verdict: Verdict::Sent,
                    until: None,
                };
                route.with(now.fate)
            });
            Explained {
                event: event.as_str().to_owned(),
                routes: routes.collect(),
            }
        });
        Ok(explained.collect())
    }
}
