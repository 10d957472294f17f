//! One ticket: who was asked what, when and how often, and what people did, until it was done.

use leptos::prelude::*;

use crate::routes;
use crate::texts::reminders::ticket_title;
use crate::ticket::{TicketDetail, TicketEntry, TicketState, TicketUrge};
use crate::ui::base::rooted;
use crate::ui::components::cycle::warnings;
use crate::ui::components::icon;
use crate::ui::components::state::badge;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, tickets_ui};
use crate::ui::pages::listing::table;

/// The state of a ticket.
pub(super) fn state(state: TicketState) -> AnyView {
    let (tone, glyph) = match state {
        TicketState::Open => ("urge", icon::BELL),
        TicketState::Acknowledged => ("run", icon::USER),
        TicketState::Snoozed => ("off", icon::CLOCK),
        TicketState::Done => ("ok", icon::CHECK),
        TicketState::Expired => ("warn", icon::CROSS),
    };
    badge(tone, glyph, state.words(lang()))
}

/// The ticket with what happened to it: all of it, or the newest rows with a link to the others.
pub(crate) fn detail(shown: &TicketDetail, clock: &Clock, newest: Option<usize>) -> AnyView {
    let (texts, lang) = (tickets_ui(), lang());
    let ticket = &shown.ticket;
    let rows = newest.unwrap_or(usize::MAX);
    let older = shown.history.len().saturating_sub(rows);
    let is_cut = older > 0 || shown.urges.len() > rows;
    let whole = is_cut.then(|| {
        let all = routes::task_tickets(ticket.task_id);
        let href = format!("{all}&ticket={}#ticket", ticket.id);
        view! { <p class="padded"><a href=rooted(href)>{texts.history_whole}</a></p> }
    });
    let history = shown.history.iter().skip(older);
    let history = history.map(|entry| entry_row(entry, clock));
    let history = table(
        &[texts.when, texts.what, texts.who, texts.word],
        false,
        history.collect(),
        texts.asked_none,
    );
    let urges = shown.urges.iter().take(rows);
    let urges = urges.map(|urge| urge_row(urge, clock));
    let urges = table(
        &["#", texts.when, texts.whom, texts.outcome],
        false,
        urges.collect(),
        texts.asked_none,
    );
    view! {
        <section class="card flush" id="ticket">
            <h2 class="padded">{ticket_title(lang, ticket.id.0, &ticket.task)} " " {state(ticket.state)}</h2>
            {warnings(shown.warnings.clone())}
            <h3 class="padded">{texts.history}</h3>
            {history}
            <h3 class="padded">{texts.asked}</h3>
            {urges}
            {whole}
        </section>
    }
    .into_any()
}

fn entry_row(entry: &TicketEntry, clock: &Clock) -> AnyView {
    let texts = tickets_ui();
    let what = entry
        .kind()
        .map_or_else(|| entry.what.clone(), |kind| texts.entry(kind).to_owned());
    let detail = (!entry.detail.is_empty())
        .then(|| view! { <span class="break">{entry.detail.clone()}</span> });
    view! {
        <tr>
            <th scope="row" class="when">{clock.exact(entry.at)}</th>
            <td data-label=texts.what>{what}</td>
            <td data-label=texts.who>{entry.who.clone()}</td>
            <td data-label=texts.word>{detail}</td>
        </tr>
    }
    .into_any()
}

fn urge_row(urge: &TicketUrge, clock: &Clock) -> AnyView {
    let (texts, lang) = (tickets_ui(), lang());
    let answer = (!urge.answer.is_empty())
        .then(|| view! { <small class="muted break">{urge.answer.clone()}</small> });
    let asked = urge.asked.join(lang.pick("、", ", "));
    view! {
        <tr>
            <th scope="row">{urge.n}</th>
            <td data-label=texts.when>{clock.exact(urge.claimed_at)}</td>
            <td data-label=texts.whom>{asked}</td>
            <td data-label=texts.outcome>{urge.outcome.words(lang)} " " {answer}</td>
        </tr>
    }
    .into_any()
}
