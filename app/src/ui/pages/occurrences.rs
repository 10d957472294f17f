//! A task's planned firings: upcoming ones, past ones, and why.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::params::ParamsMap;

use super::not_found;
use crate::error::AppError;
use crate::id::{ScheduleId, TaskId};
use crate::occurrence::{Occurrence, OccurrenceQuery, OccurrenceState};
use crate::page::OccurrencesPage;
use crate::routes;
use crate::server_fns::fetch_occurrences;
use crate::task::Task;
use crate::texts::{phrases, plan};
use crate::ui::base::rooted;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::visible;
use crate::ui::components::state::{occurrence_state, occurrence_word};
use crate::ui::components::time::Clock;
use crate::ui::components::why::{answer, why_form};
use crate::ui::context::{lang, plan_ui, ui};
use crate::ui::live::live;
use crate::ui::load;

/// The query in the address: state, cursor, time.
type Asked = (Option<String>, Option<String>, Option<String>);

/// The page.
pub(crate) fn page() -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = Memo::new(move |_| {
        params
            .read()
            .get("id")
            .and_then(|id| id.parse::<TaskId>().ok())
    });
    let asked = Memo::new(move |_| -> Asked {
        let query = query.read();
        let part = |name: &str| query.get(name).filter(|text| !text.is_empty());
        (part("state"), part("after"), part("at"))
    });
    let seen = live().follow(Signal::derive(move || id.get().map(|id| id.0)));
    let data = load::ask(
        move || (id.get(), asked.get(), seen.get()),
        |(id, (state, after, at), _)| fetch_occurrences(id.unwrap_or(TaskId(0)), state, after, at),
    );
    if id.get_untracked().is_none() {
        return not_found::page();
    }
    load::page(data, content)
}

fn content(page: OccurrencesPage) -> AnyView {
    let (ui, plan, lang) = (ui(), plan_ui(), lang());
    let clock = Clock::new(page.clock.clone());
    let task = &page.task;
    let first = page.query.after.is_none();
    let (fault, error) = faults_of(page.explain_error.clone());
    let shown = page.query.state.is_none_or(OccurrenceState::can_be_to_come);
    let to_come = (first && shown).then(|| {
        view! {
            <section class="card flush">
                <div class="card-head"><h2>{plan.to_come}</h2></div>
                {table(&page.upcoming, task, &clock, plan.to_come_empty)}
            </section>
        }
    });
    view! {
        <leptos_meta::Title text=plan::timeline_of(lang, &task.name)/>
        <p class="crumbs">
            <a href=rooted(routes::TASKS)>{ui.tasks}</a> {icon(icon::CHEVRON)}
            <a href=rooted(routes::task(task.id))>{task.name.clone()}</a>
        </p>
        <div class="page-head"><h1>{plan.timeline}</h1></div>
        <section class="card">
            <h2>{plan.why}</h2>
            {page.explanation.as_ref().map(answer)}
            {error.map(load::failure)}
            {why_form(task.id, clock.zone(), &page.at, fault)}
        </section>
        {filter(task.id, &page.query)}
        {to_come}
        <section class="card flush">
            <div class="card-head"><h2>{plan.until_now}</h2></div>
            {table(&page.items, task, &clock, plan.until_now_empty)}
            {pager(&page)}
        </section>
    }
    .into_any()
}

/// A failed query: the sentence for its field, or a failure that concerns no single field.
fn faults_of(error: Option<AppError>) -> (Option<String>, Option<AppError>) {
    match error {
        Some(error) if error.kind == crate::error::ErrorKind::Invalid => {
            (Some(error.message), None)
        }
        other => (None, other),
    }
}

/// The states as links: they work without JavaScript, and the page's address keeps the choice.
fn filter(id: TaskId, query: &OccurrenceQuery) -> AnyView {
    let plan = plan_ui();
    let chosen = query.state;
    let chip = move |state: Option<OccurrenceState>, word: &'static str| {
        let current = (chosen == state).then_some("true");
        view! { <a class="chip" href=rooted(address(id, state, None)) aria-current=current>{word}</a> }
            .into_any()
    };
    let mut chips = vec![chip(None, plan.state_all)];
    for state in OccurrenceState::ALL {
        chips.push(chip(Some(state), occurrence_word(state)));
    }
    view! { <nav class="chips" aria-label=plan.state_filter>{chips}</nav> }.into_any()
}

fn address(id: TaskId, state: Option<OccurrenceState>, after: Option<&str>) -> String {
    let mut params = ParamsMap::new();
    let state = state.map(OccurrenceState::as_str);
    for (name, value) in [("state", state), ("after", after)] {
        if let Some(value) = value {
            params.insert(name, value.to_owned());
        }
    }
    format!(
        "{}{}",
        routes::task_occurrences(id),
        params.to_query_string()
    )
}

fn pager(page: &OccurrencesPage) -> AnyView {
    let plan = plan_ui();
    let (id, state) = (page.task.id, page.query.state);
    let newest = page.query.after.as_ref().map(|_| {
        view! { <a class="button" href=rooted(address(id, state, None))>{plan.newest}</a> }
    });
    let older = page.next.as_deref().map(|next| {
        view! { <a class="button" href=rooted(address(id, state, Some(next)))>{plan.older} {icon(icon::CHEVRON)}</a> }
    });
    if newest.is_none() && older.is_none() {
        return ().into_any();
    }
    view! { <nav class="pager padded" aria-label=plan.until_now>{newest} {older}</nav> }.into_any()
}

fn table(rows: &[Occurrence], task: &Task, clock: &Clock, empty: &'static str) -> AnyView {
    let (ui, plan) = (ui(), plan_ui());
    if rows.is_empty() {
        return view! { <p class="muted padded">{empty}</p> }.into_any();
    }
    let rows = rows.iter().map(|one| row(one, task, clock));
    view! {
        <table class="rows occurrences">
            <thead>
                <tr>
                    <th scope="col">{plan.when}</th>
                    <th scope="col">{ui.state}</th>
                    <th scope="col">{plan.outcome}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(one: &Occurrence, task: &Task, clock: &Clock) -> AnyView {
    let (plan, lang) = (plan_ui(), lang());
    let since = one.since.filter(|_| one.count > 1);
    let starts = !one.state.is_not_run();
    let due = (starts && one.due_at != one.scheduled_for).then(|| {
        view! { <span class="muted">{plan.due} " " {clock.after(Some(one.scheduled_for), one.due_at)}</span> }
    });
    let reason = match (&one.reason_text, &one.reason) {
        (Some(text), _) => Some(visible(text)),
        (None, Some(code)) => Some(ui().why(code)),
        (None, None) => None,
    };
    let run = one.run_id.map(|run| {
        view! { <a href=rooted(routes::run(run))>{phrases::run_title(lang, run.0)}</a> }
    });
    view! {
        <tr>
            <th scope="row" class="when">
                {since.map(|first| view! { {clock.exact(first)} " – " })}
                {clock.after(since, one.scheduled_for)}
                {due}
            </th>
            <td class="how">
                {occurrence_state(one.state)}
                {(one.count > 1).then(|| view! {
                    " " <span class="count">{phrases::times(lang, one.count)}</span>
                })}
            </td>
            <td class="end">
                {reason.map(|text| view! { <span>{text}</span> " " })}
                {run}
                {which(one.schedule_id, task).map(|name| view! { " " <span class="tag">{name}</span> })}
            </td>
        </tr>
    }
    .into_any()
}

/// The schedule that named it, if there are several.
fn which(id: ScheduleId, task: &Task) -> Option<String> {
    let place = task.schedules.iter().position(|one| one.id == id);
    match place {
        Some(place) if task.schedules.len() > 1 => Some(plan::schedule_tag(lang(), place + 1)),
        None if task.urge_cron.is_some() => Some(plan_ui().urge_cycle.to_owned()),
        _ => None,
    }
}
