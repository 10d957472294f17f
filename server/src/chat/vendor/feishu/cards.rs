//! Cards of Feishu's bots, and the requests that put them into chats.

use serde_json::{Value, json};

use super::super::super::port::CardState;
use super::super::{Answered, Ticket};
use super::WORDS_KEPT;
use crate::outbound::SendError;
use crate::text::head;

/// Characters of a card's title, of its text, and of a button's label.
const CARD_MAX: (usize, usize, usize) = (100, 5_000, 20);
/// Buttons of a card.
const BUTTONS_MAX: usize = 6;

/// A card; `id` comes back with a press.
pub(super) fn card_json(id: &str, state: &CardState) -> Value {
    let plain = |text: &str| json!({ "tag": "plain_text", "content": text });
    let mut buttons: Vec<Value> = state
        .buttons
        .iter()
        .take(BUTTONS_MAX)
        .enumerate()
        .map(|(index, button)| {
            let style = if index == 0 { "primary" } else { "default" };
            json!({ "tag": "button", "type": style, "text": plain(head(&button.label, CARD_MAX.2)),
                "value": { "key": button.key, "card": id } })
        })
        .collect();
    if !state.link.is_empty() && !state.url.is_empty() {
        let text = plain(head(&state.link, CARD_MAX.2));
        buttons.push(json!({ "tag": "button", "type": "default", "text": text, "url": state.url }));
    }
    let mut elements = Vec::new();
    if !state.text.trim().is_empty() {
        let text = plain(head(state.text.trim(), CARD_MAX.1));
        elements.push(json!({ "tag": "div", "text": text }));
    }
    if !state.people.is_empty() {
        // Plain text mentions no one (open.feishu.cn: 卡片 Markdown, at 人).
        let people = state
            .people
            .iter()
            .map(|(id, _)| format!("<at id={id}></at>"));
        let text = people.collect::<Vec<_>>().join(" ");
        elements.push(json!({ "tag": "div", "text": { "tag": "lark_md", "content": text } }));
    }
    if !buttons.is_empty() {
        elements.push(json!({ "tag": "action", "actions": buttons }));
    }
    json!({
        "config": { "update_multi": true, "wide_screen_mode": true },
        "header": { "title": plain(head(&state.title, CARD_MAX.0)) },
        "elements": elements,
    })
}

/// What the ID of a receiver is (`receive_id_type`).
fn id_type(chat: &str) -> &'static str {
    match chat {
        _ if chat.starts_with("oc_") => "chat_id",
        _ if chat.starts_with("ou_") => "open_id",
        _ if chat.starts_with("on_") => "union_id",
        _ if chat.contains('@') => "email",
        _ => "user_id",
    }
}

/// The request that puts a card into a chat.
pub(crate) fn card(id: &str, chat: &str, state: &CardState) -> Value {
    let path = format!(
        "/open-apis/im/v1/messages?receive_id_type={}",
        id_type(chat)
    );
    let content = card_json(id, state).to_string();
    let body = json!({ "receive_id": chat, "msg_type": "interactive", "content": content });
    json!({ "path": path, "body": body })
}

/// The message of an event, which is changed or answered: an ID and nothing else, as it is a part of an address.
pub(super) fn message(ticket: &Ticket) -> Result<&str, SendError> {
    let is_id = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match ticket.reply_to.as_str() {
        id if !id.is_empty() && id.chars().all(is_id) => Ok(id),
        _ => {
            let words = "the event has no message that could be answered";
            Err(SendError::Rejected(words.to_owned()))
        }
    }
}

/// An answer of the vendor that says that it has taken something.
pub(super) fn taken(answered: Answered) -> Result<Answered, SendError> {
    let json: Value = serde_json::from_str(&answered.words).unwrap_or_default();
    match json["code"].as_i64() {
        Some(0) => Ok(answered),
        _ => {
            let words = head(&answered.words, WORDS_KEPT);
            let words = format!("HTTP {} {words}", answered.status);
            Err(SendError::Answer(words, None))
        }
    }
}
