//! A task's page: history and control.

mod damaged;
mod header;
mod notifications;
mod trend;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::not_found;
use super::reminders::ticket_detail;
use crate::error::AppError;
use crate::id::TaskId;
use crate::page::{ShownValue, TaskAnswer, TaskPage};
use crate::routes;
use crate::server_fns::{TestChannel, fetch_history, fetch_task};
use crate::task::{Notes, TaskState};
use crate::texts::fields::label;
use crate::time::Stamp;
use crate::ui::act::Act;
use crate::ui::base::rooted;
use crate::ui::components::bars::bars;
use crate::ui::components::controls::Controls;
use crate::ui::components::cycle::{schedules, warnings};
use crate::ui::components::fact;
use crate::ui::components::firings::firings;
use crate::ui::components::history::history;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::messages::messages;
use crate::ui::components::output::code_block;
use crate::ui::components::runbook::runbook;
use crate::ui::components::time::Clock;
use crate::ui::components::why::why_form;
use crate::ui::context::{
    execution_ui, health_ui, lang, messages_ui, plan_ui, rules_ui, tickets_ui, ui,
};
use crate::ui::live::live;
use crate::ui::load;

/// Rows of the history of a ticket that the page shows.
const TICKET_ROWS: usize = 20;

/// What the reader has unfolded, and the controls: outlives the data.
#[derive(Clone, Copy)]
struct PageState {
    controls: Controls,
    /// A test of its robot.
    test: Act<TestChannel>,
    /// How many further pages of history are shown.
    pages: RwSignal<u32>,
    /// `?after=`: where the history starts in a browser without JavaScript.
    after: Memo<Option<String>>,
    /// How its runs went over a year.
    trend: trend::Trend,
}

/// The page.
pub(crate) fn page() -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = Memo::new(move |_| {
        params
            .read()
            .get("id")
            .and_then(|id| id.parse::<TaskId>().ok())
    });
    let after = Memo::new(move |_| query.read().get("after").filter(|after| !after.is_empty()));
    let desk = PageState {
        controls: Controls::new(),
        test: Act::new(),
        pages: RwSignal::new(0),
        after,
        trend: trend::ask(id, Memo::new(move |_| query.read().get("stats").is_some())),
    };
    let live = live();
    let seen = live.follow(Signal::derive(move || id.get().map(|id| id.0)));
    // While the task is being deleted the query stays the same, so nothing is requested.
    let question = Memo::new(move |asked: Option<&_>| {
        let now = (
            id.get(),
            after.get(),
            desk.pages.get(),
            seen.get(),
            desk.controls.version(),
        );
        match asked {
            Some(asked) if desk.controls.leaving() => Clone::clone(asked),
            _ => now,
        }
    });
    let viewer = RwSignal::new(live.viewer_zone.get_untracked());
    let data = load::ask(
        move || (question.get(), viewer.get()),
        |((id, after, pages, ..), viewer)| fetch(id.unwrap_or(TaskId(0)), after, pages, viewer),
    );
    // The reader's own zone is known after hydration; usually it is the task's.
    Effect::new(move |_| {
        if let Some(Ok(TaskAnswer::Whole(page))) = data.get() {
            let beside = live.viewer_beside(&page.task.zone);
            let asked = viewer.get_untracked();
            // If only the task's own zone was requested needlessly, another request is not worth it.
            if asked != beside && !(beside.is_empty() && asked == page.task.zone) {
                viewer.set(beside);
            }
        }
    });
    if id.get_untracked().is_none() {
        return not_found::page();
    }
    view! {
        {load::page(data, move |answer| match answer {
            TaskAnswer::Whole(page) => content(*page, desk),
            TaskAnswer::Damaged(task) => damaged::content(task, desk.controls),
        })}
    }
    .into_any()
}

/// The page's data with as much history as is shown.
async fn fetch(
    id: TaskId,
    after: Option<String>,
    pages: u32,
    viewer_zone: String,
) -> Result<TaskAnswer, AppError> {
    let answer = fetch_task(id, viewer_zone).await?;
    let TaskAnswer::Whole(mut page) = answer else {
        return Ok(answer);
    };
    if let Some(after) = after {
        (page.history, page.next) = fetch_history(id, after).await?;
    }
    for _ in 0..pages {
        let Some(next) = page.next.take() else { break };
        let (older, next) = fetch_history(id, next).await?;
        page.history.extend(older);
        page.next = next;
    }
    Ok(TaskAnswer::Whole(page))
}

fn content(page: TaskPage, desk: PageState) -> AnyView {
    let ui = ui();
    let clock = Clock::new(page.clock.clone());
    view! {
        {header::title(&page.task)}
        <p class="crumbs"><a href=rooted(routes::TASKS)>{ui.tasks}</a></p>
        {header::head(&page, &clock)}
        {header::control_bar(&page, &clock, desk.controls)}
        {desk.controls.outcome()}
        {header::stats(&page, &clock, desk.trend)}
        <div class="grid">
            {history_card(&page, &clock, desk)}
            <div class="stack">
                <section class="card">
                    <h2>{ui.next_firings}</h2>
                    {warnings(page.preview.warnings.clone())}
                    {to_come(&page)}
                </section>
                {trend::card(page.task.id, desk.trend)}
                <section class="card">
                    <h2>{plan_ui().why}</h2>
                    {why_form(page.task.id, clock.zone(), "", None)}
                </section>
                <section class="card">
                    <h2>{ui.facts}</h2>
                    {facts(&page, &clock)}
                </section>
                {notes(&page.task.notes)}
                {execution(&page)}
                <section class="card">
                    <h2>{rules_ui().notifications}</h2>
                    {notifications::card(&page, &clock, desk.test)}
                </section>
                {page.ticket.as_ref().map(|shown| view! {
                    {ticket_detail(shown, &clock, Some(TICKET_ROWS))}
                    <p><a href=rooted(routes::task_tickets(page.task.id))>{tickets_ui().tickets_of_task}</a></p>
                })}
                <section class="card">
                    <h2>{ui.messages}</h2>
                    {messages(&clock, page.messages.clone())}
                    <p><a href=rooted(routes::task_messages(page.task.id))>{messages_ui().all_messages}</a></p>
                </section>
            </div>
        </div>
    }
    .into_any()
}

/// The notes, each below its label.
fn notes(notes: &Notes) -> Vec<AnyView> {
    let card = |(field, text): (&'static str, &str)| {
        view! {
            <section class="card">
                <h2>{label(field, lang())}</h2>
                {runbook(text)}
            </section>
        }
        .into_any()
    };
    notes.written().into_iter().map(card).collect()
}

/// The next firings; or why there are none.
fn to_come(page: &TaskPage) -> AnyView {
    let text = health_ui();
    if let Some(held) = &page.task.held {
        return view! { <p class="notice is-warn">{icon(icon::PAUSE)} <span>{held.text(lang())}</span></p> }
            .into_any();
    }
    let none = match (page.task.state, page.task.paused_until) {
        (TaskState::Closed, _) => Some(text.none_closed),
        (TaskState::Paused, None) => Some(text.none_paused),
        (TaskState::Active, _) if page.task.finished => Some(text.none_finished),
        _ => None,
    };
    match none {
        Some(none) => view! { <p class="muted">{none}</p> }.into_any(),
        None => firings(&page.preview),
    }
}

fn history_card(page: &TaskPage, clock: &Clock, desk: PageState) -> AnyView {
    let ui = ui();
    let rows = if page.history.is_empty() {
        view! { <p class="muted padded">{ui.history_empty}</p> }.into_any()
    } else {
        history(clock, &page.history)
    };
    let id = page.task.id;
    // A link for browsers without JavaScript; with it the page grows instead.
    let older = page.next.clone().map(|next| {
        let mut params = leptos_router::params::ParamsMap::new();
        params.insert("after", next);
        let href = format!("{}{}", routes::task(id), params.to_query_string());
        view! {
            <a class="button" href=rooted(href) on:click=move |event| {
                event.prevent_default();
                desk.pages.update(|pages| *pages += 1);
            }>{ui.older} {icon(icon::CHEVRON)}</a>
        }
    });
    let newest = desk.after.get_untracked().map(|_| {
        view! { <a class="button" href=rooted(routes::task(id))>{ui.newer}</a> }
    });
    view! {
        <section class="card flush">
            <div class="card-head">
                <h2>{ui.history}</h2>
                <a class="button small" href=rooted(routes::task_occurrences(id))>{icon(icon::CLOCK)} {plan_ui().timeline}</a>
            </div>
            {bars(&page.history)}
            {rows}
            <nav class="pager padded" aria-label=ui.history>{newest} {older}</nav>
        </section>
    }
    .into_any()
}

/// What differs from the default execution, and links to the tasks that it waits for.
fn execution(page: &TaskPage) -> Option<AnyView> {
    let words = execution_ui();
    let name_of = |id: TaskId| {
        let mut awaits = page.awaits.iter();
        awaits
            .find(|(one, _)| *one == id)
            .map(|(_, name)| name.clone())
    };
    let mut sentences = page.task.execution.describe_with(lang(), name_of);
    sentences.extend(page.task.execution.credential_hints(lang()));
    let links = page.awaits.iter().map(|(id, name)| {
        view! { <li><a href=rooted(routes::task(*id))>{format!("#{id} {name}")}</a></li> }
    });
    let awaits = (!page.awaits.is_empty()).then(|| {
        view! {
            <h3>{words.awaits}</h3>
            <ul class="lines">{links.collect_view()}</ul>
        }
    });
    (!sentences.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>{words.execution}</h2>
                <ul class="notes">{sentences.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
                {awaits}
            </section>
        }
        .into_any()
    })
}

fn facts(page: &TaskPage, clock: &Clock) -> AnyView {
    let (ui, task) = (ui(), &page.task);
    let shown = page.facts.iter().map(|one| {
        let value = match &one.value {
            ShownValue::Cycles(all) => schedules(all),
            ShownValue::Window(from, until) => {
                let end =
                    |at: Option<Stamp>| at.map_or_else(|| "…".into_any(), |at| clock.exact(at));
                view! { {end(*from)} " – " {end(*until)} }.into_any()
            }
            ShownValue::Explained(word, help) => {
                view! { {word.clone()} " " <small class="muted">{help.clone()}</small> }.into_any()
            }
            ShownValue::Text(text) => text.clone().into_any(),
        };
        fact(one.label.clone(), value)
    });
    view! {
        <dl class="facts">
            {shown.collect_view()}
            {fact(ui.created_at, clock.exact(task.created_at))}
            {fact(ui.updated_at, clock.exact(task.updated_at))}
        </dl>
        {(!task.command.is_empty()).then(|| view! {
            <h3>{ui.command}</h3>
            {code_block(&task.command)}
        })}
    }
    .into_any()
}
