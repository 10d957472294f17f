//! Bots of Telegram (core.telegram.org/bots/api: Making requests, sendMessage, ResponseParameters; Bots
//! FAQ, "How can I message all of my bot's subscribers at once?" for the pace).

use app::channel::TextFormat;
use app::message::{MessageKind, NoAnswerReason};
use serde_json::json;

use super::super::target::Target;
use super::answer::http;
use super::fit::{fit, utf16};
use super::mention::{below, plain};
use super::{Answer, At, HttpRequest, Limits, Outgoing, Vendor};
use crate::outbound::{RetryAfter, SendError};
use crate::store::{OutboxItem, Rate};

/// The Bot API server of Telegram; `url` of a channel can name another one.
pub(crate) const SERVER: &str = "https://api.telegram.org";
/// Characters of a text, counted in UTF-16 units.
const UNITS_MAX: usize = 4096;
/// Messages that a group takes from a bot in one minute.
const RATE: Rate = Rate {
    minute: 20,
    second: None,
};

/// A bot of Telegram.
pub(super) struct Telegram;

impl Vendor for Telegram {
    fn limits(&self) -> Limits {
        Limits {
            // A unit has at most three bytes: what is shown is never shorter than what is sent.
            text_max: 3 * UNITS_MAX,
            rate: Some(RATE),
        }
    }

    /// Of its units, of which ASCII has one for each byte.
    fn named_max(&self) -> usize {
        UNITS_MAX / 2
    }

    /// User names have letters, digits and `_` (telegram.org/faq, "What can I use as my username?").
    fn knows(&self, name: &str, _format: TextFormat) -> bool {
        let name = plain(name);
        (4..=32).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }

    /// Without `parse_mode` no character formats, but clients mention `@name` wherever it is: only the line with the
    /// owners may ([`unmentioned`]).
    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError> {
        if item.kind == MessageKind::Image {
            return Ok(Outgoing::Nothing(NoAnswerReason::NoPictures));
        }
        let token = to.settings.secret.trim();
        if token.is_empty() || to.settings.chat.is_empty() {
            return Err(SendError::Refused(NoAnswerReason::NoToken.into()));
        }
        // Parted after the cut, which counts the bytes of the text itself.
        let whole = |text: &str| below(&unmentioned(text), &item.mentions);
        let text = fit(&item.body, UNITS_MAX, at.lang, |text| utf16(&whole(text)));
        let body = json!({
            "chat_id": to.settings.chat,
            "text": whole(&text),
            "link_preview_options": { "is_disabled": true },
        });
        let base = to.url.trim_end_matches('/');
        let mut request = HttpRequest::post(to, format!("{base}/bot{token}/sendMessage"), &body);
        request.shown = format!("{base}/bot…/sendMessage");
        Ok(Outgoing::Http(request))
    }

    /// `ok` says whether it was taken; `error_code` is that of HTTP.
    fn verdict(&self, mut answer: Answer) -> Result<String, SendError> {
        let json = answer.json();
        match json["ok"].as_bool() {
            Some(true) if answer.is_success() => Ok(answer.words),
            Some(false) => {
                let seconds = json["parameters"]["retry_after"].as_u64();
                answer.retry_after = seconds.map(RetryAfter::Seconds).or(answer.retry_after);
                let code = json["error_code"].as_u64();
                if let Some(code) = code.and_then(|code| u16::try_from(code).ok()) {
                    answer.status = code;
                }
                Err(http(answer))
            }
            _ if answer.is_success() => Err(SendError::Answer(answer.words, answer.retry_after)),
            _ => Err(http(answer)),
        }
    }
}

/// A text in which no `@name` mentions: a word joiner, which has no width, parts the sign from the name. An address
/// such as `ana@example.com` mentions no one and stays as it is.
fn unmentioned(text: &str) -> String {
    let mut parted = String::with_capacity(text.len());
    let mut is_in_word = false;
    for c in text.chars() {
        parted.push(c);
        if c == '@' && !is_in_word {
            parted.push('\u{2060}');
        }
        is_in_word = c.is_alphanumeric() || c == '_';
    }
    parted
}
