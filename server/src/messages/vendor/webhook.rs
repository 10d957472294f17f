//! A JSON request to a URL of the user's. With a secret it is signed as Standard Webhooks has it
//! (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md): `webhook-id`,
//! `webhook-timestamp`, and `webhook-signature: v1,…` over `id.timestamp.body`.

use app::message::{Event, NoAnswer, NoAnswerReason, is_web_page};
use app::time::Stamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::target::{Target, is_content_type};
use super::super::words::MessageMeta;
use super::answer::{http, said};
use super::sign::{hmac_base64, webhook_key};
use super::{Answer, At, HttpRequest, Limits, Outgoing, Vendor};
use crate::outbound::SendError;
use crate::store::OutboxItem;

/// No text of ours is as long; it is sent as it is.
const TEXT_MAX: usize = 1024 * 1024;

/// A URL of the user's.
pub(super) struct Webhook;

impl Vendor for Webhook {
    fn limits(&self) -> Limits {
        Limits {
            text_max: TEXT_MAX,
            rate: None,
        }
    }

    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError> {
        let mut request = HttpRequest::post(to, to.url.clone(), &body(item, at.made));
        if at.made.templated {
            // It was checked to be what the channel takes when it was made.
            request.body.clone_from(&item.body);
            if let Some(kind) = to.content_type() {
                kind.clone_into(&mut request.content_type);
            }
        }
        if to.settings.method == "PUT" {
            request.method = Method::PUT;
        }
        let headers = to.settings.headers.iter();
        let headers = headers.filter(|header| !is_content_type(header));
        request
            .headers
            .extend(headers.map(|header| (header.name.clone(), header.value.clone())));
        if !to.settings.secret.is_empty() {
            let key = webhook_key(&to.settings.secret)
                .ok_or_else(|| SendError::Refused(NoAnswerReason::SigningKey.into()))?;
            // The same at every attempt, so that a receiver can drop what it has already.
            let id = match item.id.0 {
                0 => format!("msg_test_{}", at.now.timestamp_micros()),
                id => format!("msg_{}_{id}", item.channel_id),
            };
            let seconds = at.now.timestamp();
            let signed = format!("{id}.{seconds}.{}", request.body);
            let sign = hmac_base64(&key, signed.as_bytes());
            request.headers.extend([
                ("webhook-id".to_owned(), id),
                ("webhook-timestamp".to_owned(), seconds.to_string()),
                ("webhook-signature".to_owned(), format!("v1,{sign}")),
            ]);
        }
        Ok(Outgoing::Http(request))
    }

    /// Its status decides, and what the channel expects in the answer where it does. A page for a browser is the answer
    /// of something else: a sign-in page, a proxy, a web site at that address.
    fn verdict(&self, answer: Answer) -> Result<String, SendError> {
        if !answer.is_success() {
            return Err(http(answer));
        }
        let words = said(&answer);
        if answer.expected.is_empty() {
            return match is_web_page(&answer.words) {
                true => Err(SendError::Answer(words, answer.retry_after)),
                false => Ok(words),
            };
        }
        if holds(&answer.words, &answer.expected) {
            return Ok(words);
        }
        let why = NoAnswer::of(NoAnswerReason::NotExpected, words);
        Err(SendError::Answer(why.code(), answer.retry_after))
    }
}

/// Whether an answer holds what a channel expects: a text anywhere in it, or, where that is a JSON object, its fields
/// with these values.
fn holds(answer: &str, expected: &str) -> bool {
    match serde_json::from_str::<Value>(expected) {
        Ok(wanted @ Value::Object(_)) => {
            serde_json::from_str(answer).is_ok_and(|found| is_within(&wanted, &found))
        }
        _ => answer.contains(expected),
    }
}

/// Whether all fields of one value are in another one with the same values.
fn is_within(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => wanted.iter().all(|(name, wanted)| {
            let found = found.get(name);
            found.is_some_and(|found| is_within(wanted, found))
        }),
        _ => wanted == found,
    }
}

/// What receivers know a timeout as: it was a failure before it had an event of its own, and a receiver that waits for
/// failures must not miss it. `cause` distinguishes the two.
fn known_as(event: Event) -> Event {
    match event {
        Event::TimedOut => Event::Failed,
        other => other,
    }
}

fn body(item: &OutboxItem, made: &MessageMeta) -> Value {
    let mut body = json!({
        "event": known_as(item.event),
        "cause": item.event,
        "kind": item.kind,
        "task_id": item.task_id,
        "run_id": item.run_id,
        "text": item.body,
        "mentions": item.mentions,
        "created_at": Stamp(item.created_at),
    });
    if let Some(brief) = &made.brief {
        body["brief"] = brief.clone();
    }
    body
}
