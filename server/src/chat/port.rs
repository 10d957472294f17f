//! What bots pass on, in plain values: the port that use cases plug into.

use app::i18n::Lang;
use app::id::ChannelId;
use async_trait::async_trait;

/// A button that a person pressed on a card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Press {
    /// The bot's channel.
    pub channel: ChannelId,
    /// The language of the channel; `None` for the server's.
    pub lang: Option<Lang>,
    /// The vendor's ID of the person.
    pub person: String,
    /// The vendor's ID of the event; the same event is passed on once.
    pub event: String,
    /// What the button carries.
    pub key: String,
    /// The ID of the card, as the bot made it.
    pub card: String,
}

/// A text that a person sent to the bot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncomingText {
    /// The bot's channel.
    pub channel: ChannelId,
    /// The language of the channel; `None` for the server's.
    pub lang: Option<Lang>,
    /// The vendor's ID of the person.
    pub person: String,
    /// The vendor's ID of the event; the same event is passed on once.
    pub event: String,
    /// The vendor's ID of the chat: a group's, or the person's own.
    pub chat: String,
    /// The text, without the mention of the bot.
    pub text: String,
}

/// Whose view of a card changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SeenBy {
    /// Everybody's.
    #[default]
    Everybody,
    /// That of the person who pressed: a refusal concerns no one else.
    Presser,
}

/// What a card shows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CardState {
    /// Its first line.
    pub title: String,
    /// Its text; empty for none.
    pub text: String,
    /// Where a click on it leads.
    pub url: String,
    /// What the link says, in chats whose cards have one; empty for none.
    pub link: String,
    /// Its buttons; none when there is nothing left to do.
    pub buttons: Vec<Button>,
    /// The people whom it mentions, so that their phones ring: the vendor's ID and the name of each.
    pub people: Vec<(String, String)>,
    /// Whose view changes.
    pub seen_by: SeenBy,
}

/// A button of a card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What a press carries; at most 1024 bytes.
    pub key: String,
}

/// What the bot answers to a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// Markdown.
    pub text: String,
}

/// What a bot says about its own work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChatNotice {
    /// A press is being acted on, and its outcome follows.
    Processing,
    /// The person, or the chat, writes too often.
    TooMany,
}

/// Acts on what people press and say.
#[async_trait]
pub trait ChatHandler: Send + Sync {
    /// Whether a person of a bot has an account to act as; without one nothing is done. True also when that cannot be found out.
    async fn is_known(&self, bot: ChannelId, person: &str) -> bool;
    /// Whether the bot may answer a text now, and if so counts the answer among its messages.
    async fn has_room(&self, bot: ChannelId) -> bool;
    /// A sentence in a language, as a card for one person; `None` for the server's language.
    fn notice(&self, notice: ChatNotice, lang: Option<Lang>) -> CardState;
    /// Acts on a button, and marks its event together with what it causes; the card shows what is returned. `None` for
    /// an event that was acted on before.
    async fn press(&self, press: Press) -> Option<CardState>;
    /// Acts on a text.
    async fn command(&self, said: IncomingText) -> Reply;
}
