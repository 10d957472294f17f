//! What became of a task's firings, newest first.

use leptos::prelude::*;

use super::output::visible;
use super::state::{run_outcome, unrun_state};
use super::time::Clock;
use crate::routes;
use crate::run::{HistoryItem, Run, RunState, Trigger, Unrun};
use crate::texts::{phrases, runlog};
use crate::ui::base::rooted;
use crate::ui::context::{lang, ui};

/// The table.
pub(crate) fn history(clock: &Clock, items: &[HistoryItem]) -> AnyView {
    let rows = items.iter().map(|item| match item {
        HistoryItem::Run(run) => run_row(clock, run),
        HistoryItem::Unrun(unrun) => unrun_row(clock, unrun),
    });
    table("rows history", rows.collect())
}

fn table(class: &'static str, rows: Vec<AnyView>) -> AnyView {
    let ui = ui();
    view! {
        <table class=class>
            <thead>
                <tr>
                    <th scope="col">{ui.state}</th>
                    <th scope="col">{ui.planned_for}</th>
                    <th scope="col">{ui.started}</th>
                    <th scope="col">{ui.took}</th>
                    <th scope="col">{ui.result}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// A table of runs of several tasks.
pub(crate) fn runs(clock: &Clock, runs: &[Run]) -> AnyView {
    let rows = runs.iter().map(|run| {
        let task = view! {
            <a class="of-task break" href=rooted(routes::task(run.task_id))>{run.task_name.clone()}</a>
        };
        row(clock, run, Some(task.into_any()))
    });
    table("rows history of-tasks", rows.collect())
}

fn run_row(clock: &Clock, run: &Run) -> AnyView {
    row(clock, run, None)
}

fn row(clock: &Clock, run: &Run, task: Option<AnyView>) -> AnyView {
    // A waiting run shows since when it waits.
    let started = run.has_started() || !run.state.is_over();
    view! {
        <tr>
            <th scope="row">
                <a class="state-link" href=rooted(routes::run(run.id))>
                    {run_outcome(run)} <span class="muted">"#" {run.id.0}</span>
                </a>
                {task}
            </th>
            <td class="when">{run.scheduled_for.map(|at| clock.exact(at))} {cause(run)} {attempt(run)}</td>
            <td class="began">{started.then(|| clock.after(run.scheduled_for, run.started_at))} {delay(run)}</td>
            <td class="took number">{started.then(|| clock.lasted(run.state, run.started_at, run.finished_at))}</td>
            <td class="end">{(run.state != RunState::Succeeded).then(|| ended(run))} {excerpt(run)}</td>
        </tr>
    }
    .into_any()
}

/// Why it started, unless it was simply due.
fn cause(run: &Run) -> Option<AnyView> {
    (run.trigger != Trigger::Schedule).then(|| {
        let who = run.requested_by.clone().map(|who| view! { " · " {who} });
        view! { <span class="cause muted">{ui().trigger_text(run.trigger)} {who}</span> }.into_any()
    })
}

/// The number of the attempt, after the first one.
fn attempt(run: &Run) -> Option<AnyView> {
    (run.attempt > 1).then(|| {
        view! { <span class="cause muted">{runlog::attempt(lang(), run.attempt)}</span> }.into_any()
    })
}

/// The delay of a start, if it is noticeable. A waiting run has not started.
fn delay(run: &Run) -> Option<AnyView> {
    let late = run.started_at.millis_since(run.wanted_at()?);
    (late >= 1000 && run.has_started())
        .then(|| view! { <span class="late">{phrases::late(lang(), late)}</span> }.into_any())
}

/// Lines of an excerpt that fit the style sheet.
const EXCERPT_LINES: usize = 3;

/// The end of a command's output, or the start of a message.
pub(crate) fn excerpt(run: &Run) -> Option<AnyView> {
    let text = visible(run.excerpt.as_deref()?);
    // `<code>` keeps an HTML parser from dropping a leading line break.
    Some(if run.output_bytes > 0 {
        view! { <code class="excerpt is-end">{last_lines(&text)}</code> }.into_any()
    } else {
        view! { <code class="excerpt">{text}</code> }.into_any()
    })
}

/// The last lines that are not blank.
fn last_lines(text: &str) -> String {
    let mut lines: Vec<&str> = text
        .lines()
        .rev()
        .filter(|line| !line.trim().is_empty())
        .take(EXCERPT_LINES)
        .collect();
    lines.reverse();
    lines.join("\n")
}

/// Exit code or signal, and the sentence if there is one.
pub(crate) fn ended(run: &Run) -> AnyView {
    let ui = ui();
    let code = match (run.exit_code, run.signal) {
        (Some(code), _) => Some(view! { <span>{ui.exit_code} " " <b>{code}</b></span> }.into_any()),
        (None, Some(signal)) => Some(
            view! { <span>{crate::run::killed_by(signal, run.state, lang())}</span> }.into_any(),
        ),
        (None, None) => None,
    };
    view! {
        <span class="ended">
            {code}
            {run.reason.as_deref().map(|reason| view! { <span class="muted">{visible(&crate::run::reason_text(reason, lang()))}</span> })}
        </span>
    }
    .into_any()
}

fn unrun_row(clock: &Clock, unrun: &Unrun) -> AnyView {
    let ui = ui();
    let since = unrun.since.filter(|_| unrun.count > 1);
    view! {
        <tr class="unrun">
            <th scope="row">{unrun_state(unrun.state)}</th>
            <td class="when">
                {since.map(|first| view! { {clock.exact(first)} " – " })}
                {clock.after(since, unrun.scheduled_for)}
            </td>
            <td colspan="3" class="end">
                {ui.why(&unrun.reason)}
                {(unrun.count > 1).then(|| view! {
                    " " <span class="count">{phrases::times(lang(), unrun.count)}</span>
                })}
            </td>
        </tr>
    }
    .into_any()
}
