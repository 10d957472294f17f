//! One request to one channel, and what its answer means.

use std::time::Duration;

use app::channel::ChannelKind;
use app::time::Stamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::guard::{Guard, Refusal};
use super::picture;
use super::proxy::OutboundProxy;
use crate::store::OutboxItem;

/// A vendor that takes longer does not get the message now.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Of an answer no more is read.
const ANSWER_MAX: usize = 64 * 1024;
/// Of an answer no more is kept.
const ANSWER_KEPT: usize = 500;
/// Bytes of a WeCom text (developer document 91770).
pub const WECOM_TEXT_MAX: usize = 2048;
/// WeCom: "api freq out of limit".
const WECOM_TOO_MANY: i64 = 45009;

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It must not be sent there, now or later.
    #[error("{0}")]
    Refused(String),
    /// The other end could not be reached in time.
    #[error("{0}")]
    Unreachable(String),
    /// The other end wants fewer messages.
    #[error("{0}")]
    TooMany(String),
    /// The other end said no.
    #[error("{0}")]
    Answer(String),
}

impl SendError {
    /// Whether trying again is useless.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

/// The way out, with its guard.
#[derive(Clone, Debug)]
pub struct Sender {
    client: reqwest::Client,
    guard: Guard,
}

impl Sender {
    /// A client that follows no redirect, connects to checked addresses only, and uses no proxy
    /// but the one of the settings.
    ///
    /// # Errors
    /// When the TLS set-up fails.
    pub fn new(guard: Guard, proxy: Option<&OutboundProxy>) -> Result<Self, reqwest::Error> {
        let builder = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(guard.clone())
            .user_agent(concat!("jcrontab/", env!("CARGO_PKG_VERSION")));
        let builder = match proxy {
            Some(proxy) => builder.proxy(proxy.for_client()?),
            None => builder,
        };
        let client = builder.build()?;
        Ok(Self { client, guard })
    }

    /// Sends a message; gives the other end's own words.
    ///
    /// # Errors
    /// When it was not taken.
    pub async fn send(
        &self,
        kind: ChannelKind,
        url: &str,
        item: &OutboxItem,
    ) -> Result<String, SendError> {
        match kind {
            ChannelKind::Wecom => self.wecom(url, &wecom_body(item)).await,
            ChannelKind::Webhook => self.webhook(url, &webhook_body(item)).await,
        }
    }

    /// A request to an address that may be called, for who sets limits of its own.
    ///
    /// # Errors
    /// When it may not be called. Without a proxy a name is looked up, and checked, only when it
    /// is sent.
    pub async fn request(
        &self,
        method: reqwest::Method,
        url: &str,
    ) -> Result<reqwest::RequestBuilder, Refusal> {
        let url = self.guard.parse(url)?;
        self.guard.admit(&url).await?;
        Ok(self.client.request(method, url))
    }

    async fn wecom(&self, url: &str, body: &Value) -> Result<String, SendError> {
        let (status, words) = self.post(url, body).await?;
        if !status.is_success() {
            return Err(SendError::Answer(format!(
                "HTTP {}: {words}",
                status.as_u16()
            )));
        }
        // HTTP 200 says nothing: the verdict is in the body.
        let code = serde_json::from_str::<Value>(&words)
            .ok()
            .and_then(|answer| answer.get("errcode")?.as_i64());
        match code {
            Some(0) => Ok(words),
            Some(WECOM_TOO_MANY) => Err(SendError::TooMany(words)),
            _ => Err(SendError::Answer(words)),
        }
    }

    async fn webhook(&self, url: &str, body: &Value) -> Result<String, SendError> {
        let (status, words) = self.post(url, body).await?;
        let answer = format!("HTTP {} {words}", status.as_u16())
            .trim()
            .to_owned();
        match status.as_u16() {
            200..=299 => Ok(answer),
            429 => Err(SendError::TooMany(answer)),
            _ => Err(SendError::Answer(answer)),
        }
    }

    async fn post(
        &self,
        url: &str,
        body: &Value,
    ) -> Result<(reqwest::StatusCode, String), SendError> {
        let request = self
            .request(reqwest::Method::POST, url)
            .await
            .map_err(|refusal| SendError::Refused(refusal.to_string()))?;
        let mut response = request.json(body).send().await.map_err(unreachable)?;
        let status = response.status();
        let mut bytes = Vec::new();
        while bytes.len() < ANSWER_MAX {
            match response.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break,
                // The status has decided already whether it was taken; sending it again because
                // the words behind it got lost would only repeat it.
                Err(error) => {
                    tracing::debug!(error = %error.without_url(), "the answer broke off");
                    break;
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        Ok((status, text.chars().take(ANSWER_KEPT).collect()))
    }
}

fn unreachable(error: reqwest::Error) -> SendError {
    if error.is_timeout() {
        return SendError::Unreachable(format!("no answer within {} s", TIMEOUT.as_secs()));
    }
    failure(error).map_or_else(
        |failure| failure,
        |refusal| SendError::Refused(refusal.to_string()),
    )
}

/// Why a request came to nothing: the guard's refusal, or the cause without the URL, which is a
/// secret.
pub(crate) fn failure(error: reqwest::Error) -> Result<Refusal, SendError> {
    let error = error.without_url();
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(inner) = cause {
        if let Some(refusal) = inner.downcast_ref::<Refusal>() {
            return Ok(refusal.clone());
        }
        cause = inner.source();
    }
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    Err(SendError::Unreachable(
        words.chars().take(ANSWER_KEPT).collect(),
    ))
}

fn wecom_body(item: &OutboxItem) -> Value {
    if item.kind == "image" {
        let picture = picture::by_name(&item.body);
        let digest = Md5::digest(picture);
        let md5: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        return json!({"msgtype": "image", "image": {"base64": STANDARD.encode(picture), "md5": md5}});
    }
    json!({
        "msgtype": "text",
        "text": {"content": cut(&item.body, WECOM_TEXT_MAX), "mentioned_list": item.mentions},
    })
}

fn webhook_body(item: &OutboxItem) -> Value {
    json!({
        "event": item.event,
        "kind": item.kind,
        "task_id": item.task_id,
        "run_id": item.run_id,
        "text": item.body,
        "mentions": item.mentions,
        "created_at": Stamp(item.created_at),
    })
}

/// Cuts a text to `max` bytes: both ends stay, at character boundaries, and the gap is marked.
#[must_use]
pub fn cut(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let mark = |dropped: usize| format!("\n…（省略 {dropped} 字节）…\n");
    // The mark's own length depends on the number in it; the widest one is set aside.
    let room = max.saturating_sub(mark(text.len()).len());
    let head = text.floor_char_boundary(room / 2);
    let tail = text.ceil_char_boundary(text.len() - (room - room / 2).min(text.len()));
    format!("{}{}{}", &text[..head], mark(tail - head), &text[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_keep_both_ends_whole_characters_and_the_limit() {
        for text in ["短".repeat(3000), "a".repeat(5000), "é🙂中a".repeat(700)] {
            for max in [64, 100, 2047, 2048] {
                let short = cut(&text, max);
                assert!(short.len() <= max, "{} > {max}", short.len());
                assert!(short.contains("省略"));
                assert_eq!(short.chars().next(), text.chars().next());
                assert_eq!(short.chars().last(), text.chars().last());
            }
        }
        assert_eq!(cut("short", 2048), "short");
        let exact = "x".repeat(2048);
        assert_eq!(cut(&exact, 2048), exact);
    }
}
