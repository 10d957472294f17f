//! 企业微信智能机器人 (developer document 101463): messages that a bot sends by itself, through its long connection, as
//! Markdown or as a card. A message about a failure has a button that starts the task again, and one that asks for a
//! ticket is a card with the buttons of the ticket.

use app::channel::TextFormat;
use app::message::{MessageKind, NoAnswerReason};
use serde_json::json;

use super::super::target::Target;
use super::super::ticket_link::is_cause;
use super::bot_card::{card_id, state};
use super::wecom::{Wecom, content};
use super::{Answer, At, Chat, Limits, Outgoing, Vendor};
use crate::chat::{CardState, wecom_card, wecom_card_cuts as is_cut};
use crate::outbound::SendError;
use crate::store::{OutboxItem, Rate};
use crate::template::markdown;

/// Bytes of Markdown: a group robot's limit, which is shorter than a bot's.
const TEXT_MAX: usize = 4096;
/// Messages that one chat takes from a bot in a minute, answers included (document 101463: and 1000 an hour).
const RATE: Rate = Rate {
    minute: 30,
    second: None,
};

/// A bot of WeCom.
pub(super) struct WecomBot;

impl Vendor for WecomBot {
    fn limits(&self) -> Limits {
        Limits {
            text_max: TEXT_MAX,
            rate: Some(RATE),
        }
    }

    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError> {
        if item.kind == MessageKind::Image {
            return Ok(Outgoing::Nothing(NoAnswerReason::NoPictures));
        }
        if to.settings.chat.is_empty() {
            let why = "the channel names no chat that messages go to";
            return Err(SendError::Rejected(why.to_owned()));
        }
        let wants_card = at.made.ticket.is_some() || to.settings.format == TextFormat::TemplateCard;
        let text =
            |content: String| json!({ "msgtype": "markdown", "markdown": { "content": content } });
        let mut chat = match wants_card && !at.made.url.is_empty() {
            true => {
                let state = state(item, at);
                // A card has room for few characters: a report follows it whole, with its mentions.
                let after = match is_cause(item.event) && is_cut(&state) {
                    true => Some(content(&by_id(item, at), at)),
                    false => mentions(&state),
                };
                let after = after.map(text);
                let card = wecom_card(&card_id(item, at), &state);
                Chat {
                    body: json!({ "msgtype": "template_card", "template_card": card }),
                    after,
                    ..Chat::default()
                }
            }
            false => text(content(&by_id(item, at), at)).into(),
        };
        for body in std::iter::once(&mut chat.body).chain(&mut chat.after) {
            body["chatid"] = json!(to.settings.chat);
        }
        Ok(Outgoing::Chat(chat))
    }

    /// The errcode of the answer means what that of a group robot does.
    fn verdict(&self, answer: Answer) -> Result<String, SendError> {
        Wecom.verdict(answer)
    }
}

/// The line that follows a card where the bot knows people to mention: cards have no mentions, Markdown has (document
/// 91770: `<@userid>`). `None` for none.
fn mentions(state: &CardState) -> Option<String> {
    let people = state.people.iter().map(|(id, _)| format!("<@{id}>"));
    let people = people.collect::<Vec<_>>().join(" ");
    (!people.is_empty()).then(|| format!("{people} {}", markdown(&state.title)))
}

/// The message with the IDs of those whom the bot knows in the place of their names.
fn by_id(item: &OutboxItem, at: At<'_>) -> OutboxItem {
    let mut item = item.clone();
    for name in &mut item.mentions {
        if let Some(id) = at.made.ids.get(name.as_str()) {
            id.clone_into(name);
        }
    }
    item
}
