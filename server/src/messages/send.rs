//! One request to one channel, and what its answer means.

use app::channel::ChannelKind;
use app::i18n::Lang;
use app::message::MessageKind;
use app::time::Stamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::picture;
use super::vendor::{self, Answer};
use crate::outbound::guard::Guard;
use crate::outbound::{ANSWER_KEPT, OutboundClient, RetryAfter, SendError, TIMEOUT, Way, failure};
use crate::store::OutboxItem;
use crate::text::cut;

/// Of an answer no more is read.
const ANSWER_MAX: usize = 64 * 1024;
/// Bytes of a WeCom text (developer document 91770).
pub const WECOM_TEXT_MAX: usize = 2048;

/// Sends messages: the way out, and the language that marks where a text is cut.
#[derive(Clone, Debug)]
pub struct Sender {
    client: OutboundClient,
    lang: Lang,
}

impl Sender {
    /// Sends through `client`, with the language of the messages.
    #[must_use]
    pub const fn new(client: OutboundClient, lang: Lang) -> Self {
        Self { client, lang }
    }

    /// The same by the way that a channel uses.
    ///
    /// # Errors
    /// When its proxy may not be called, or the TLS set-up fails.
    pub fn by(&self, way: &Way) -> Result<Self, SendError> {
        Ok(Self::new(self.client.by(way)?, self.lang))
    }

    /// The same in the language of a channel.
    #[must_use]
    pub fn in_lang(self, lang: Lang) -> Self {
        Self { lang, ..self }
    }

    /// What may be called by this way.
    #[must_use]
    pub fn guard(&self) -> &Guard {
        self.client.guard()
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
            ChannelKind::Wecom => {
                vendor::wecom(self.post(url, &wecom_body(item, self.lang)).await?)
            }
            ChannelKind::Webhook => vendor::webhook(self.post(url, &webhook_body(item)).await?),
        }
    }

    async fn post(&self, url: &str, body: &Value) -> Result<Answer, SendError> {
        let request = self
            .client
            .request(reqwest::Method::POST, url)
            .await
            .map_err(|refusal| SendError::Refused(refusal.to_string()))?;
        let mut response = request.json(body).send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let retry_after = RetryAfter::read(response.headers());
        let mut bytes = Vec::new();
        while bytes.len() < ANSWER_MAX {
            match response.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break,
                // The status has decided already whether it was taken; sending it again because
                // the words behind it got lost would only repeat it.
                Err(error) => {
                    tracing::debug!(error = %error.without_url(), "the response was cut short");
                    break;
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        Ok(Answer {
            status,
            retry_after,
            words: crate::text::head(&text, ANSWER_KEPT).to_owned(),
        })
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

fn wecom_body(item: &OutboxItem, lang: Lang) -> Value {
    if item.kind == MessageKind::Image {
        let picture = picture::by_name(&item.body);
        let digest = Md5::digest(picture);
        let md5: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        return json!({"msgtype": "image", "image": {"base64": STANDARD.encode(picture), "md5": md5}});
    }
    let (members, mobiles) = mentions(&item.mentions);
    json!({
        "msgtype": "text",
        "text": {
            "content": cut(&item.body, WECOM_TEXT_MAX, lang),
            "mentioned_list": members,
            "mentioned_mobile_list": mobiles,
        },
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

/// Members and mobile numbers to mention: WeCom takes them in two lists (developer document 91770).
fn mentions(all: &[String]) -> (Vec<&str>, Vec<String>) {
    let (mut members, mut mobiles) = (Vec::new(), Vec::new());
    for name in all {
        match mobile(name) {
            Some(number) => mobiles.push(number),
            None => members.push(name.as_str()),
        }
    }
    (members, mobiles)
}

/// A mobile number as WeCom takes it, from how people write it: mainland numbers (11 digits from
/// 13 to 19) with or without `+86`, others with their `+` and country code (ITU-T E.164).
fn mobile(name: &str) -> Option<String> {
    let plain: String = name
        .trim()
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '\u{a0}'))
        .collect();
    let (abroad, digits) = match plain.strip_prefix('+').or_else(|| plain.strip_prefix("00")) {
        Some(digits) => (true, digits),
        None => (false, plain.as_str()),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let local = digits
        .strip_prefix("86")
        .filter(|rest| rest.len() == 11)
        .unwrap_or(digits);
    let mainland = local.len() == 11
        && local.starts_with('1')
        && local[1..].starts_with(|c: char| ('3'..='9').contains(&c));
    if mainland {
        return Some(local.to_owned());
    }
    (abroad && (7..=15).contains(&digits.len())).then(|| format!("+{digits}"))
}

#[cfg(test)]
mod tests {
    use super::mobile;

    #[test]
    fn mobile_numbers_are_told_from_names() {
        let table = [
            ("13800138000", Some("13800138000")),
            ("+8613800138000", Some("13800138000")),
            ("+86 138 0013 8000", Some("13800138000")),
            ("8613800138000", Some("13800138000")),
            ("0086-13800138000", Some("13800138000")),
            ("138-0013-8000", Some("13800138000")),
            ("19912345678", Some("19912345678")),
            ("+852 5123 4567", Some("+85251234567")),
            ("zhangsan", None),
            ("@all", None),
            ("10086", None),
            ("12345678901", None),
            ("1380013800", None),
            ("138001380001", None),
            ("13800138000a", None),
            ("", None),
            ("+", None),
        ];
        for (name, wanted) in table {
            assert_eq!(mobile(name).as_deref(), wanted, "{name}");
        }
    }
}
