//! The words of a message for its channel: those of its template, or the built-in ones.

use std::collections::BTreeMap;

use app::channel::ChannelKind;
use app::channel::TextFormat;
use app::i18n::Lang;
use app::id::{RunId, TicketId};
use app::routes;
use app::run::brief::Brief;
use app::ticket::{TicketKind, TicketState};
use async_trait::async_trait;

use super::render::{RenderContext, Renderer};
use super::target::Target;
use crate::facts::Facts;
use crate::template::{Format, TemplateFault, render};

/// Makes briefs of failures. The use cases do; messages only ask.
#[async_trait]
pub trait Briefs: Send + Sync {
    /// The brief of a run in a language; `None` where it cannot be made soon enough.
    async fn brief(&self, run: RunId, lang: Lang) -> Option<Brief>;
}

/// What is known of a message besides its text.
#[derive(Clone, Debug, Default)]
pub struct MessageMeta {
    /// Whether a template made the text: then it is in the format of its channel already.
    pub templated: bool,
    /// Where a click on it leads; empty for nowhere.
    pub url: String,
    /// The failure brief, as a webhook gets it.
    pub brief: Option<serde_json::Value>,
    /// The picture that was uploaded in the place of the built-in one.
    pub picture: Option<Vec<u8>>,
    /// The ticket that it asks for, where its card has buttons.
    pub ticket: Option<(TicketId, TicketKind, TicketState)>,
    /// Of the people to mention, the IDs of those whom the bot knows, by name.
    pub ids: BTreeMap<String, String>,
}

/// A message in words.
#[derive(Clone, Debug)]
pub struct RenderedMessage {
    /// The text, or the JSON of a webhook.
    pub text: String,
    /// What else is known of it.
    pub made: MessageMeta,
}

impl Target {
    /// What templates make for it.
    #[must_use]
    pub fn format(&self) -> Format {
        match (self.kind, self.settings.format) {
            (ChannelKind::Webhook, _) if self.takes_json() => Format::Json,
            (ChannelKind::Wecom, TextFormat::Markdown) => Format::Markdown,
            (ChannelKind::WecomBot, TextFormat::Text | TextFormat::Markdown)
            | (ChannelKind::DingtalkBot, _) => Format::Markdown,
            _ => Format::Text,
        }
    }
}

impl Renderer {
    /// A message in the built-in words.
    #[must_use]
    pub fn built_in(
        &self,
        facts: &Facts,
        lang: Option<Lang>,
        brief: Option<&Brief>,
    ) -> RenderedMessage {
        let path = match facts {
            Facts::Created { task, .. }
            | Facts::Task {
                task, run: None, ..
            } => routes::task(task.id),
            Facts::System { .. } => routes::NODES.to_owned(),
            Facts::Summary(_) => routes::OVERVIEW.to_owned(),
            Facts::Digest(_) => routes::MESSAGES.to_owned(),
            _ => facts
                .run()
                .map_or_else(|| routes::MESSAGES.to_owned(), routes::run),
        };
        RenderedMessage {
            text: self.text_with(facts, lang, brief),
            made: MessageMeta {
                templated: false,
                url: format!("{}{path}", self.base_url),
                brief: brief.and_then(|brief| serde_json::to_value(brief).ok()),
                picture: None,
                ticket: None,
                ids: BTreeMap::new(),
            },
        }
    }

    /// A message in the words of a template.
    ///
    /// # Errors
    /// When the template cannot be rendered, or makes what the channel does not take.
    pub fn by_template(
        &self,
        facts: &Facts,
        (template, format): (&str, Format),
        lang: Option<Lang>,
        beside: RenderContext<'_>,
    ) -> Result<RenderedMessage, TemplateFault> {
        let variables = self.variables(facts, lang, beside);
        let text = render(template, format, &variables)?;
        let mut worded = self.built_in(facts, lang, beside.brief);
        worded.text = text;
        worded.made.templated = true;
        Ok(worded)
    }
}
