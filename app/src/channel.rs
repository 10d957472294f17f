//! Notification channels (通知渠道).

use serde::{Deserialize, Serialize};

use crate::id::ChannelId;
use crate::time::Stamp;

/// What stands at the other end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// 企业微信群机器人: text, mention, image.
    #[default]
    Wecom,
    /// A JSON POST to a URL of the user's.
    Webhook,
}

impl ChannelKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Wecom, Self::Webhook];

    /// The name used in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wecom => "wecom",
            Self::Webhook => "webhook",
        }
    }
}

impl std::str::FromStr for ChannelKind {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(())
    }
}

/// The way out by no proxy, as [`ChannelDraft::proxy`] has it.
pub const DIRECT: &str = "direct";

/// Input for a channel.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChannelDraft {
    /// Unique name.
    pub name: String,
    /// What stands at the other end.
    pub kind: ChannelKind,
    /// `https://…`; a secret, since it is all that is needed to post.
    pub url: String,
    /// The proxy that its messages go through: empty as the server's settings say, `direct` for
    /// none, or `http://[USER:PASSWORD@]HOST:PORT`. Absent, a stored one stays.
    #[serde(default)]
    pub proxy: Option<String>,
}

/// A channel as everything outside sees it: the URL is masked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Unique name.
    pub name: String,
    /// What stands at the other end.
    pub kind: ChannelKind,
    /// Scheme and host, then `…` and the last four characters.
    pub url_masked: String,
    /// The proxy that its messages go through, without user and password; `direct` for none, `null`
    /// as the server's settings say.
    #[serde(default)]
    pub proxy: Option<String>,
    /// When it was added.
    pub created_at: Stamp,
    /// How many tasks send here.
    pub tasks: i64,
    /// Messages waiting to be sent.
    pub pending: i64,
    /// Messages given up on.
    pub dead: i64,
    /// What the other end said last.
    pub last_answer: Option<String>,
    /// Since when it accepts no messages; `null` while it does.
    pub failing_since: Option<Stamp>,
    /// Whether it refuses for good (its robot was removed, say), and not only for now.
    pub refuses: bool,
}

/// What a test message got for an answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChannelTest {
    /// Whether the other end took it.
    pub ok: bool,
    /// Its own words.
    pub answer: String,
}

/// A message as the pages show it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MessageRow {
    /// Its id.
    pub id: crate::id::MessageId,
    /// How it stands.
    pub state: crate::message::MessageState,
    /// `text` or `image`.
    pub kind: String,
    /// Event that caused it: a code of [`crate::message::Event`].
    pub event: String,
    /// Where it goes.
    pub channel_id: ChannelId,
    /// The text as it is sent; empty for a picture.
    pub text: String,
    /// Attempts made so far.
    pub attempts: i32,
    /// What the other end said last.
    pub last_answer: Option<String>,
    /// When it was caused.
    pub created_at: Stamp,
    /// When it was taken by the other end.
    pub sent_at: Option<Stamp>,
}
