//! Templates: the words of a channel's messages as people write them.

use serde::{Deserialize, Serialize};

use crate::id::{ChannelId, RunId, TaskId};
use crate::message::Event;
use crate::time::Stamp;

/// Stands for all events that have no template of their own, except digests.
pub const ALL_EVENTS: &str = "all";

/// A template of a channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Template {
    /// Whose words.
    pub channel_id: ChannelId,
    /// For which messages: the code of an event, or `all`.
    pub event: String,
    /// The template.
    pub body: String,
    /// When it was last changed.
    pub updated_at: Stamp,
}

/// Input for a template.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TemplateDraft {
    /// The template.
    pub body: String,
}

/// A template that is to be tried.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TemplateTrial {
    /// For which messages: the code of an event, or `all`; empty, that of the run's message, else `failed`.
    #[serde(default)]
    pub event: String,
    /// The template; absent, the stored one, or the built-in words.
    #[serde(default)]
    pub body: Option<String>,
    /// Whose last run it is tried with; absent, an example.
    #[serde(default)]
    pub task_id: Option<TaskId>,
    /// The run it is tried with.
    #[serde(default)]
    pub run_id: Option<RunId>,
}

/// What a template makes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TemplatePreview {
    /// The event of the message.
    pub event: String,
    /// The run it was tried with; `null` for an example.
    pub run_id: Option<RunId>,
    /// The whole text, or the JSON of a webhook.
    pub text: String,
    /// Its bytes.
    pub bytes: i64,
    /// The request as it would be sent, cut to the channel's limit, with the channel's secrets masked.
    pub sent: String,
}

/// A variable of templates.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TemplateVariable {
    /// Its name.
    pub name: String,
    /// What it holds, in the reader's language.
    pub meaning: String,
    /// An example, as a failed run has it; a list as JSON.
    pub example: String,
}

impl Template {
    /// The events that may have a template of their own.
    pub fn events() -> impl Iterator<Item = Event> {
        let all = Event::ALL.iter().copied();
        all.filter(|event| *event != Event::Test)
    }

    /// Whether the template for all events serves an event that has none of its own: digests are about many tasks.
    #[must_use]
    pub const fn is_shared(event: Event) -> bool {
        !matches!(event, Event::Test | Event::Digest | Event::Summary)
    }
}
