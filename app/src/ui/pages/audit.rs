//! The audit log: who did what, from where, and what it changed; with filters that are part of the page's address.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::admin::crumbs;
use crate::audit::{AuditEntry, AuditOutcome, AuditQuery, DOORS};
use crate::auth::Action;
use crate::error::{AppError, ErrorKind};
use crate::id::{RunId, TaskId};
use crate::page::AuditPage;
use crate::routes;
use crate::server_fns::fetch_audit;
use crate::texts::audit::{AuditUi, door, outcome, times};
use crate::transition::Word;
use crate::ui::base::rooted;
use crate::ui::components::choice::select;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::visible;
use crate::ui::components::page_head;
use crate::ui::components::state::badge;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, may, plan_ui, set_status, ui};
use crate::ui::load;

/// Digits of a code that are shown.
const CODE_SHOWN: usize = 12;

/// The page.
pub(crate) fn page() -> AnyView {
    if !may(Action::Administer) {
        set_status(403);
        let ui = ui();
        let error = AppError::new(ErrorKind::Forbidden, "forbidden", ui.admin_forbidden);
        return load::error_view(error.with_hint(ui.admin_forbidden_hint));
    }
    let query = use_query_map();
    let asked = Memo::new(move |_| asked(&query.read()));
    let data = load::ask(move || asked.get(), fetch_audit);
    view! {
        {crumbs()}
        {page_head(texts().audit.to_owned(), ().into_any())}
        <p class="muted">{texts().verify_hint}</p>
        {load::once(move || AuditQuery { limit: Some(1), ..asked.get() }, fetch_audit, filters)}
        {load::page(data, content)}
    }
    .into_any()
}

fn texts() -> &'static AuditUi {
    AuditUi::of(lang())
}

/// What the address asks for.
fn asked(query: &ParamsMap) -> AuditQuery {
    let part = |name: &str| query.get(name).unwrap_or_default();
    AuditQuery {
        who: part("who"),
        action: part("action"),
        object: part("object"),
        via: part("via"),
        outcome: part("outcome"),
        from: part("from"),
        to: part("to"),
        after: part("after"),
        limit: None,
    }
}

fn address(query: &AuditQuery, after: &str) -> String {
    let parts = [
        ("who", query.who.as_str()),
        ("action", &query.action),
        ("object", &query.object),
        ("via", &query.via),
        ("outcome", &query.outcome),
        ("from", &query.from),
        ("to", &query.to),
        ("after", after),
    ];
    let mut params = ParamsMap::new();
    for (name, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
        params.insert(name, value.to_owned());
    }
    format!("{}{}", routes::AUDIT, params.to_query_string())
}

/// A form of the browser's own: what is chosen is part of the address.
fn filters(page: AuditPage) -> AnyView {
    let (texts, query) = (texts(), page.query);
    let faults = Faults(page.error.map_or_else(Vec::new, |error| error.fields));
    let chosen = |value: &str, words: &str, current: &str| {
        (value.to_owned(), words.to_owned(), value == current.trim())
    };
    let mut doors = vec![chosen("", texts.any, &query.via)];
    for via in DOORS {
        doors.push(chosen(via, door(texts, via).unwrap_or(via), &query.via));
    }
    let mut outcomes = vec![chosen("", texts.any, &query.outcome)];
    for one in AuditOutcome::all() {
        outcomes.push(chosen(one.word(), outcome(texts, one), &query.outcome));
    }
    let field = |name: &'static str, label, hint, value: &str| {
        let field = Field {
            name: name.into(),
            label,
            hint,
            value: value.to_owned(),
            kind: "text",
            ..Field::default()
        };
        input(field, &faults)
    };
    let more = [&query.via, &query.outcome, &query.from, &query.to];
    let is_set = more.iter().any(|value| !value.trim().is_empty());
    let open = is_set || faults.any(&["via", "outcome", "from", "to"].map(str::to_owned));
    view! {
        <form method="get" action=rooted(routes::AUDIT) class="card">
            <div class="columns">
                {field("who", texts.who, texts.who_hint, &query.who)}
                {field("action", texts.action, texts.action_hint, &query.action)}
                {field("object", texts.object, texts.object_hint, &query.object)}
            </div>
            <details class="fold" open=open>
                <summary>{texts.more_filters}</summary>
                <div class="columns">
                    {select("via", texts.door, "", doors, &faults)}
                    {select("outcome", texts.outcome, "", outcomes, &faults)}
                    {field("from", texts.from, texts.time_hint, &query.from)}
                    {field("to", texts.to, texts.time_hint, &query.to)}
                </div>
            </details>
            <button type="submit" class="button">{texts.filter}</button>
        </form>
    }
    .into_any()
}

fn content(page: AuditPage) -> AnyView {
    let texts = texts();
    let clock = Clock::new(page.clock.clone());
    let table = match (page.items.is_empty(), page.next.is_some()) {
        (false, _) => entries(&clock, &page.items),
        (true, false) => view! { <p class="muted padded">{texts.none}</p> }.into_any(),
        (true, true) => view! { <p class="muted padded">{texts.none_yet}</p> }.into_any(),
    };
    let refused = page.error.clone().filter(|error| error.fields.is_empty());
    view! {
        {refused.map(load::failure)}
        <section class="card flush">
            {table}
            {pager(&page)}
        </section>
    }
    .into_any()
}

fn entries(clock: &Clock, items: &[AuditEntry]) -> AnyView {
    let texts = texts();
    let columns = [
        texts.at,
        texts.who,
        texts.action,
        texts.object,
        texts.outcome,
    ];
    let columns = columns.map(|column| view! { <th scope="col">{column}</th> });
    let rows: Vec<AnyView> = items.iter().map(|entry| row(clock, entry)).collect();
    view! {
        <table class="rows audit">
            <thead><tr>{columns.into_iter().collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(clock: &Clock, entry: &AuditEntry) -> AnyView {
    let texts = texts();
    let who = match entry.who.as_str() {
        "" => view! { <span class="muted">{texts.unknown}</span> }.into_any(),
        who => view! { <b class="break">{visible(who)}</b> }.into_any(),
    };
    let via = door(texts, &entry.via).map_or_else(|| visible(&entry.via), str::to_owned);
    let client = entry.client.as_deref().map(visible);
    let place = client.map(|client| view! { <small class="muted break">{client}</small> });
    let state = match entry.outcome {
        AuditOutcome::Done => badge("ok", icon::CHECK, texts.done),
        AuditOutcome::Refused => badge("bad", icon::ALERT, texts.refused),
    };
    let count = (entry.times > 1).then(|| {
        view! { " " <small class="muted">{times(entry.times, lang())}</small> }
    });
    view! {
        <tr id=format!("entry-{}", entry.id)>
            <th scope="row" class="when">{clock.exact(entry.at)}</th>
            <td data-label=texts.who>{who} " " <small class="muted">{via}</small> " " {place}</td>
            <td data-label=texts.action><code>{visible(&entry.action)}</code></td>
            <td data-label=texts.object>{object(entry)} {unfolded(entry)}</td>
            <td data-label=texts.outcome>{state} {count}</td>
        </tr>
    }
    .into_any()
}

/// What it was done to: a link to a task or a run, else its name.
fn object(entry: &AuditEntry) -> AnyView {
    let kind = entry.action.split('.').next().unwrap_or_default();
    let number = entry.object_id.map(|id| {
        let name = format!("{kind} {id}");
        let href = match kind {
            "task" => Some(routes::task(TaskId(id))),
            "run" => Some(routes::run(RunId(id))),
            _ => None,
        };
        match href {
            Some(href) => view! { <a href=rooted(href)>{name}</a> }.into_any(),
            None => view! { <span>{name}</span> }.into_any(),
        }
    });
    let detail = (!entry.detail.is_empty()).then(|| {
        view! { " " <span class="break">{visible(&entry.detail)}</span> }
    });
    view! { {number} {detail} }.into_any()
}

/// What an entry changed, and its seal.
fn unfolded(entry: &AuditEntry) -> AnyView {
    let texts = texts();
    let seal = match (entry.seq, &entry.mac) {
        (Some(seq), Some(mac)) => {
            let code: String = mac.chars().take(CODE_SHOWN).collect();
            format!("{seq} · {code}")
        }
        _ => texts.unsealed.to_owned(),
    };
    let changes = (!entry.changes.is_empty()).then(|| {
        let value = |value: &Option<String>| value.as_deref().map_or_else(|| "–".to_owned(), visible);
        let changes = entry.changes.iter().map(|change| {
            let (before, after) = (value(&change.before), value(&change.after));
            view! { <li class="break"><b>{visible(&change.field)}</b> " " {before} " → " {after}</li> }
        });
        view! { <ul>{changes.collect_view()}</ul> }
    });
    let summary = match entry.changes.len() {
        0 => texts.seal.to_owned(),
        many => format!("{} ({many})", texts.changes),
    };
    view! {
        <details>
            <summary>{summary}</summary>
            {changes}
            <small class="muted">{texts.seal} " " {seal}</small>
        </details>
    }
    .into_any()
}

fn pager(page: &AuditPage) -> AnyView {
    let plan = plan_ui();
    let newest = (!page.query.after.is_empty()).then(
        || view! { <a class="button" href=rooted(address(&page.query, ""))>{plan.newest}</a> },
    );
    let older = page.next.as_deref().map(|next| {
        view! { <a class="button" href=rooted(address(&page.query, next))>{plan.older} {icon(icon::CHEVRON)}</a> }
    });
    if newest.is_none() && older.is_none() {
        return ().into_any();
    }
    view! { <nav class="pager padded" aria-label=texts().audit>{newest} {older}</nav> }.into_any()
}
