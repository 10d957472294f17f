//! Incoming webhooks of Slack (docs.slack.dev: Sending messages using incoming webhooks, Formatting
//! message text, Rate limits).

use app::channel::TextFormat;
use app::message::{MessageKind, NoAnswerReason};
use serde_json::json;

use super::super::target::Target;
use super::answer::{http, said};
use super::fit::fit;
use super::mention::{at, is_everybody};
use super::{Answer, At, HttpRequest, Limits, Outgoing, Vendor};
use crate::outbound::SendError;
use crate::store::{OutboxItem, Rate};

/// Characters of a text; Slack cuts a longer one. Bytes are never fewer.
const TEXT_MAX: usize = 40_000;
/// One message a second.
const RATE: Rate = Rate {
    minute: 60,
    second: None,
};

/// An incoming webhook of Slack.
pub(super) struct Slack;

impl Vendor for Slack {
    fn limits(&self) -> Limits {
        Limits {
            text_max: TEXT_MAX,
            rate: Some(RATE),
        }
    }

    fn knows(&self, name: &str, _format: TextFormat) -> bool {
        mention(name).starts_with('<')
    }

    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError> {
        if item.kind == MessageKind::Image {
            return Ok(Outgoing::Nothing(NoAnswerReason::NoPictures));
        }
        let text = fit(&item.body, TEXT_MAX, at.lang, |text| {
            content(text, &item.mentions).len()
        });
        // Without it `*`, `_`, `~` and backticks in a text are formatting (docs.slack.dev: Formatting message text).
        let body = json!({ "text": content(&text, &item.mentions), "mrkdwn": false });
        Ok(Outgoing::Http(HttpRequest::post(to, to.url.clone(), &body)))
    }

    /// A message was taken when the body says `ok`; faults are a status with a word, such as
    /// `invalid_payload`, `no_service`, `channel_is_archived`.
    fn verdict(&self, answer: Answer) -> Result<String, SendError> {
        if !answer.is_success() {
            return Err(http(answer));
        }
        if answer.words.trim() == "ok" {
            return Ok(answer.words);
        }
        Err(SendError::Answer(said(&answer), answer.retry_after))
    }
}

/// `&`, `<` and `>` are the three characters that Slack gives a meaning to; without them no text can
/// mention people or hide a link.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn content(text: &str, mentions: &[String]) -> String {
    let mut content = escaped(text);
    for (index, name) in mentions.iter().enumerate() {
        content.push(if index == 0 { '\n' } else { ' ' });
        content.push_str(&mention(name));
    }
    content
}

/// Member IDs (`U…`, `W…`) and those of user groups (`S…`) mention; other names are shown.
fn mention(name: &str) -> String {
    let id = name.trim().trim_start_matches('@');
    if is_everybody(name) {
        return "<!channel>".to_owned();
    }
    let is_id = id.len() >= 9
        && id
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    match id.as_bytes().first() {
        Some(b'U' | b'W') if is_id => format!("<@{id}>"),
        Some(b'S') if is_id => format!("<!subteam^{id}>"),
        _ => escaped(&at(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_mentions_or_links() {
        let text = "<!channel> <@U012ABCDEF> a & b <http://evil.test|bank>";
        let said = content(text, &[]);
        assert!(!said.contains('<') && !said.contains('>'));
        assert_eq!(said.matches("&amp;").count(), 1);
        let people = ["U012ABCDEF", "S012ABCDEF", "@all", "zhang<san"].map(str::to_owned);
        assert_eq!(
            content("x", &people),
            "x\n<@U012ABCDEF> <!subteam^S012ABCDEF> <!channel> @zhang&lt;san"
        );
    }
}
