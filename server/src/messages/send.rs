//! One message to one channel, and what the answer to it means.

use std::time::Duration;

use app::i18n::Lang;
use app::id::ChannelId;
use app::message::{NoAnswer, NoAnswerReason};
use chrono::{DateTime, Utc};

use super::target::Target;
use super::vendor::{self, Answer, At, Chat, HttpRequest, Outgoing};
use super::words::MessageMeta;
use crate::chat::{Lines, PushError};
use crate::outbound::guard::Guard;
use crate::outbound::{
    ANSWER_KEPT, CONNECT, Egress, OutboundClient, RetryAfter, SendError, TIMEOUT, failure, smtp,
};
use crate::store::OutboxItem;
use crate::template::Format;
use crate::text::head;

/// Of an answer no more is read.
const ANSWER_MAX: usize = 64 * 1024;
/// Characters of a request that are shown to who tests a channel.
const SHOWN_MAX: usize = 4000;

/// Sends messages: the way out, and the language that marks where a text is cut.
#[derive(Clone, Debug)]
pub struct Sender {
    client: OutboundClient,
    lang: Lang,
    lines: Lines,
}

impl Sender {
    /// Sends through `client`, with the language of the messages.
    #[must_use]
    pub fn new(client: OutboundClient, lang: Lang) -> Self {
        Self {
            client,
            lang,
            lines: Lines::default(),
        }
    }

    /// The connections of bots.
    #[must_use]
    pub const fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The same by the way that a channel uses, which trusts the certificates in `ca`, too.
    ///
    /// # Errors
    /// When its proxy may not be called, or the TLS set-up fails.
    pub fn by(&self, way: &Egress, ca: &str) -> Result<Self, SendError> {
        Ok(Self {
            client: self.client.by(way, ca)?,
            lang: self.lang,
            lines: self.lines.clone(),
        })
    }

    /// What may be called by this way.
    #[must_use]
    pub fn guard(&self) -> &Guard {
        self.client.guard()
    }

    fn render(
        &self,
        to: &Target,
        item: &OutboxItem,
        made: &MessageMeta,
        now: DateTime<Utc>,
    ) -> Result<Outgoing, SendError> {
        let lang = to.lang.unwrap_or(self.lang);
        let at = At { now, lang, made };
        // The JSON of a template is checked to be JSON, which has no control characters in its texts.
        let is_json = made.templated && to.format() == Format::Json;
        let is_clean = !item
            .body
            .contains(|c: char| c.is_control() && c != '\n' && c != '\t');
        if is_json || is_clean {
            return vendor::of(to.kind).render(to, item, at);
        }
        let clean = OutboxItem {
            body: app::ansi::visible(&item.body),
            ..item.clone()
        };
        vendor::of(to.kind).render(to, &clean, at)
    }

    /// Sends a message; returns the answer of the service.
    ///
    /// # Errors
    /// When it was not taken.
    pub async fn send(
        &self,
        to: &Target,
        item: &OutboxItem,
        made: &MessageMeta,
        now: DateTime<Utc>,
    ) -> Result<String, SendError> {
        // Whether all of the answer came.
        let mut is_whole = true;
        let answer = match self.render(to, item, made, now)? {
            Outgoing::Nothing(why) => return Err(SendError::Refused(why.into())),
            Outgoing::Http(request) => {
                let (answer, whole) = self.request(request).await?;
                is_whole = whole;
                answer
            }
            Outgoing::Chat(chat) => return self.chat(to, item.channel_id, chat).await,
            Outgoing::Mail(server, mail) => {
                let reply =
                    smtp::deliver(self.guard(), self.client.trusted(), &server, &mail).await?;
                Answer {
                    status: reply.code,
                    retry_after: None,
                    words: reply.words,
                    expected: String::new(),
                }
            }
        };
        match verdict(to, answer) {
            // What would have said that it was taken may be in the part that did not come.
            Err(error @ SendError::Answer(..)) if !is_whole => {
                Err(SendError::Unanswered(Box::new(error)))
            }
            verdict => verdict,
        }
    }

    /// What is sent for a message at `now`, with everything masked that is a secret; empty where
    /// nothing can be made of it.
    #[must_use]
    pub fn preview(
        &self,
        to: &Target,
        item: &OutboxItem,
        made: &MessageMeta,
        now: DateTime<Utc>,
    ) -> String {
        let shown = match self.render(to, item, made, now) {
            Ok(Outgoing::Http(request)) => shown(&request),
            Ok(Outgoing::Chat(chat)) => format!("{}\n\n{}", to.shown(), chat.body),
            Ok(Outgoing::Mail(server, mail)) => {
                format!("{server}\n\n{}", String::from_utf8_lossy(&mail.bytes))
            }
            Ok(Outgoing::Nothing(_)) | Err(_) => String::new(),
        };
        head(&shown, SHOWN_MAX).to_owned()
    }

    /// Sends a message through a bot: without mentions where the vendor refuses them, and with what follows it.
    async fn chat(&self, to: &Target, channel: ChannelId, chat: Chat) -> Result<String, SendError> {
        let verdict = |answer| verdict(to, answer);
        let mut sent = self.through_bot(channel, chat.body).await.and_then(verdict);
        let is_refused = matches!(&sent, Err(SendError::Rejected(_)));
        if let Some(plain) = chat.plain.filter(|_| is_refused) {
            tracing::info!(
                channel.id = channel.0,
                "a message that mentions people is refused, and sent without mentions"
            );
            sent = self.through_bot(channel, plain).await.and_then(verdict);
        }
        let words = sent?;
        if let Some(after) = chat.after {
            let followed = self.through_bot(channel, after).await.and_then(verdict);
            // To send both again would ask twice.
            if let Err(error) = followed {
                tracing::warn!(
                    channel.id = channel.0,
                    error = &error as &dyn std::error::Error,
                    "people are not mentioned below a card"
                );
            }
        }
        Ok(words)
    }

    async fn through_bot(
        &self,
        channel: ChannelId,
        body: serde_json::Value,
    ) -> Result<Answer, SendError> {
        let answered = self.lines.push(channel, body).await;
        let answered = answered.map_err(|error| match error {
            PushError::Refused(_) => SendError::Rejected(error.to_string()),
            PushError::Unanswered(_) => {
                SendError::Unanswered(Box::new(SendError::Answer(error.to_string(), None)))
            }
            _ => SendError::Answer(error.to_string(), None),
        })?;
        Ok(Answer {
            status: answered.status,
            retry_after: answered.retry_after,
            words: answered.words,
            expected: String::new(),
        })
    }

    /// Sends a request; returns the answer, and whether all of it came.
    async fn request(&self, request: HttpRequest) -> Result<(Answer, bool), SendError> {
        let mut sending = self
            .client
            .request(request.method, &request.url)
            .await?
            .header(reqwest::header::CONTENT_TYPE, request.content_type);
        for (name, value) in &request.headers {
            sending = sending.header(name, value);
        }
        let mut response = sending
            .body(request.body)
            .send()
            .await
            .map_err(unreachable)?;
        let status = response.status().as_u16();
        let retry_after = RetryAfter::read(response.headers());
        let (mut bytes, mut is_whole) = (Vec::new(), true);
        while bytes.len() < ANSWER_MAX {
            match response.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break,
                // The status has decided already whether it was taken; sending it again because
                // the words behind it got lost would only repeat it.
                Err(error) => {
                    tracing::debug!(error = %error.without_url(), "the response was cut short");
                    is_whole = false;
                    break;
                }
            }
        }
        bytes.truncate(ANSWER_MAX);
        let answer = Answer {
            status,
            retry_after,
            words: String::from_utf8_lossy(&bytes).into_owned(),
            expected: String::new(),
        };
        Ok((answer, is_whole))
    }
}

/// What an answer means, without the secrets of the channel. It is read whole, since JSON that is cut means nothing:
/// Telegram and Feishu repeat the message in it. Only its start is kept.
fn verdict(to: &Target, mut answer: Answer) -> Result<String, SendError> {
    answer.words = to.hide(answer.words);
    answer.expected.clone_from(&to.settings.expect);
    match vendor::of(to.kind).verdict(answer) {
        Ok(words) => Ok(head(&words, ANSWER_KEPT).to_owned()),
        Err(error) => Err(shortened(error)),
    }
}

/// The same with the start of the other end's words, as much as is kept.
fn shortened(error: SendError) -> SendError {
    let start = |words: String| head(&words, ANSWER_KEPT).to_owned();
    match error {
        SendError::TooMany(words, asked) => SendError::TooMany(start(words), asked),
        SendError::Answer(words, asked) => SendError::Answer(start(words), asked),
        SendError::Rejected(words) => SendError::Rejected(start(words)),
        SendError::Unanswered(_) | SendError::Refused(_) | SendError::Unreachable(_) => error,
    }
}

/// Why a request got no answer: whether it has left follows from where it failed.
fn unreachable(error: reqwest::Error) -> SendError {
    let has_left = !error.is_connect() && !error.is_builder();
    let why = match (error.is_timeout(), has_left) {
        (true, true) => late(NoAnswerReason::NoAnswer, TIMEOUT),
        (true, false) => late(NoAnswerReason::NoConnection, CONNECT),
        (false, _) => failure(error).map_or_else(|failure| failure, SendError::from),
    };
    match why {
        why @ SendError::Unreachable(_) if has_left => SendError::Unanswered(Box::new(why)),
        why => why,
    }
}

fn late(why: NoAnswerReason, limit: Duration) -> SendError {
    SendError::Unreachable(NoAnswer::of(why, limit.as_secs()))
}

/// A request as people may see it.
fn shown(request: &HttpRequest) -> String {
    let mut text = format!(
        "{} {}\nContent-Type: {}\n",
        request.method, request.shown, request.content_type
    );
    for (name, value) in &request.headers {
        // The ID and the time help to find the request at the receiver.
        let value = match name.as_str() {
            "webhook-id" | "webhook-timestamp" => value,
            _ => "…",
        };
        text.push_str(&format!("{name}: {value}\n"));
    }
    let mut body = request.body.clone();
    for secret in request.hidden.iter().filter(|secret| !secret.is_empty()) {
        body = body.replace(secret.as_str(), "…");
    }
    format!("{text}\n{body}")
}
