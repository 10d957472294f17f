//! Workflows of Microsoft Teams that start with "When a Teams webhook request is received", and the older
//! incoming webhooks (learn.microsoft.com: Create incoming webhooks with Workflows; Create an Incoming
//! Webhook; connector "Microsoft Teams", known issues; adaptivecards.io schema 1.4).

use app::channel::TextFormat;
use app::message::{MessageKind, NoAnswerReason};
use serde_json::{Value, json};

use super::super::target::Target;
use super::answer::{http, said};
use super::fit::fit;
use super::mention::{at as mention, plain};
use super::{Answer, At, HttpRequest, Limits, Outgoing, Vendor};
use crate::outbound::SendError;
use crate::store::{OutboxItem, Rate};

/// Bytes of a message: about 28 KB, everything included.
const BODY_MAX: usize = 28_000;
/// Bytes of a text: what stays of the message for it.
const TEXT_MAX: usize = 27_000;
/// More than four requests within a second are throttled; a channel that is read by people needs less.
const RATE: Rate = Rate {
    minute: 60,
    second: Some(4),
};

/// A workflow of Microsoft Teams.
pub(super) struct Teams;

impl Vendor for Teams {
    fn limits(&self) -> Limits {
        Limits {
            text_max: TEXT_MAX,
            rate: Some(RATE),
        }
    }

    fn knows(&self, name: &str, _format: TextFormat) -> bool {
        is_principal(plain(name))
    }

    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError> {
        if item.kind == MessageKind::Image {
            return Ok(Outgoing::Nothing(NoAnswerReason::NoPictures));
        }
        let text = fit(&item.body, BODY_MAX, at.lang, |text| {
            body(text, &item.mentions, at).to_string().len()
        });
        let body = body(&text, &item.mentions, at);
        Ok(Outgoing::Http(HttpRequest::post(to, to.url.clone(), &body)))
    }

    /// A workflow answers 202 with an empty body, an older webhook 200 with `1`; what Teams refused from
    /// the latter comes with 200, too, as a sentence with the HTTP status in it.
    fn verdict(&self, answer: Answer) -> Result<String, SendError> {
        if !answer.is_success() {
            return Err(http(answer));
        }
        if answer.status == 202 || matches!(answer.words.trim(), "" | "1") {
            return Ok(said(&answer));
        }
        let inner = answer
            .words
            .split_once("HTTP error ")
            .and_then(|(_, rest)| rest.get(..3)?.parse().ok());
        match inner {
            Some(status) if status >= 300 => Err(http(Answer { status, ..answer })),
            _ => Err(SendError::Answer(said(&answer), answer.retry_after)),
        }
    }
}

/// Each line is a run of text, in which Markdown has no effect. People with a user principal name
/// (`ana@example.com`) are mentioned; other names are shown. An address in a run of text cannot be clicked, so a button
/// opens the page of the message (`Action.OpenUrl`, schema 1.0).
fn body(text: &str, mentions: &[String], at: At<'_>) -> Value {
    let mut blocks: Vec<Value> = text.lines().map(line).collect();
    let mut entities = Vec::new();
    let mut names = Vec::new();
    for name in mentions {
        let name = plain(name);
        if is_principal(name) {
            let tag = format!("<at>{name}</at>");
            names.push(tag.clone());
            entities.push(json!({
                "type": "mention", "text": tag, "mentioned": { "id": name, "name": name },
            }));
        } else {
            blocks.push(line(&mention(name)));
        }
    }
    if !names.is_empty() {
        blocks.push(json!({ "type": "TextBlock", "text": names.join(" "), "wrap": true }));
    }
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
        "msteams": { "width": "Full", "entities": entities },
    });
    let url = &at.made.url;
    if !url.is_empty() {
        let title = at.lang.pick("查看详情", "Details");
        card["actions"] = json!([{ "type": "Action.OpenUrl", "title": title, "url": url }]);
    }
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": card,
        }],
    })
}

fn line(text: &str) -> Value {
    // An empty run is dropped together with its line.
    let text = if text.is_empty() { " " } else { text };
    json!({
        "type": "RichTextBlock", "spacing": "None",
        "inlines": [{ "type": "TextRun", "text": text }],
    })
}

fn is_principal(name: &str) -> bool {
    name.split_once('@').is_some_and(|(user, domain)| {
        let is_part = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte))
        };
        is_part(user) && is_part(domain)
    })
}
