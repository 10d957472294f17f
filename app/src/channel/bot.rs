//! Bots of chats: the connection of one, and the people who use it.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::ChannelKind;
use crate::id::{ChannelId, ChatPersonId};
use crate::time::Stamp;

/// People of chats with an account.
pub const CHAT_PEOPLE_MAX: usize = 2_000;

/// The state of a bot's long connection.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum BotState {
    /// There is none at present; it is tried again.
    #[default]
    Connecting,
    /// It is open.
    Connected,
    /// The vendor refuses the bot's ID or secret, or the address may not be called.
    Refused,
    /// Another client connected as the same bot.
    Replaced,
}

impl BotState {
    /// The word in the API and where it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl std::str::FromStr for BotState {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let all = Self::VARIANTS.iter().copied();
        all.into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// The long connection of a bot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct BotConnection {
    /// Its state.
    pub state: BotState,
    /// Why it is not open; empty while it is.
    pub why: String,
    /// Since when it is in this state.
    pub since: Stamp,
    /// The machine of the server that holds it; `null` while none does.
    pub host: Option<String>,
}

/// As whom a person acts in the chats of one bot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChatPerson {
    /// Its id.
    pub id: ChatPersonId,
    /// The bot.
    pub channel_id: ChannelId,
    /// The name of the bot's channel.
    pub channel: String,
    /// The kind of bot.
    pub vendor: ChannelKind,
    /// The vendor's ID of the person, which the bot's answer to an unknown person names.
    pub person: String,
    /// The name of the account; empty for a person without one, who answers tickets only.
    pub user: String,
    /// The name by which tasks and tickets know the person, as owners are named; empty for that of the account.
    pub owner: String,
    /// When it was added.
    pub created_at: Stamp,
}

/// Input for a person of a chat: an account, a name of an owner, or both.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ChatPersonDraft {
    /// The bot: the ID of its channel.
    pub channel_id: Option<i64>,
    /// The vendor's ID of the person.
    pub person: String,
    /// The name of the account; may be empty where there is an owner.
    pub user: String,
    /// The name by which tasks and tickets know the person; empty for that of the account.
    pub owner: String,
}
