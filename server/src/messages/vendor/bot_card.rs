//! What the card of a bot shows for a message, in any chat: plain text, a link, and buttons. A message about a failure has
//! a button that starts the task again; one that asks for a ticket has the buttons of the ticket.

use app::i18n::Lang;
use app::message::Event;
use app::ticket::TicketState;

use super::super::ticket_button::TicketButton;
use super::At;
use super::mention::at as named;
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
        // A card mentions no one: it names the people.
        text = format!("{}\n{text}", people(item)).trim().to_owned();
    }
    CardState {
        title: one_line(title).trim().to_owned(),
        text,
        url: at.made.url.clone(),
        link: at.lang.pick("查看详情", "Details").to_owned(),
        buttons: buttons(item, at),
        ..CardState::default()
    }
}

/// The people to mention, by name.
pub(super) fn people(item: &OutboxItem) -> String {
    let people: Vec<String> = item.mentions.iter().map(|name| named(name)).collect();
    people.join(" ")
}

/// The buttons of a message; none for most.
pub(super) fn buttons(item: &OutboxItem, at: At<'_>) -> Vec<Button> {
    match at.made.ticket {
        Some((id, kind)) => TicketButton::of(id, kind, TicketState::Open, at.lang),
        None => run_again(item, at.lang).into_iter().collect(),
    }
}

fn run_again(item: &OutboxItem, lang: Lang) -> Option<Button> {
    let failed = matches!(item.event, Event::Failed | Event::TimedOut | Event::Lost);
    (failed && item.task_id != NO_TASK).then(|| Button {
        label: lang.pick("再次执行", "Run again").to_owned(),
        key: format!("run:{}", item.task_id),
    })
}
