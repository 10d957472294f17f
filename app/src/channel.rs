//! Notification channels (通知渠道).

mod bot;
mod settings;
mod template;

pub use bot::{BotConnection, BotState, CHAT_PEOPLE_MAX, ChatPerson, ChatPersonDraft};
pub use settings::{
    ChannelDetails, ChannelField, ChannelSettings, Encryption, Header, OnOff, TextFormat,
};
pub use template::{
    ALL_EVENTS, NAMED, NAMED_TEMPLATES_MAX, TEMPLATE_NAME_MAX, Template, TemplateDraft,
    TemplateKey, TemplatePreview, TemplateTrial, TemplateVariable, is_template_name,
};

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::i18n::Lang;
use crate::id::{ChannelId, TaskId};
use crate::time::Stamp;

/// The service behind a channel.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum ChannelKind {
    /// 企业微信群机器人: text, mention, image.
    #[default]
    Wecom,
    /// 钉钉群机器人: text and mentions, signed.
    Dingtalk,
    /// 飞书群机器人, and Lark: text and mentions, signed.
    Feishu,
    /// An incoming webhook of Slack.
    Slack,
    /// A bot of Telegram, in one chat.
    Telegram,
    /// A workflow of Microsoft Teams that posts what a webhook receives.
    Teams,
    /// E-mail through an SMTP server.
    Email,
    /// A JSON request to a URL of the user's.
    Webhook,
    /// 企业微信智能机器人: a bot with a long connection: Markdown, cards with buttons, commands.
    #[serde(rename = "wecom_bot")]
    #[strum(serialize = "wecom_bot")]
    WecomBot,
    /// 钉钉机器人 of an application with Stream: a bot with a long connection: Markdown, cards with buttons, commands.
    #[serde(rename = "dingtalk_bot")]
    #[strum(serialize = "dingtalk_bot")]
    DingtalkBot,
    /// 飞书机器人 (Lark's too) of an application with a long connection: cards with buttons, commands.
    #[serde(rename = "feishu_bot")]
    #[strum(serialize = "feishu_bot")]
    FeishuBot,
}

impl ChannelKind {
    /// All kinds, as forms and documents list them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The settings that this kind has besides its URL.
    #[must_use]
    pub const fn fields(self) -> &'static [ChannelField] {
        use ChannelField as F;
        match self {
            Self::Wecom => &[F::Format, F::Brief],
            Self::WecomBot => &[F::Bot, F::Secret, F::Chat, F::Format, F::Brief],
            Self::DingtalkBot | Self::FeishuBot => &[F::Bot, F::Secret, F::Chat, F::Brief],
            Self::Teams => &[F::Brief],
            Self::Slack => &[F::Ca, F::Brief],
            Self::Dingtalk | Self::Feishu => &[F::Secret, F::Brief],
            Self::Telegram => &[F::Secret, F::Chat, F::Ca, F::Brief],
            Self::Email => &[F::From, F::To, F::User, F::Secret, F::Tls, F::Ca, F::Brief],
            Self::Webhook => &[F::Method, F::Headers, F::Secret, F::Expect, F::Ca, F::Brief],
        }
    }

    /// Whether it is a bot with a long connection, which people press buttons of and send commands to.
    #[must_use]
    pub const fn is_bot(self) -> bool {
        matches!(self, Self::WecomBot | Self::DingtalkBot | Self::FeishuBot)
    }

    /// Whether it takes the pictures that follow messages. To the other kinds none is sent.
    #[must_use]
    pub const fn takes_pictures(self) -> bool {
        matches!(self, Self::Wecom | Self::Webhook)
    }

    /// Whether this kind has a setting.
    #[must_use]
    pub fn has(self, field: ChannelField) -> bool {
        self.fields().contains(&field)
    }
}

impl std::str::FromStr for ChannelKind {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .copied()
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
    /// The kind of service that messages go to.
    pub kind: ChannelKind,
    /// Where messages go: `https://…`; for e-mail `smtp://HOST[:PORT]` or `smtps://HOST[:PORT]`; for
    /// Telegram the address of a Bot API server of one's own, or empty. It is a secret, since for most
    /// kinds it is all that is needed to post. Empty, a stored one stays.
    #[serde(default)]
    pub url: String,
    /// The proxy that its messages go through: empty as the server's settings say, `direct` for
    /// none, or `http://[USER:PASSWORD@]HOST:PORT`. Absent, a stored one stays.
    #[serde(default)]
    pub proxy: Option<String>,
    /// The language of its messages: `zh`, `en`, or empty for that of the server's settings. Absent, a
    /// stored one stays; so does each of the settings below.
    #[serde(default)]
    pub lang: Option<String>,
    /// DingTalk, Feishu, webhook: the secret that requests are signed with. Telegram: the bot's token.
    /// E-mail: the password. A bot with a long connection: its secret.
    #[serde(default)]
    pub secret: Option<String>,
    /// A bot with a long connection: its ID.
    #[serde(default)]
    pub bot: Option<String>,
    /// Telegram: the ID of the chat, or `@name` of a public channel. A bot with a long connection: the ID of a group's
    /// chat, or the ID of a person; empty where it sends no messages.
    #[serde(default)]
    pub chat: Option<String>,
    /// Webhook: `POST` (also when empty) or `PUT`.
    #[serde(default)]
    pub method: Option<String>,
    /// Webhook: headers that are sent along, each as `Name: value`; up to ten.
    #[serde(default)]
    pub headers: Option<Vec<String>>,
    /// Webhook: what the answer of a receiver that took the message holds: a text, or a JSON object whose fields it has;
    /// empty where its status decides.
    #[serde(default)]
    pub expect: Option<String>,
    /// E-mail: the user name at the SMTP server; empty for none.
    #[serde(default)]
    pub user: Option<String>,
    /// E-mail: the sender, `ops@example.com` or `Ops <ops@example.com>`.
    #[serde(default)]
    pub from: Option<String>,
    /// E-mail: the recipients; up to 50.
    #[serde(default)]
    pub to: Option<Vec<String>>,
    /// E-mail: `starttls` (also when empty), `tls` from the start, or `none`.
    #[serde(default)]
    pub tls: Option<String>,
    /// E-mail, webhook, Slack, Telegram: certificates in PEM of a CA that is trusted for its server besides the system's
    /// and those of the server's settings.
    #[serde(default)]
    pub ca: Option<String>,
    /// WeCom: what texts are sent as: `text` (also when empty), `markdown`, `news` or `template_card`.
    #[serde(default)]
    pub format: Option<String>,
    /// Whether messages about failures hold the failure brief: `on` (also when empty) or `off`.
    #[serde(default)]
    pub brief: Option<String>,
    /// The name of the channel that gets a message when this one has given it up; empty for none. Absent, a
    /// stored one stays.
    #[serde(default)]
    pub fallback: Option<String>,
}

/// A channel as everything outside sees it: the URL is masked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Counts its changes; also the `ETag`.
    #[serde(default)]
    pub version: i64,
    /// Unique name.
    pub name: String,
    /// The kind of service that messages go to.
    pub kind: ChannelKind,
    /// Scheme and host, then `…` and the last four characters.
    pub url_masked: String,
    /// The proxy that its messages go through, without user and password; `direct` for none, `null`
    /// as the server's settings say.
    #[serde(default)]
    pub proxy: Option<String>,
    /// The language of its messages; `null` for that of the server's settings.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>))]
    pub lang: Option<Lang>,
    /// Its other settings, without the secrets among them.
    #[serde(default)]
    pub settings: ChannelDetails,
    /// A bot's long connection; `null` for other kinds, and before a server first held it.
    #[serde(default)]
    pub connection: Option<BotConnection>,
    /// The task that it was made for, which alone may use it; `null` for a shared one.
    #[serde(default)]
    pub task_id: Option<TaskId>,
    /// The channel that gets a message when this one has given it up.
    #[serde(default)]
    pub fallback_id: Option<ChannelId>,
    /// The name of that channel.
    #[serde(default)]
    pub fallback: Option<String>,
    /// When it was added.
    pub created_at: Stamp,
    /// How many tasks send here.
    pub tasks: i64,
    /// How many rules name it.
    #[serde(default)]
    pub rules: i64,
    /// Messages waiting to be sent.
    pub pending: i64,
    /// Messages given up on.
    pub dead: i64,
    /// The last answer of the service.
    pub last_answer: Option<String>,
    /// Since when it accepts no messages; `null` while it does.
    pub failing_since: Option<Stamp>,
    /// Whether it refuses for good (its robot was removed, say), and not only for now.
    pub refuses: bool,
}

impl Channel {
    /// Whether this task may use it; `None` for what is no single task.
    #[must_use]
    pub fn serves(&self, task: Option<TaskId>) -> bool {
        self.task_id.is_none() || self.task_id == task
    }
}

/// What a test message got for an answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChannelTest {
    /// Whether the service accepted it.
    pub ok: bool,
    /// Its own words.
    pub answer: String,
    /// The request as it was sent, its secrets masked; empty when none could be made.
    #[serde(default)]
    pub sent: String,
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
    /// The name of that channel; `None` where it was deleted.
    #[serde(default)]
    pub channel: Option<String>,
    /// The text as it is sent; empty for a picture.
    pub text: String,
    /// Attempts made so far.
    pub attempts: i32,
    /// The last answer of the service.
    pub last_answer: Option<String>,
    /// When it was caused.
    pub created_at: Stamp,
    /// When it was taken by the other end.
    pub sent_at: Option<Stamp>,
    /// Whether it may have been delivered twice, as [`crate::message::Message::maybe_twice`] has it.
    #[serde(default)]
    pub maybe_twice: bool,
}
