//! Templates: the words of a channel's messages as people write them.

use serde::{Deserialize, Serialize};

use crate::id::{ChannelId, RunId, TaskId};
use crate::message::Event;
use crate::time::Stamp;

/// Stands for all events that have no template of their own, except digests.
pub const ALL_EVENTS: &str = "all";

/// Stands before the name of a template that rules name, among the codes of events.
pub const NAMED: char = '@';
/// Characters of such a name: with the mark, no more than a code of an event may have.
pub const TEMPLATE_NAME_MAX: usize = 31;
/// Named templates of one channel.
pub const NAMED_TEMPLATES_MAX: u64 = 50;

/// Which messages of a channel a template is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TemplateKey {
    /// All events that have none of their own.
    All,
    /// An event.
    Event(Event),
    /// Those of rules that name it.
    Named(String),
}

impl TemplateKey {
    /// Reads `all`, the code of an event that may have a template, or `@` and a name.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text == ALL_EVENTS {
            return Some(Self::All);
        }
        if let Some(name) = text.strip_prefix(NAMED) {
            return is_template_name(name).then(|| Self::Named(name.to_owned()));
        }
        let event = Template::events().find(|event| event.as_str() == text);
        event.map(Self::Event)
    }

    /// The text that [`Self::read`] reads.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::All => ALL_EVENTS.to_owned(),
            Self::Event(event) => event.as_str().to_owned(),
            Self::Named(name) => format!("{NAMED}{name}"),
        }
    }

    /// Whether its messages may be about this event.
    #[must_use]
    pub fn covers(&self, event: Event) -> bool {
        match self {
            Self::All | Self::Named(_) => Template::is_shared(event),
            Self::Event(one) => *one == event,
        }
    }
}

/// Whether a template may have this name: 1 to 31 letters, digits, `-`, `_` and Chinese characters.
#[must_use]
pub fn is_template_name(name: &str) -> bool {
    // The unified ideographs of the basic plane, and those of extension A.
    let fits = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '-' | '_' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
    };
    (1..=TEMPLATE_NAME_MAX).contains(&name.chars().count()) && name.chars().all(fits)
}

/// A template of a channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Template {
    /// Whose words.
    pub channel_id: ChannelId,
    /// For which messages: the code of an event, `all`, or `@` and the name by which rules name it.
    pub event: String,
    /// The template.
    pub body: String,
    /// When it was last changed.
    pub updated_at: Stamp,
    /// Counts its changes. An edit that refers to an older one is refused.
    pub version: i64,
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
    /// For which messages: the code of an event; empty, `all` or `@` and a name, that of the run's message, else `failed`.
    #[serde(default)]
    pub event: String,
    /// The template; absent, the stored one (with `@` and a name, that one), or the built-in words.
    #[serde(default)]
    pub body: Option<String>,
    /// The name or the ID of the task whose last run it is tried with, in the place of `task_id`.
    #[serde(default)]
    pub task: String,
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
    /// The stored template that made it: the code of an event, `all`, or `@` and a name; `null` for the built-in words, and
    /// for a template that came with the request.
    pub template: Option<String>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_is_for_is_read_and_written_the_same() {
        for text in ["all", "failed", "digest", "@night", "@夜间-2_b", "@all"] {
            let key = TemplateKey::read(text).expect(text);
            assert_eq!(key.text(), text);
        }
        let longest = "夜".repeat(TEMPLATE_NAME_MAX);
        assert!(is_template_name(&longest));
        for text in [
            "",
            "@",
            "test",
            "nothing",
            "@a b",
            "@a/b",
            "@@a",
            "@é",
            "@\u{200b}",
            &format!("@{longest}x"),
        ] {
            assert_eq!(TemplateKey::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_named_template_is_for_what_one_for_all_events_is_for() {
        let named = TemplateKey::Named("night".to_owned());
        for event in Event::ALL {
            assert_eq!(named.covers(*event), TemplateKey::All.covers(*event));
        }
        assert!(!TemplateKey::Event(Event::Failed).covers(Event::Lost));
    }
}
