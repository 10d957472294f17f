//! What the card of a bot shows for a message, in any chat: plain text, a link, and buttons. A message about a failure has
//! a button that starts the task again; one that asks for a ticket, or reports its cause, has the buttons of the ticket.

use app::message::Event;
use app::ticket::TicketKind;
use serde_json::Value;

use super::super::ticket_button::{TicketButton, run_again};
use super::mention::at as named;
use super::{At, Chat};
use crate::chat::{Button, CardState};
use crate::store::{NO_TASK, OutboxItem};
use crate::text::one_line;

/// The ID of a card. A vendor takes each once, and a message may be sent again.
pub(super) fn card_id(item: &OutboxItem, at: At<'_>) -> String {
    format!("jcrontab-{}-{}", item.id, at.now.timestamp_micros())
}

/// The card of a message.
pub(super) fn state(item: &OutboxItem, at: At<'_>) -> CardState {
    // A card shows no Markdown; the template of this channel may make some.
    let body = match at.made.templated {
        true => item.body.replace("**", ""),
        false => item.body.clone(),
    };
    let (title, rest) = body.trim().split_once('\n').unwrap_or((body.trim(), ""));
    let mut text = rest.trim().to_owned();
    if !item.mentions.is_empty() {
        // Those whom the bot does not know are named only.
        text = format!("{}\n{text}", people(item)).trim().to_owned();
    }
    CardState {
        title: one_line(title).trim().to_owned(),
        text,
        url: at.made.url.clone(),
        link: at.lang.pick("查看详情", "Details").to_owned(),
        buttons: buttons(item, at),
        people: known(item, at),
        ..CardState::default()
    }
}

/// The people to mention whom the bot knows, each once. An ID that could be read as markup mentions no one.
fn known(item: &OutboxItem, at: At<'_>) -> Vec<(String, String)> {
    let is_plain = |id: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-@.".contains(&byte);
        id.bytes().all(plain)
    };
    let mut people: Vec<(String, String)> = Vec::new();
    for name in &item.mentions {
        if let Some(id) = at.made.ids.get(name)
            && is_plain(id)
            && people.iter().all(|(known, _)| known != id)
        {
            people.push((id.clone(), name.clone()));
        }
    }
    people
}

/// A card as its vendor's file makes it of a state and an ID, and the same without mentions.
pub(super) fn with_plain(
    mut state: CardState,
    id: &str,
    make: impl Fn(&str, &CardState) -> Value,
) -> Chat {
    let mut chat = Chat::from(make(id, &state));
    if !state.people.is_empty() {
        state.people.clear();
        // A card that was refused may have taken the ID.
        chat.plain = Some(make(&format!("{id}-plain"), &state));
    }
    chat
}

/// The people to mention, by name.
pub(super) fn people(item: &OutboxItem) -> String {
    let people: Vec<String> = item.mentions.iter().map(|name| named(name)).collect();
    people.join(" ")
}

/// The buttons of a message; none for most. Where a ticket is about a failure, the task can be started again, too.
pub(super) fn buttons(item: &OutboxItem, at: At<'_>) -> Vec<Button> {
    let failed = matches!(item.event, Event::Failed | Event::TimedOut | Event::Lost);
    let (mut buttons, is_about_failure) = match at.made.ticket {
        Some((id, kind, state)) => (
            TicketButton::of(id, kind, state, at.lang),
            kind == TicketKind::Failure,
        ),
        None => (Vec::new(), failed),
    };
    if is_about_failure && item.task_id != NO_TASK {
        buttons.push(run_again(item.task_id, at.lang));
    }
    buttons
}
