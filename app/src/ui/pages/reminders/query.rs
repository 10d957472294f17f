//! Which tickets the page shows: its address, the states, the filter, and the pages of the list.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::id::TaskId;
use crate::page::TicketsPage;
use crate::routes;
use crate::ticket::{TicketOrder, TicketQuery, TicketState};
use crate::ui::base::rooted;
use crate::ui::components::choice::select;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::context::{lang, plan_ui, tickets_ui};

/// What the address asks for. A number that is none asks for what does not exist.
pub(super) fn asked(query: &ParamsMap) -> TicketQuery {
    let part = |name: &str| query.get(name).unwrap_or_default();
    let task = part("task");
    let state = part("state");
    let is_open = matches!(state.trim(), "" | "open");
    let sort = match part("sort") {
        // What waits longest comes first.
        sort if sort.trim().is_empty() && is_open => TicketOrder::Oldest.as_str().to_owned(),
        sort => sort,
    };
    TicketQuery {
        state,
        owner: part("owner"),
        task: (!task.trim().is_empty()).then(|| TaskId(task.trim().parse().unwrap_or(0))),
        tag: part("tag"),
        level: part("level").trim().parse().ok(),
        sort,
        after: query.get("after").filter(|after| !after.is_empty()),
        limit: None,
    }
}

pub(super) fn address(query: &TicketQuery) -> String {
    let mut params = ParamsMap::new();
    let task = query.task.map(|id| id.to_string()).unwrap_or_default();
    let level = query.level.map(|level| level.to_string());
    let parts = [
        ("state", query.state.clone()),
        ("owner", query.owner.clone()),
        ("task", task),
        ("tag", query.tag.clone()),
        ("level", level.unwrap_or_default()),
        ("sort", query.sort.clone()),
        ("after", query.after.clone().unwrap_or_default()),
    ];
    for (name, value) in parts {
        if !value.is_empty() {
            params.insert(name, value);
        }
    }
    format!("{}{}", routes::REMINDERS, params.to_query_string())
}

/// The states as links: they work without a script, and the page's address keeps the choice.
pub(super) fn chips(query: &TicketQuery) -> AnyView {
    let (texts, lang) = (tickets_ui(), lang());
    let chip = |state: &str, word: &'static str| {
        let is_current = query.state == state || (state == "open" && query.state.is_empty());
        let href = address(&TicketQuery {
            state: state.to_owned(),
            // Of those that are over the newest always come first.
            sort: String::new(),
            after: None,
            ..query.clone()
        });
        view! { <a class="chip" href=rooted(href) aria-current=is_current.then_some("true")>{word}</a> }
            .into_any()
    };
    let mut chips = vec![chip("open", texts.all_open)];
    for state in TicketState::ALL
        .iter()
        .filter(|one| **one != TicketState::Open)
    {
        chips.push(chip(state.as_str(), state.words(lang)));
    }
    chips.push(chip("all", texts.all));
    view! { <nav class="chips" aria-label=texts.state_filter>{chips}</nav> }.into_any()
}

pub(super) fn filter(query: &TicketQuery, faults: &Faults) -> AnyView {
    let texts = tickets_ui();
    let level = query
        .level
        .map(|level| level.to_string())
        .unwrap_or_default();
    let chosen = TicketOrder::read(&query.sort).unwrap_or_default();
    let orders = TicketOrder::ALL.iter().map(|one| {
        let label = match one {
            TicketOrder::Newest => texts.sort_newest,
            TicketOrder::Oldest => texts.sort_oldest,
            TicketOrder::Level => texts.sort_level,
        };
        (one.as_str().to_owned(), label.to_owned(), *one == chosen)
    });
    // Of those that are over the newest always come first.
    let is_open = matches!(query.state.trim(), "" | "open");
    // Folded away unless it is in use: on a phone it would take the whole screen.
    let parts = [&query.owner, &query.tag, &level];
    let is_used = parts.iter().any(|part| !part.is_empty()) || !faults.0.is_empty();
    view! {
        <details class="fold" open=is_used>
        <summary>{texts.filter}</summary>
        <form method="get" action=rooted(routes::REMINDERS) class="card">
            {(!query.state.is_empty()).then(|| view! {
                <input type="hidden" name="state" value=query.state.clone()/>
            })}
            {query.task.map(|task| view! { <input type="hidden" name="task" value=task.0/> })}
            <div class="columns">
                {input(Field {
                    name: "owner".into(), label: texts.owner, value: query.owner.clone(),
                    list: Some("people"), ..Field::default()
                }, faults)}
                {input(Field {
                    name: "tag".into(), label: texts.tag, value: query.tag.clone(), ..Field::default()
                }, faults)}
                {input(Field {
                    name: "level".into(), label: texts.level_from, value: level, ..Field::default()
                }, faults)}
                {is_open.then(|| select("sort", texts.sort, "", orders.collect(), faults))}
            </div>
            <button type="submit" class="button">{texts.filter}</button>
        </form>
        </details>
    }
    .into_any()
}

/// The ways to the other pages.
pub(super) fn pager(page: &TicketsPage) -> AnyView {
    let (plan, texts) = (plan_ui(), tickets_ui());
    let (first, further) = match TicketOrder::read(&page.query.sort).unwrap_or_default() {
        TicketOrder::Newest => (plan.newest, plan.older),
        TicketOrder::Oldest | TicketOrder::Level => (texts.first_page, texts.next_page),
    };
    let at = |after: Option<String>| {
        address(&TicketQuery {
            after,
            ..page.query.clone()
        })
    };
    let newest = page
        .query
        .after
        .as_ref()
        .map(|_| view! { <a class="button" href=rooted(at(None))>{first}</a> });
    let older = page.next.clone().map(|next| {
        view! { <a class="button" href=rooted(at(Some(next)))>{further} {icon(icon::CHEVRON)}</a> }
    });
    if newest.is_none() && older.is_none() {
        return ().into_any();
    }
    view! { <nav class="pager padded" aria-label=tickets_ui().tickets>{newest} {older}</nav> }
        .into_any()
}
