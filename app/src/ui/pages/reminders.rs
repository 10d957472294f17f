//! 待办: what people are asked for until it is done. Acts on one ticket or on several, without JavaScript, too.

mod oncall;
mod query;
mod stats;
mod ticket;

pub(crate) use ticket::detail as ticket_detail;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::auth::Action;
use crate::done::Done;
use crate::id::TicketId;
use crate::page::{TicketAddress, TicketsPage, is_of};
use crate::routes;
use crate::server_fns::{fetch_ticket_address, fetch_tickets};
use crate::texts::reminders::urges;
use crate::ticket::{TicketKind, TicketQuery, TicketState, TicketView};
use crate::ui::base::rooted;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::code_block;
use crate::ui::components::page_head;
use crate::ui::components::time::Clock;
use crate::ui::context::{
    health_ui, lang, may, people_ui, principal, said, tickets_ui, urge_defaults_ui,
};
use crate::ui::live::live;
use crate::ui::load;
use query::{address, asked, chips, filter, pager};

/// The page.
pub(crate) fn page() -> AnyView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let shown = query
            .get("ticket")
            .and_then(|id| id.parse::<TicketId>().ok());
        (asked(&query), shown, query.get("stats").is_some())
    });
    let seen = live().follow_all();
    let data = load::ask(
        move || (asked.get(), seen.get()),
        |((query, shown, stats), _)| fetch_tickets(query, shown, stats),
    );
    let done = said();
    // An address is shown once: it stays when the list is fetched again.
    let kept = load::ask(|| (), |()| fetch_ticket_address());
    view! {
        {page_head(tickets_ui().tickets.to_owned(), view! {
            <a class="button" href=rooted(routes::ROTAS)>{icon(icon::USER)} {tickets_ui().rotas}</a>
            <a class="button" href=rooted(routes::PEOPLE)>{icon(icon::CLOCK)} {people_ui().people}</a>
            <a class="button" href=rooted(routes::URGE_DEFAULTS)>{icon(icon::BELL)} {urge_defaults_ui().urge_defaults}</a>
        }.into_any())}
        <div aria-live="polite">{move || (done.get() == Some(Done::Answered)).then(|| view! {
            <p class="notice is-ok">{icon(icon::CHECK)} <span>{health_ui().did_answer}</span></p>
        })}</div>
        {load::part(kept, |made| made.map(address_made).into_any())}
        {load::page(data, content)}
    }
    .into_any()
}

/// An address of the reader's own tickets.
fn address_made(made: TicketAddress) -> AnyView {
    let texts = tickets_ui();
    let (words, url) = match made {
        TicketAddress::Link(link) => (texts.link_made, link.url),
        TicketAddress::Feed(feed) => (texts.feed_made, feed.url),
    };
    view! {
        <section class="notice is-ok token" role="status">
            {icon(icon::CHECK)}
            <div>
                <p>{words}</p>
                {code_block(&url)}
            </div>
        </section>
    }
    .into_any()
}

/// The buttons that make one.
fn addresses() -> AnyView {
    if !may(Action::Operate) {
        return ().into_any();
    }
    let texts = tickets_ui();
    view! {
        <form method="post" action=rooted(routes::REMINDERS) class="card">
            <p class="muted">{texts.mine_text}</p>
            <p class="controls">
                <button type="submit" class="button" name="act" value="link">{texts.make_link}</button>
                <button type="submit" class="button" name="act" value="feed">{texts.make_feed}</button>
            </p>
        </form>
    }
    .into_any()
}

fn content(page: TicketsPage) -> AnyView {
    let clock = Clock::new(page.clock.clone());
    let faults = page
        .error
        .as_ref()
        .map_or_else(Vec::new, |error| error.fields.clone());
    let faults = Faults(faults);
    let of_task = page.task.as_ref().map(|(id, name)| {
        view! { <p class="crumbs">{tickets_ui().tickets_of_task} " › " <a href=rooted(routes::task(*id))>{name.clone()}</a></p> }
    });
    view! {
        {of_task}
        {page.error.clone().map(load::failure)}
        {chips(&page.query)}
        {filter(&page.query, &faults)}
        {page.shown.as_ref().map(|shown| ticket::detail(shown, &clock, None))}
        {list(&page, &clock, &faults)}
        {pager(&page)}
        {addresses()}
        {oncall::section(&page.oncall, &clock)}
        {stats::section(page.stats.as_ref(), &format!("{}?stats=1#stats", routes::REMINDERS))}
    }
    .into_any()
}

/// The tickets, under the name of each person, as one form.
fn list(page: &TicketsPage, clock: &Clock, faults: &Faults) -> AnyView {
    let texts = tickets_ui();
    if page.items.is_empty() {
        let none = match page.next.is_some() {
            true => texts.tickets_none_yet,
            false => texts.tickets_none,
        };
        return view! { <p class="card muted">{none}</p> }.into_any();
    }
    let me = principal().map(|who| who.name).unwrap_or_default();
    let heading = |ticket: &TicketView| {
        if is_of(ticket, &me) {
            texts.mine.to_owned()
        } else if ticket.owner.is_empty() {
            texts.unowned.to_owned()
        } else {
            ticket.owner.clone()
        }
    };
    let all = RwSignal::new(false);
    let groups = page.items.chunk_by(|a, b| heading(a) == heading(b));
    let acts = may(Action::Operate);
    let groups: Vec<AnyView> = groups
        .map(|group| {
            let name = group.first().map(heading).unwrap_or_default();
            let rows = group
                .iter()
                .map(|one| row(one, &page.query, clock, acts.then_some(all)));
            view! {
                <section class="card flush">
                    <h2 class="padded">{name} " " <small class="muted">{group.len()}</small></h2>
                    <ul class="tickets">{rows.collect_view()}</ul>
                </section>
            }
            .into_any()
        })
        .collect();
    if !acts {
        return groups.into_any();
    }
    view! {
        <form method="post" action=rooted(address(&page.query)) class="stack">
            // The first button is the one that Enter in a field presses: this one does nothing.
            <button type="submit" disabled hidden></button>
            <label class="check scripted">
                <input type="checkbox" prop:checked=move || all.get()
                    on:change=move |event| all.set(event_target_checked(&event))/>
                <span>{texts.select_all}</span>
            </label>
            {groups}
            {bulk(&page.people, faults)}
        </form>
    }
    .into_any()
}

/// What can be done with the selected tickets.
fn bulk(people: &[String], faults: &Faults) -> AnyView {
    let texts = tickets_ui();
    let people = people.iter();
    let people = people.map(|name| view! { <option value=name.clone()></option> });
    let button = |act: &'static str, word: &'static str| {
        view! { <button type="submit" class="button" name="act" value=act>{word}</button> }
    };
    view! {
        <section class="card">
            <h2>{texts.act_title}</h2>
            <div class="columns">
                {input(Field {
                    name: "word".into(), label: texts.word, hint: texts.word_hint, ..Field::default()
                }, faults)}
                {input(Field { name: "to".into(), label: texts.to, list: Some("people"), ..Field::default() }, faults)}
                <datalist id="people">{people.collect_view()}</datalist>
            </div>
            <p class="controls">
                {button("done", texts.done)}
                {button("acknowledge", texts.take)}
                {button("snooze 30m", texts.snooze_30m)}
                {button("snooze 2h", texts.snooze_2h)}
                {button("snooze tomorrow", texts.snooze_tomorrow)}
                {button("assign", texts.assign)}
                {button("reopen", texts.reopen)}
            </p>
        </section>
    }
    .into_any()
}

/// A ticket. `all` is whether all are selected, for who may act on them.
fn row(
    ticket: &TicketView,
    query: &TicketQuery,
    clock: &Clock,
    all: Option<RwSignal<bool>>,
) -> AnyView {
    let (texts, lang) = (tickets_ui(), lang());
    let id = ticket.id;
    let label = |word: &str| format!("{word}: {}", ticket.task);
    let button = |act: &str, word: &'static str| {
        let value = format!("{id} {act}");
        view! {
            <button type="submit" class="button small" name="one" value=value aria-label=label(word)>{word}</button>
        }
    };
    let is_over = ticket.state.is_over();
    let buttons = all.map(|_| {
        let done = (ticket.state != TicketState::Done).then(|| button("done", texts.done));
        let open = (!is_over).then(|| {
            let take = (ticket.state != TicketState::Acknowledged)
                .then(|| button("acknowledge", texts.take));
            view! {
                {take}
                {button("snooze 30m", texts.snooze_30m)}
                {button("snooze tomorrow", texts.snooze_tomorrow)}
            }
        });
        let reopen = is_over.then(|| button("reopen", texts.reopen));
        view! { <span class="controls">{done} {open} {reopen}</span> }
    });
    let select = all.map(|all| {
        view! {
            <input type="checkbox" name="id" value=id.0 aria-label=label(texts.select_one)
                prop:checked=move || all.get()/>
        }
    });
    // Of several tickets of one reminder each is about another firing.
    let firing = (ticket.kind == TicketKind::Firing)
        .then(|| view! { <span class="muted">{clock.exact(ticket.opened_at)}</span> });
    let next = ticket.next_urge_at.filter(|_| !is_over).map(|at| {
        let elsewhere = ticket.next_elsewhere();
        view! { <small class="muted break">{texts.next} " " {clock.exact(at)} {elsewhere}</small> }
    });
    let level = (ticket.level > 0).then(|| {
        let level = ticket.level;
        view! { <span class="tag">{texts.level} " " {level} {lang.pick(" 级", "")}</span> }
    });
    let ended = ticket.done_at.map(|at| {
        let by = ticket.done_by.clone().unwrap_or_default();
        let word = ticket.word.clone().unwrap_or_default();
        view! { <small class="muted break">{by} " " {clock.exact(at)} " " {word}</small> }
    });
    let shown = format!(
        "{}{}ticket={id}#ticket",
        address(query),
        if address(query).contains('?') {
            '&'
        } else {
            '?'
        }
    );
    view! {
        <li>
            {select}
            <div class="stack">
                <span class="meta">
                    <a class="break" href=rooted(routes::task(ticket.task_id))><b>{ticket.task.clone()}</b></a>
                    {firing}
                </span>
                <span class="meta">
                    {ticket::state(ticket.state)}
                    <span class="tag">{ticket.kind.words(lang)}</span>
                    {level}
                    <small class="muted">
                        {(!is_over).then(|| view! { {clock.lasting(ticket.since)} " · " })}
                        {urges(lang, ticket.urges)}
                    </small>
                    <small><a href=rooted(shown) aria-label=label(texts.history)>{texts.history}</a></small>
                </span>
                {next}
                {ended}
                {buttons}
            </div>
        </li>
    }
    .into_any()
}
