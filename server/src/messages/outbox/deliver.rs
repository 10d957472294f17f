//! One delivery: the words of a message are made, and it leaves.

use app::channel::{ChannelKind, OnOff};
use app::message::{MessageKind, NoAnswerReason, with_built_in_words};

use super::super::picture;
use super::super::render::{RenderContext, wants_brief};
use super::super::target::{self, Target};
use super::super::ticket_button::asks;
use super::super::ticket_link::{TicketLink, is_cause};
use super::super::words::{MessageMeta, RenderedMessage};
use super::Outbox;
use crate::facts::Facts;
use crate::oncall::OnCall;
use crate::outbound::SendError;
use crate::store::{ChannelTarget, OutboxItem};
use crate::template::{TemplateFault, TemplateWhy};

/// The words of one message.
struct Words {
    /// As they leave.
    sent: RenderedMessage,
    /// As they are kept, where those that leave hold a link.
    kept: Option<String>,
    /// Why the template of the channel was not used.
    unused: Option<TemplateFault>,
}

impl Outbox {
    /// Puts the people of this moment in the place of rotas.
    async fn name_on_call(&self, people: &mut Vec<String>) -> Result<(), SendError> {
        let is_needed = OnCall::is_among(&*people);
        let on_call = OnCall::read(&self.store, is_needed, self.clock.now()).await;
        on_call
            .map_err(|error| unreadable("who is on call cannot be read", &error))?
            .name(people);
        Ok(())
    }

    /// Renders a message and sends it; returns the answer of the service.
    pub(super) async fn deliver(
        &self,
        item: &mut OutboxItem,
        target: &ChannelTarget,
    ) -> Result<String, SendError> {
        // The people of this moment, in the place of rotas.
        self.name_on_call(&mut item.mentions).await?;
        let facts = item.facts.as_deref().map(serde_json::from_str);
        // A newer server's, perhaps: it may get its turn before this one gives up.
        let facts: Option<Facts> = facts
            .transpose()
            .map_err(|error| unreadable("the facts of a message cannot be read", &error))?;
        if let Some(facts) = &facts {
            item.body = self.renderer.for_kind(target.kind).text(facts, target.lang);
        }
        let to = target::open_target(&self.sealer, item.channel_id, target).map_err(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the settings of a channel cannot be read"
            );
            SendError::Refused(NoAnswerReason::Settings.into())
        })?;
        let (mut made, mut unused, mut link) = (MessageMeta::default(), None, None);
        // What leaves: `item` is what is kept, which holds no link.
        let mut leaving = item.clone();
        if let Some(facts) = facts {
            let mut about = self.ticket_of(&facts).await?;
            if let Some(about) = &mut about {
                // The link is issued to a person, who may be on call by now.
                self.name_on_call(&mut about.asked).await?;
            }
            link = about
                .as_ref()
                .and_then(|about| self.ticket_link(about, facts.event(), &item.mentions));
            let has_buttons = to.kind.is_bot() && asks(&facts);
            let reports = is_cause(facts.event());
            let words = self.words(facts, item, &to, link.as_ref()).await?;
            item.body = words.kept.unwrap_or_else(|| words.sent.text.clone());
            leaving.body = words.sent.text;
            (made, unused) = (words.sent.made, words.unused);
            let about = about.filter(|_| has_buttons);
            made.ticket = about.map(|about| (about.id, about.kind, about.state));
            if let Some(link) = &link {
                // A template says itself where it stands, and a card leads there.
                if !made.templated && made.ticket.is_none() {
                    let lang = target.lang.unwrap_or(self.renderer.lang);
                    item.body.push_str(&link.line(link.shown(), lang));
                    leaving.body.push_str(&link.line(link.url(), lang));
                }
                // A report leads to what it reports, a card to its buttons' ticket.
                if made.ticket.is_some() || !reports {
                    made.url = link.url().to_owned();
                }
            }
        }
        // The body that a template makes for a webhook has no place for it.
        let is_body = made.templated && to.kind == ChannelKind::Webhook;
        if item.kind == MessageKind::Text && !is_body {
            item.body = self.with_circumstances(std::mem::take(&mut item.body), item, target);
            leaving.body = self.with_circumstances(leaving.body, item, target);
        }
        if to.kind.is_bot() && !item.mentions.is_empty() {
            let ids = self.store.chat_ids(item.channel_id, &item.mentions).await;
            made.ids = ids.map_err(|error| unreadable("people cannot be read", &error))?;
        }
        if item.kind == MessageKind::Image {
            made.picture = self.picture(item).await?;
        }
        let sender = self.sender.by(&to.way, to.ca())?;
        let answer = sender.send(&to, &leaving, &made, self.clock.now()).await;
        let answer = match &link {
            Some(link) => link.hide_in(answer)?,
            None => answer?,
        };
        Ok(match unused {
            Some(fault) => {
                // Of JSON it is a place in the result, which no reader has.
                let is_json = matches!(fault.why, TemplateWhy::NotJson(_));
                let place = fault.place.filter(|_| !is_json);
                let place = place.map(|place| (place.line, place.column));
                with_built_in_words(&answer, item.event, place)
            }
            None => answer,
        })
    }

    /// A text with what was held back before it, and for which channel its own one stands in.
    fn with_circumstances(
        &self,
        mut body: String,
        item: &OutboxItem,
        target: &ChannelTarget,
    ) -> String {
        if let Some(stored) = &item.facts {
            self.renderer.add_held_back(&mut body, stored, target.lang);
        }
        match &item.stand_in {
            Some(stand_in) => {
                let (names, why) = (stand_in.names(), &stand_in.why);
                self.renderer.instead(body, &names, why, target.lang)
            }
            None => body,
        }
    }

    /// The picture that was uploaded in the place of the one that follows a message.
    async fn picture(&self, item: &OutboxItem) -> Result<Option<Vec<u8>>, SendError> {
        let wanted = picture::name_of(item.event, &item.body);
        let found = self
            .store
            .picture(&[wanted])
            .await
            .map_err(|error| unreadable("the picture of a message cannot be read", &error))?;
        Ok(found.map(|(_, bytes)| bytes))
    }

    /// Makes the words of a message: by the template of its channel, or the built-in ones, and then why the template
    /// was not used.
    async fn words(
        &self,
        facts: Facts,
        item: &OutboxItem,
        to: &Target,
        link: Option<&TicketLink>,
    ) -> Result<Words, SendError> {
        let (channel, event) = (item.channel_id, item.event);
        let named = item.template.as_deref();
        let template = self.store.template_for(channel, event, named).await;
        let template = template
            .map_err(|error| unreadable("the template of a message cannot be read", &error))?;
        let lang = to.lang.unwrap_or(self.renderer.lang);
        let brief = match facts.run() {
            Some(run) if to.settings.brief == OnOff::On && wants_brief(&facts) => {
                self.briefs.brief(run, lang).await
            }
            _ => None,
        };
        let renderer = self.renderer.for_kind(to.kind);
        let Some(template) = template else {
            return Ok(Words {
                sent: renderer.built_in(&facts, to.lang, brief.as_ref()),
                kept: None,
                unused: None,
            });
        };
        let (format, owners) = (to.format(), item.mentions.clone());
        let link = link.cloned();
        // A template may take a while, which no other work of this thread should wait for.
        let making = tokio::task::spawn_blocking(move || {
            let made = |link: Option<&str>| {
                let beside = RenderContext {
                    owners: &owners,
                    brief: brief.as_ref(),
                    link,
                };
                let body = template.body.as_str();
                renderer.by_template(&facts, (body, format), Some(lang), beside)
            };
            let built_in = || renderer.built_in(&facts, Some(lang), brief.as_ref());
            match made(link.as_ref().map(TicketLink::url)) {
                Ok(sent) => {
                    // A template can take the link apart, so the text is made once more without it.
                    let kept = link.as_ref().map(|link| {
                        made(Some(link.shown())).map_or_else(|_| built_in().text, |kept| kept.text)
                    });
                    let unused = None;
                    Words { sent, kept, unused }
                }
                Err(fault) => Words {
                    sent: built_in(),
                    kept: None,
                    unused: Some(fault),
                },
            }
        });
        let words = making
            .await
            .map_err(|error| unreadable("the words of a message were not made", &error))?;
        if let Some(why) = &words.unused {
            tracing::warn!(
                event = item.event.as_str(),
                %why,
                "a template cannot be used; the built-in words are sent"
            );
        }
        Ok(words)
    }
}

/// What keeps a message from being made, and may pass: the log has the error.
fn unreadable(what: &str, error: &(dyn std::error::Error + 'static)) -> SendError {
    tracing::error!(error, "{what}");
    SendError::Unreachable(NoAnswerReason::Unreadable.into())
}
