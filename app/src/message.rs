//! Chat messages: their events and states.

mod listing;
mod state;

pub use listing::{Message, MessageQuery};
pub use state::{MessageState, MessageStep};

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::i18n::Lang;
use crate::transition::Word;

/// What happened. Its code is stored with a message, sent to webhooks and listed in
/// `docs/API.md`; composing, pages and documents all use this list.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// A task was created (建单通知).
    Created,
    /// A reminder of a task in message mode is due.
    Reminder,
    /// A run of a task in message + command mode succeeded.
    Completed,
    /// A task is being chased (催单).
    Urge,
    /// A run failed, timed out or could not be started.
    Failed,
    /// A run was stopped by a person or by shutdown.
    Stopped,
    /// The server died during a run.
    Lost,
    /// A run has exceeded its soft limit and continues.
    TooLong,
    /// A person tests a channel.
    Test,
    /// Several messages of a channel as one, since its vendor takes no more of them.
    Digest,
}

/// What a message of the outbox consists of.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MessageKind {
    /// Words.
    Text,
    /// A picture, which follows the text before it.
    Image,
}

impl MessageKind {
    /// The code used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Event {
    /// All events.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The code used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether such a message asks people for something, rather than reporting what happened. After
    /// the close of its task it is not sent any more.
    #[must_use]
    pub const fn asks(self) -> bool {
        match self {
            Self::Failed | Self::Lost | Self::TooLong | Self::Digest => false,
            Self::Created
            | Self::Reminder
            | Self::Completed
            | Self::Urge
            | Self::Stopped
            | Self::Test => true,
        }
    }

    /// Whether the main channel of a task gets it where no rule says otherwise.
    #[must_use]
    pub const fn is_default(self) -> bool {
        match self {
            Self::Created
            | Self::Reminder
            | Self::Completed
            | Self::Urge
            | Self::Failed
            | Self::Stopped
            | Self::Lost
            | Self::TooLong => true,
            // They are sent to a channel, and no rule chooses it.
            Self::Test | Self::Digest => false,
        }
    }

    /// Whether rules may name it: a channel for any other is chosen in another way.
    #[must_use]
    pub const fn is_routed(self) -> bool {
        !matches!(self, Self::Test | Self::Digest)
    }

    /// Whether it reports that a run went wrong: rules may wait for several consecutive ones, and may
    /// send them in quiet hours.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Lost)
    }

    /// Whether a rule may hold back repetitions of it. What asks for something is no
    /// repetition, and the run of a message waits for it.
    #[must_use]
    pub const fn may_repeat(self) -> bool {
        !matches!(
            self,
            Self::Created | Self::Reminder | Self::Completed | Self::Urge
        )
    }

    /// The start of a message's text.
    #[must_use]
    pub const fn title(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::Created) => "【建单通知】",
            (Lang::Zh, Self::Reminder) => "【提醒】",
            (Lang::Zh, Self::Completed) => "【执行完成】",
            (Lang::Zh, Self::Urge) => "【催单】",
            (Lang::Zh, Self::Failed) => "【执行失败】",
            (Lang::Zh, Self::Stopped) => "【已停止】",
            (Lang::Zh, Self::Lost) => "【执行丢失】",
            (Lang::Zh, Self::TooLong) => "【执行过久】",
            (Lang::Zh, Self::Test) => "【测试】",
            (Lang::Zh, Self::Digest) => "【消息汇总】",
            (Lang::En, Self::Created) => "[New task] ",
            (Lang::En, Self::Reminder) => "[Reminder] ",
            (Lang::En, Self::Completed) => "[Completed] ",
            (Lang::En, Self::Urge) => "[Urge] ",
            (Lang::En, Self::Failed) => "[Failed] ",
            (Lang::En, Self::Stopped) => "[Stopped] ",
            (Lang::En, Self::Lost) => "[Run lost] ",
            (Lang::En, Self::TooLong) => "[Running long] ",
            (Lang::En, Self::Test) => "[Test] ",
            (Lang::En, Self::Digest) => "[Digest] ",
        }
    }

    /// The name of such a message on pages.
    #[must_use]
    pub const fn words(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::Created) => "建单通知",
            (Lang::Zh, Self::Reminder) => "提醒",
            (Lang::Zh, Self::Completed) => "执行完成",
            (Lang::Zh, Self::Urge) => "催单",
            (Lang::Zh, Self::Failed) => "执行失败",
            (Lang::Zh, Self::Stopped) => "执行被停止",
            (Lang::Zh, Self::Lost) => "执行丢失",
            (Lang::Zh, Self::TooLong) => "执行过久",
            (Lang::Zh, Self::Test) => "测试",
            (Lang::Zh, Self::Digest) => "消息汇总",
            (Lang::En, Self::Created) => "New task",
            (Lang::En, Self::Reminder) => "Reminder",
            (Lang::En, Self::Completed) => "Run completed",
            (Lang::En, Self::Urge) => "Chase",
            (Lang::En, Self::Failed) => "Run failed",
            (Lang::En, Self::Stopped) => "Run stopped",
            (Lang::En, Self::Lost) => "Run lost",
            (Lang::En, Self::TooLong) => "Running long",
            (Lang::En, Self::Test) => "Test",
            (Lang::En, Self::Digest) => "Digest",
        }
    }

    /// The name for a stored code; a code of another version is shown as it is.
    #[must_use]
    pub fn text(code: &str, lang: Lang) -> String {
        Self::read(code)
            .map_or(code, |event| event.words(lang))
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_words_in_both_languages_and_stands_in_the_documents() {
        let document = include_str!("../../docs/API.md");
        for event in Event::ALL.iter().copied() {
            let code = event.as_str();
            assert_eq!(Event::read(code), Some(event));
            assert!(code.len() <= 32, "{code}: the column's length");
            assert!(
                document.contains(&format!("`{code}`")),
                "docs/API.md does not name {code}"
            );
            for lang in [Lang::Zh, Lang::En] {
                let words = Event::text(code, lang);
                assert!(!words.is_empty() && words != code, "{code}");
                assert!(!event.title(lang).trim().is_empty(), "{code}");
            }
            let zh = event.words(Lang::Zh);
            assert!(zh.chars().all(|c| !c.is_ascii()), "{zh}");
            assert!(event.words(Lang::En).is_ascii());
        }
        assert_eq!(
            Event::text("of_another_version", Lang::En),
            "of_another_version"
        );
    }
}
