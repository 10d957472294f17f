//! A run's page: its result and its output, followed live while it is active.

mod brief;
mod log;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use self::log::Log;
use super::not_found;
use crate::auth::Action;
use crate::id::RunId;
use crate::page::RunPage;
use crate::routes;
use crate::run::{Run, RunReason, RunState, RunsBeside};
use crate::server_fns::fetch_run;
use crate::texts::phrases;
use crate::texts::runlog::{self, RunLogUi};
use crate::ui::base::rooted;
use crate::ui::components::controls::Controls;
use crate::ui::components::fact;
use crate::ui::components::history::ended;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::messages::messages;
use crate::ui::components::output::visible;
use crate::ui::components::state::run_outcome;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, may, ui};
use crate::ui::live::live;
use crate::ui::load;

/// State that outlives the data.
#[derive(Clone, Copy)]
struct PageState {
    controls: Controls,
    log: Log,
}

/// The page.
pub(crate) fn page() -> AnyView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params
            .read()
            .get("id")
            .and_then(|id| id.parse::<RunId>().ok())
    });
    let desk = PageState {
        controls: Controls::new(),
        log: Log::new(),
    };
    let seen = live().follow_all();
    // A run that has ended does not change any more, whatever other tasks do.
    let over = RwSignal::new(None::<RunId>);
    let news = Memo::new(move |before: Option<&(u32, u32)>| {
        let now = (seen.get(), desk.log.ended());
        if over.get_untracked().is_some() && over.get_untracked() == id.get() {
            before.copied().unwrap_or(now)
        } else {
            now
        }
    });
    let data = load::ask(
        move || (id.get(), news.get(), desk.controls.version()),
        move |(id, ..)| {
            let id = id.unwrap_or(RunId(0));
            fetch_run(id, desk.log.wants(id))
        },
    );
    let shown = move || data.get().and_then(Result::ok);
    Effect::new(move |_| {
        let ended = shown().filter(|page| page.run.state.is_over());
        over.set(ended.map(|page| page.run.id));
    });
    desk.log.keep(shown);
    if id.get_untracked().is_none() {
        return not_found::page();
    }
    load::page(data, move |page| content(page, desk))
}

fn content(page: RunPage, desk: PageState) -> AnyView {
    let (ui, lang) = (ui(), lang());
    let clock = Clock::new(page.clock.clone());
    let run = &page.run;
    let title = phrases::run_title(lang, run.id.0);
    let waits = run.state == RunState::Waiting;
    let word = if waits {
        RunLogUi::of(lang).cancel_waiting
    } else {
        ui.stop
    };
    let stop =
        (!run.state.is_over() && may(Action::Operate)).then(|| desk.controls.stop_by(run.id, word));
    let again = (run.state.is_over() && may(Action::Operate))
        .then(|| desk.controls.start_again(run, page.asks));
    // A waiting run has not started: what counts is when it will.
    let time = if waits {
        run.due_at.map(|at| clock.relative(at))
    } else {
        run.has_started()
            .then(|| clock.lasted(run.state, run.started_at, run.finished_at))
    };
    view! {
        <Title text=format!("{title} · {}", run.task_name)/>
        <p class="crumbs">
            <a href=rooted(routes::TASKS)>{ui.tasks}</a> {icon(icon::CHEVRON)}
            <a href=rooted(routes::task(run.task_id))>{run.task_name.clone()}</a>
        </p>
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                <p class="lead" aria-live="polite">
                    {run_outcome(run)}
                    <span class="number">{time}</span>
                    {ended(run)}
                </p>
            </div>
            <div class="page-actions controls">
                {beside(page.beside)}
                {stop}
                {again}
            </div>
        </div>
        {desk.controls.outcome()}
        {page.brief.as_ref().map(brief::card)}
        <div class="grid">
            {(!is_message(run)).then(|| log::card(&page, desk.log))}
            <div class="stack">
                {attempts(&page.attempts, run.id, &clock)}
                <section class="card">
                    <h2>{ui.run_facts}</h2>
                    {facts(run, &clock)}
                </section>
                <section class="card">
                    <h2>{ui.messages}</h2>
                    {messages(&clock, page.messages.clone())}
                </section>
            </div>
        </div>
    }
    .into_any()
}

/// Links to the runs of the task before and after this one.
fn beside(runs: RunsBeside) -> Option<AnyView> {
    let text = RunLogUi::of(lang());
    let link = |run: Option<RunId>, rel: &'static str, word: &'static str| {
        run.map(|id| view! { <a class="button" rel=rel href=rooted(routes::run(id))>{word}</a> })
    };
    (runs != RunsBeside::default()).then(|| {
        view! {
            <nav class="controls" aria-label=text.beside>
                {link(runs.previous, "prev", text.previous)}
                {link(runs.next, "next", text.next)}
            </nav>
        }
        .into_any()
    })
}

/// Whether a run belongs to a task in message mode: it has no output, and its text is that of its message, which the
/// page shows.
fn is_message(run: &Run) -> bool {
    let unsent = matches!(
        run.reason.as_deref().map(RunReason::read),
        Some(RunReason::NoChannel | RunReason::Undelivered(_))
    );
    let sends = unsent || run.state == RunState::Sending || run.excerpt.is_some();
    sends && run.output_bytes == 0
}

/// The attempts, if there are several, or another one is to come.
fn attempts(all: &[Run], shown: RunId, clock: &Clock) -> Option<AnyView> {
    let lang = lang();
    let waits = all.iter().any(|run| run.state == RunState::Waiting);
    let items = all.iter().map(|run| {
        let time = match run.state {
            RunState::Waiting => run.due_at.map(|at| clock.relative(at)),
            _ => run
                .has_started()
                .then(|| clock.lasted(run.state, run.started_at, run.finished_at)),
        };
        let current = (run.id == shown).then_some("page");
        view! {
            <li>
                <a href=rooted(routes::run(run.id)) class="grow" aria-current=current>
                    {runlog::attempt(lang, run.attempt)}
                </a>
                {run_outcome(run)}
                <span class="when number">{time}</span>
            </li>
        }
    });
    (all.len() > 1 || waits).then(|| {
        view! {
            <section class="card">
                <h2>{RunLogUi::of(lang).attempts}</h2>
                <ul class="lines attempts">{items.collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn facts(run: &Run, clock: &Clock) -> AnyView {
    let (ui, text, lang) = (ui(), RunLogUi::of(lang()), lang());
    let waits = run.state == RunState::Waiting;
    let started = run.has_started().then_some(run.started_at);
    let delay = run
        .wanted_at()
        .and_then(|at| Some(started?.millis_since(at)));
    let parameters = (!run.parameters.is_empty()).then(|| {
        let items = run.parameters.iter().map(|(name, value)| {
            view! { <li><code>{visible(name)} "=" {visible(value)}</code></li> }
        });
        view! { <ul class="break">{items.collect_view()}</ul> }
    });
    view! {
        <dl class="facts">
            {fact(ui.task_word, view! { <a href=rooted(routes::task(run.task_id))>{run.task_name.clone()}</a> })}
            {fact(ui.trigger, ui.trigger_text(run.trigger))}
            {run.requested_by.clone().map(|who| fact(ui.requested_by, who))}
            {run.note.as_deref().filter(|note| !note.is_empty()).map(|note| fact(text.note, visible(note)))}
            {parameters.map(|list| fact(text.parameters, list))}
            {run.scheduled_for.map(|at| fact(ui.planned_for, clock.exact(at)))}
            {run.due_at.filter(|_| waits).map(|at| fact(text.due, clock.both(at)))}
            {started.map(|at| fact(ui.started, clock.exact(at)))}
            {delay.map(|delay| fact(ui.delay, phrases::took(lang, delay)))}
            {run.finished_at.map(|at| fact(ui.finished, clock.exact(at)))}
            {run.exit_code.map(|code| fact(ui.exit_code, code.to_string()))}
            {run.signal.map(|signal| fact(ui.signal, crate::run::signal_text(signal, run.state, lang)))}
            {(run.attempt > 1).then(|| fact(ui.attempt, run.attempt.to_string()))}
            {run.reason.as_deref().map(|reason| fact(ui.reason, visible(&crate::run::reason_text(reason, lang))))}
            {fact(ui.zone, clock.zone().to_owned())}
        </dl>
    }
    .into_any()
}
