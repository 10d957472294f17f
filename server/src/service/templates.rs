//! Templates of channels' messages: stored once they render, tried with a real run.

mod trial;

use std::collections::HashMap;

use app::auth::Action;
use app::backend::{Answer, Caller, Templates};
use app::channel::{
    ALL_EVENTS, NAMED, Template, TemplateDraft, TemplateKey, TemplatePreview, TemplateTrial,
    TemplateVariable,
};
use app::i18n::Lang;
use app::id::{ChannelId, MessageId};
use app::message::{Event, MessageKind};
use async_trait::async_trait;

use super::Service;
use super::versions::{as_read, as_read_to_delete, named, stored, stored_deletion};
use crate::error::{OrInternal, internal};
use crate::messages::target::Target;
use crate::messages::{RenderContext, VARIABLES, example, wants_brief};
use crate::store::{NOT_STORED, OutboxItem, TemplateDeleted, TemplatePut};
use crate::template::{SOURCE_MAX, TemplateWhy, Value, render};
use crate::texts::outdated::ObjectKind;
use crate::texts::templates::{EventTemplateFault, TemplateRefusal, TemplateRequestFault};
use crate::texts::{Fault, Missing, Refusal};

/// What a template is for, as people name it.
fn key_named(lang: Lang, name: &str) -> Answer<TemplateKey> {
    TemplateKey::read(name).ok_or_else(|| {
        if name.starts_with(NAMED) {
            return TemplateRequestFault::Name.alone("event", lang);
        }
        let known: Vec<&str> = Template::events().map(Event::as_str).collect();
        let known = format!("{ALL_EVENTS}, {}", known.join(", "));
        TemplateRequestFault::UnknownEvent { known }.alone("event", lang)
    })
}

impl Service {
    /// Renders a template with an example of each event it is for; the first that fails is the fault.
    async fn check_template(
        &self,
        lang: Lang,
        body: &str,
        key: TemplateKey,
        to: &Target,
    ) -> Answer<()> {
        if body.len() > SOURCE_MAX {
            return Err(TemplateWhy::TooLong(SOURCE_MAX).alone("body", lang));
        }
        let (renderer, format, body) = (self.renderer.clone(), to.format(), body.to_owned());
        let checking = tokio::task::spawn_blocking(move || -> Result<(), EventTemplateFault> {
            let brief = example::brief();
            let owners = example::owners();
            let wanted = Template::events().filter(|one| key.covers(*one));
            let is_for_one = matches!(key, TemplateKey::Event(_));
            for facts in wanted.filter_map(example::facts) {
                // Without a brief and without owners, too: both may be missing.
                for is_full in [true, false] {
                    let owners: &[String] = if is_full { &owners } else { &[] };
                    let beside = RenderContext {
                        owners,
                        brief: (is_full && wants_brief(&facts)).then_some(&brief),
                        ..RenderContext::default()
                    };
                    let variables = renderer.variables(&facts, None, beside);
                    match render(&body, format, &variables) {
                        Ok(_) => {}
                        // What says nothing for one event may be what its writer wants for another.
                        Err(fault) if fault.why == TemplateWhy::Empty && !is_for_one => {}
                        Err(fault) => {
                            // For one event its writer knows which, and some faults have nothing to do with it.
                            let by_values = !is_for_one && fault.why.is_of_values();
                            let event = by_values.then(|| facts.event());
                            return Err(EventTemplateFault { event, fault });
                        }
                    }
                }
            }
            Ok(())
        });
        let checked = checking.await.map_err(|error| internal(lang, &error))?;
        checked.map_err(|fault| fault.alone("body", lang))
    }

    async fn template_target(&self, lang: Lang, channel: ChannelId) -> Answer<Target> {
        let to = self.opened_channel(lang, channel).await?;
        to.ok_or_else(|| Missing::Channel.answer(lang))
    }
}

#[async_trait]
impl Templates for Service {
    async fn template_list(&self, caller: &Caller, channel: ChannelId) -> Answer<Vec<Template>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        self.find_channel(lang, channel).await?;
        self.store.templates(channel).await.or_internal(lang)
    }

    async fn template_get(
        &self,
        caller: &Caller,
        channel: ChannelId,
        event: &str,
    ) -> Answer<Template> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        self.find_channel(lang, channel).await?;
        let key = key_named(lang, event)?;
        let found = self.store.template(channel, &key).await;
        let found = found.or_internal(lang)?;
        found.ok_or_else(|| Missing::Template.answer(lang))
    }

    async fn template_set(
        &self,
        caller: &Caller,
        channel: ChannelId,
        event: &str,
        read: Option<i64>,
        draft: &TemplateDraft,
    ) -> Answer<Template> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let to = self.template_target(lang, channel).await?;
        let key = key_named(lang, event)?;
        // As browsers send forms.
        let body = draft.body.replace("\r\n", "\n");
        let known = self.store.template(channel, &key).await.or_internal(lang)?;
        let version = known.as_ref().map_or(NOT_STORED, |known| known.version);
        as_read(lang, ObjectKind::Template, read, version, || {
            named([("body", known.is_some_and(|known| known.body != body))])
        })?;
        self.check_template(lang, &body, key.clone(), &to).await?;
        let act = self.act(who, "channel.template_set").detail(key.text());
        let put = self
            .store
            .put_template(&act, channel, &key, read, &body)
            .await;
        match stored(lang, ObjectKind::Template, put)? {
            TemplatePut::Done => {}
            TemplatePut::NoChannel => return Err(Missing::Channel.answer(lang)),
            TemplatePut::TooMany => return Err(TemplateRefusal::TooMany.answer(lang)),
        }
        let found = self.store.template(channel, &key).await;
        let found = found.or_internal(lang)?;
        found.ok_or_else(|| Missing::Template.answer(lang))
    }

    async fn template_delete(
        &self,
        caller: &Caller,
        channel: ChannelId,
        event: &str,
        read: Option<i64>,
    ) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        self.find_channel(lang, channel).await?;
        let key = key_named(lang, event)?;
        if let Some(known) = self.store.template(channel, &key).await.or_internal(lang)? {
            as_read_to_delete(lang, ObjectKind::Template, read, known.version)?;
        }
        let act = self.act(who, "channel.template_delete");
        let act = act.detail(key.text());
        let deleted = self.store.delete_template(&act, channel, &key, read).await;
        match stored_deletion(lang, ObjectKind::Template, deleted)? {
            TemplateDeleted::Done => Ok(()),
            TemplateDeleted::Gone => Err(Missing::Template.answer(lang)),
            TemplateDeleted::InUse(rules) => {
                let rules = rules.into_iter();
                let rules = rules.map(|(id, name)| (id.0, name)).collect();
                Err(TemplateRefusal::InUse { rules }.answer(lang))
            }
        }
    }

    async fn template_preview(
        &self,
        caller: &Caller,
        channel: ChannelId,
        trial: &TemplateTrial,
    ) -> Answer<TemplatePreview> {
        self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let to = self.template_target(lang, channel).await?;
        let key = match trial.event.trim() {
            "" => TemplateKey::All,
            name => key_named(lang, name)?,
        };
        let (event, named) = match key {
            TemplateKey::All => (None, None),
            TemplateKey::Event(event) => (Some(event), None),
            TemplateKey::Named(name) => (None, Some(name)),
        };
        let tried = self.tried_with(caller, trial, event).await?;
        let happened = tried.facts.event();
        let (template, body) = match &trial.body {
            Some(body) => (None, Some(body.replace("\r\n", "\n"))),
            None => {
                let named = named.as_deref();
                let stored = self.store.template_for(channel, happened, named).await;
                let stored = stored.or_internal(lang)?;
                stored
                    .map(|template| (template.event, template.body))
                    .unzip()
            }
        };
        let worded = self.worded(lang, &tried, body, &to).await?;
        let now = self.clock.now();
        let item = OutboxItem {
            id: MessageId(0),
            channel_id: channel,
            kind: MessageKind::Text,
            event: happened,
            body: worded.text.clone(),
            facts: None,
            mentions: tried.owners,
            task_id: tried.task,
            run_id: tried.run,
            attempts: 1,
            limited: 0,
            created_at: now,
            stand_in: None,
            template: None,
        };
        Ok(TemplatePreview {
            event: happened.as_str().to_owned(),
            template,
            run_id: tried.run,
            bytes: i64::try_from(worded.text.len()).unwrap_or(i64::MAX),
            sent: self.sender.preview(&to, &item, &worded.made, now),
            text: worded.text,
        })
    }

    async fn template_variables(&self, caller: &Caller) -> Answer<Vec<TemplateVariable>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let owners = example::owners();
        let brief = example::brief();
        // Each with the example of the first event that fills it.
        let mut examples: HashMap<&str, String> = HashMap::new();
        let failed_first = std::iter::once(Event::Failed).chain(Template::events());
        for facts in failed_first.filter_map(example::facts) {
            let beside = RenderContext {
                owners: &owners,
                brief: wants_brief(&facts).then_some(&brief),
                ..RenderContext::default()
            };
            for (name, value) in self.renderer.variables(&facts, Some(lang), beside) {
                if let Some(shown) = shown(&value) {
                    examples.entry(name).or_insert(shown);
                }
            }
        }
        let variable = |(name, zh, en): &(&str, &str, &str)| TemplateVariable {
            name: (*name).to_owned(),
            meaning: lang.pick(*zh, *en).to_owned(),
            example: examples.get(name).cloned().unwrap_or_default(),
        };
        Ok(VARIABLES.iter().map(variable).collect())
    }
}

/// A value as an example; `None` for one that says nothing.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::None => None,
        Value::Number(number) => Some(number.to_string()),
        Value::Text(text) => (!text.is_empty()).then(|| text.clone()),
        Value::List(values) if values.is_empty() => None,
        Value::List(_) | Value::Map(_) => serde_json::to_string(value).ok(),
    }
}
