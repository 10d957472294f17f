//! Runs of all tasks, with filters that are part of the page's address, and as a file.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use crate::id::TaskId;
use crate::page::RunsPage;
use crate::routes;
use crate::run::{Outcome, RunQuery, RunState, Trigger};
use crate::server_fns::fetch_runs;
use crate::texts::runs::RunsUi;
use crate::transition::Word;
use crate::ui::base::rooted;
use crate::ui::components::choice::select;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::history::runs;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, plan_ui, ui};
use crate::ui::live::live;
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let query = use_query_map();
    let asked = Memo::new(move |_| asked(&query.read()));
    let seen = live().follow_all();
    let data = load::ask(
        move || (asked.get(), seen.get()),
        |(query, _)| fetch_runs(query),
    );
    view! {
        {page_head(texts().runs.to_owned(), ().into_any())}
        {load::once(move || RunQuery { limit: Some(1), ..asked.get() }, fetch_runs, filters)}
        {load::page(data, content)}
    }
    .into_any()
}

fn texts() -> &'static RunsUi {
    RunsUi::of(lang())
}

/// What the address asks for. A number that is none becomes one that is refused at its field: without it the list
/// would look like an answer.
fn asked(query: &ParamsMap) -> RunQuery {
    let part = |name: &str| query.get(name).unwrap_or_default();
    let task = part("task");
    let task = task.trim();
    RunQuery {
        task: (!task.is_empty()).then(|| TaskId(task.parse().unwrap_or(-1))),
        tag: part("tag"),
        state: part("state"),
        trigger: part("trigger"),
        node: part("node"),
        from: part("from"),
        to: part("to"),
        q: part("q"),
        after: part("after"),
        limit: None,
    }
}

/// The parts of an address that ask for this, without those that are empty.
fn parts(query: &RunQuery) -> ParamsMap {
    let task = query.task.filter(|id| id.0 >= 0);
    let parts = [
        ("task", task.map(|id| id.to_string()).unwrap_or_default()),
        ("tag", query.tag.clone()),
        ("state", query.state.clone()),
        ("trigger", query.trigger.clone()),
        ("node", query.node.clone()),
        ("from", query.from.clone()),
        ("to", query.to.clone()),
        ("q", query.q.clone()),
        ("after", query.after.clone()),
    ];
    let mut params = ParamsMap::new();
    for (name, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
        params.insert(name, value);
    }
    params
}

fn address(query: &RunQuery, after: &str) -> String {
    let query = RunQuery {
        after: after.to_owned(),
        ..query.clone()
    };
    format!("{}{}", routes::RUNS, parts(&query).to_query_string())
}

/// A form of the browser's own: what is chosen is part of the address.
fn filters(page: RunsPage) -> AnyView {
    let (texts, ui, query) = (texts(), ui(), page.query);
    let faults = Faults(page.error.map_or_else(Vec::new, |error| error.fields));
    let chosen = |value: &str, words: &str, current: &str| {
        (value.to_owned(), words.to_owned(), value == current.trim())
    };
    let mut states = vec![
        chosen("", texts.any, &query.state),
        chosen(Outcome::Bad.word(), texts.bad, &query.state),
        chosen(Outcome::Open.word(), texts.open, &query.state),
    ];
    for state in RunState::ALL {
        states.push(chosen(state.as_str(), ui.run_state(*state), &query.state));
    }
    // A link may ask for several, which stay chosen.
    if states.iter().all(|(_, _, chosen)| !chosen) {
        states.push(chosen(&query.state, &query.state, &query.state));
    }
    let mut triggers = vec![chosen("", texts.any, &query.trigger)];
    for trigger in Trigger::all() {
        let word = ui.trigger_text(trigger);
        triggers.push(chosen(trigger.as_str(), word, &query.trigger));
    }
    let task = query.task.filter(|id| id.0 >= 0);
    let field = |name: &'static str, label, hint, value: String, kind| {
        let field = Field {
            name: name.into(),
            label,
            hint,
            value,
            kind,
            ..Field::default()
        };
        input(field, &faults)
    };
    let task = task.map(|id| id.to_string()).unwrap_or_default();
    let more = [
        &query.trigger,
        &query.tag,
        &task,
        &query.from,
        &query.to,
        &query.node,
    ];
    let is_set = more.iter().any(|value| !value.trim().is_empty());
    let open =
        is_set || faults.any(&["trigger", "tag", "task", "from", "to", "node"].map(str::to_owned));
    view! {
        <form method="get" action=rooted(routes::RUNS) class="card">
            <div class="columns">
                {select("state", ui.state, "", states, &faults)}
                {field("q", texts.q, texts.q_hint, query.q.clone(), "text")}
            </div>
            // They would take two screens of a phone before the first run.
            <details class="fold" open=open>
                <summary>{texts.more_filters}</summary>
                <div class="columns">
                    {select("trigger", ui.trigger, "", triggers, &faults)}
                    {field("tag", texts.tag, "", query.tag.clone(), "text")}
                    {field("task", texts.task_id, "", task.clone(), "number")}
                    {field("node", texts.node, texts.node_hint, query.node.clone(), "text")}
                    {field("from", texts.from, texts.time_hint, query.from.clone(), "text")}
                    {field("to", texts.to, texts.time_hint, query.to.clone(), "text")}
                </div>
            </details>
            <button type="submit" class="button">{texts.filter}</button>
        </form>
    }
    .into_any()
}

fn content(page: RunsPage) -> AnyView {
    let texts = texts();
    let clock = Clock::new(page.clock.clone());
    let table = match (page.items.is_empty(), page.next.is_some()) {
        (false, _) => runs(&clock, &page.items),
        (true, false) => view! { <p class="muted padded">{texts.none}</p> }.into_any(),
        (true, true) => view! { <p class="muted padded">{texts.none_yet}</p> }.into_any(),
    };
    let refused = page.error.clone().filter(|error| error.fields.is_empty());
    let fine = page.error.is_none();
    view! {
        {refused.map(load::failure)}
        <section class="card flush">
            {table}
            {pager(&page)}
        </section>
        {fine.then(|| exports(&page.query))}
    }
    .into_any()
}

/// The same runs as files. Not links of the site: the browser saves what comes.
fn exports(query: &RunQuery) -> AnyView {
    let texts = texts();
    let link = |format: &'static str, word: &'static str| {
        let mut params = parts(query);
        params.insert("format", format.to_owned());
        let href = format!("{}{}", routes::RUNS_EXPORT, params.to_query_string());
        view! { <a class="button small" href=rooted(href) rel="external" download="">{word}</a> }
    };
    view! {
        <p class="padded">
            {texts.export} " " {link("csv", "CSV")} " " {link("jsonl", "JSON Lines")} " "
            <span class="muted">{texts.export_hint}</span>
        </p>
    }
    .into_any()
}

fn pager(page: &RunsPage) -> AnyView {
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
    view! { <nav class="pager padded" aria-label=texts().runs>{newest} {older}</nav> }.into_any()
}
