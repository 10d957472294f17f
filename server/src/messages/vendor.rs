//! The services behind channels: one file each, behind one trait.
//!
//! A vendor knows what fits into a message, makes the request for one, and reads the answer. It sends
//! nothing and asks no clock: time is passed in, since signatures hold it.

mod answer;
mod bot_card;
mod dingtalk;
mod dingtalk_bot;
pub(crate) mod email;
mod feishu;
mod feishu_bot;
mod fit;
mod mention;
pub(crate) mod sign;
mod slack;
mod teams;
pub(crate) mod telegram;
mod webhook;
mod wecom;
mod wecom_bot;

pub(in crate::messages) use answer::Answer;

use std::borrow::Cow;

use app::channel::{ChannelKind, TextFormat};
use app::i18n::Lang;
use app::message::NoAnswerReason;
use chrono::{DateTime, Utc};
use reqwest::Method;

use super::render::NAMED_MIN;
use super::target::Target;
use super::words::MessageMeta;
use crate::outbound::smtp::{Mail, SmtpServer};
use crate::outbound::{RetryAfter, SendError};
use crate::store::{OutboxItem, Rate};
use crate::text::cut;

/// Texts that are shorter name as few tasks as the shortest one: Markdown may double them.
const LONG_TEXT: usize = 10_000;
/// Bytes of names that people still read through: a hundred tasks.
const NAMED_MAX: usize = 12_000;

/// What a vendor takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Limits {
    /// Bytes of a text, at most; the vendor's file says how its own unit relates to them.
    pub(super) text_max: usize,
    /// How many messages in a minute and in a second; `None` without a limit that is known.
    pub(super) rate: Option<Rate>,
}

/// When and in which language a message is made, and what is known of it besides its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    /// Now; signatures hold it.
    pub(super) now: DateTime<Utc>,
    /// The language of the channel.
    pub(super) lang: Lang,
    /// How its words were made.
    pub(super) made: &'a MessageMeta,
}

/// What leaves for a message.
#[derive(Debug)]
pub(super) enum Outgoing {
    /// An HTTP request.
    Http(HttpRequest),
    /// An e-mail, and the server that takes it.
    Mail(Box<SmtpServer>, Mail),
    /// A message through the bot's connection.
    Chat(Chat),
    /// Nothing: the vendor has no place for it, as for a picture.
    Nothing(NoAnswerReason),
}

/// What goes through the connection of a bot.
#[derive(Debug, Default)]
pub(super) struct Chat {
    /// The message.
    pub(super) body: serde_json::Value,
    /// The same without mentions, sent where the vendor refuses them: a person may have left the group.
    pub(super) plain: Option<serde_json::Value>,
    /// What follows it, where it cannot mention people itself. The message counts as sent without it.
    pub(super) after: Option<serde_json::Value>,
}

impl From<serde_json::Value> for Chat {
    fn from(body: serde_json::Value) -> Self {
        Self {
            body,
            ..Self::default()
        }
    }
}

/// A request with a JSON body.
pub(super) struct HttpRequest {
    pub(super) method: Method,
    pub(super) url: String,
    /// The URL as people may see it.
    pub(super) shown: String,
    /// `Content-Type`.
    pub(super) content_type: String,
    /// Headers besides that.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// Parts of the body that are secrets: signatures.
    pub(super) hidden: Vec<String>,
}

impl std::fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl HttpRequest {
    /// A POST of `body` to a channel's URL.
    fn post(to: &Target, url: String, body: &serde_json::Value) -> Self {
        Self {
            method: Method::POST,
            url,
            shown: to.shown(),
            content_type: "application/json".to_owned(),
            headers: Vec::new(),
            body: body.to_string(),
            hidden: Vec::new(),
        }
    }
}

/// A service behind channels.
pub(super) trait Vendor: Sync {
    /// What it takes.
    fn limits(&self) -> Limits;

    /// Bytes that names of tasks may fill in a message about several of them: half of what a text has room for beyond the
    /// smallest one, since what an encoding adds to it is not known before.
    fn named_max(&self) -> usize {
        let text_max = self.limits().text_max;
        match text_max {
            ..LONG_TEXT => NAMED_MIN,
            _ => (NAMED_MIN + (text_max - NAMED_MIN) / 2).min(NAMED_MAX),
        }
    }

    /// The request for a message.
    ///
    /// # Errors
    /// When a setting is missing or unusable; trying again does not help.
    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError>;

    /// Whether a text in a format mentions a name, as it is written: others are shown by name.
    fn knows(&self, _name: &str, _format: TextFormat) -> bool {
        true
    }

    /// What an answer means; `Ok` holds the vendor's words for a message that it took.
    ///
    /// # Errors
    /// When it was not taken: for good, for now, or because there were too many.
    fn verdict(&self, answer: Answer) -> Result<String, SendError>;
}

/// The vendor of a kind.
pub(super) fn of(kind: ChannelKind) -> &'static dyn Vendor {
    match kind {
        ChannelKind::Wecom => &wecom::Wecom,
        ChannelKind::WecomBot => &wecom_bot::WecomBot,
        ChannelKind::DingtalkBot => &dingtalk_bot::DingtalkBot,
        ChannelKind::FeishuBot => &feishu_bot::FeishuBot,
        ChannelKind::Dingtalk => &dingtalk::Dingtalk,
        ChannelKind::Feishu => &feishu::Feishu,
        ChannelKind::Slack => &slack::Slack,
        ChannelKind::Telegram => &telegram::Telegram,
        ChannelKind::Teams => &teams::Teams,
        ChannelKind::Email => &email::Email,
        ChannelKind::Webhook => &webhook::Webhook,
    }
}

/// How many messages a channel of a kind takes in any minute; `None` without a limit.
#[must_use]
pub(crate) fn rate(kind: ChannelKind) -> Option<Rate> {
    of(kind).limits().rate
}

/// Bytes that names of tasks may fill in a message to a channel of a kind that is about several of them.
#[must_use]
pub(super) fn named_max(kind: ChannelKind) -> usize {
    of(kind).named_max()
}

/// A text as a channel of a kind sends it: cut to what fits.
#[must_use]
pub(crate) fn shown_text(kind: ChannelKind, text: &str, lang: Lang) -> Cow<'_, str> {
    cut(text, of(kind).limits().text_max, lang)
}

/// The people of these whom a channel of a kind cannot mention in a format, since they are not written as its service
/// has them there.
#[must_use]
pub(crate) fn not_mentioned(
    kind: ChannelKind,
    format: TextFormat,
    names: &[String],
) -> Vec<String> {
    let vendor = of(kind);
    let unknown = names.iter().filter(|name| !vendor.knows(name, format));
    unknown.cloned().collect()
}

/// A pause of so many seconds that a vendor's document states, where the answer names none.
fn pause(asked: Option<RetryAfter>, seconds: u64) -> Option<RetryAfter> {
    asked.or(Some(RetryAfter::Seconds(seconds)))
}

#[cfg(test)]
mod tests;
