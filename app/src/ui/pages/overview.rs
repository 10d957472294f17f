//! The overview: a summary first, then what runs, what is next, and what needs attention.

use leptos::prelude::*;

use crate::auth::Action;
use crate::page::{DayCounts, FailingTask, Health, Overview, Upcoming};
use crate::routes;
use crate::run::Run;
use crate::server_fns::fetch_overview;
use crate::texts::{health as words, phrases};
use crate::ui::base::rooted;
use crate::ui::components::history::ended;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::notices::notices;
use crate::ui::components::state::{badge, run_state};
use crate::ui::components::time::Clock;
use crate::ui::components::{fact, page_head};
use crate::ui::context::{health_ui, lang, may, ui};
use crate::ui::live::live;
use crate::ui::load;

/// Firings that are shown; the list of tasks has the next one of each.
const UPCOMING_SHOWN: usize = 8;

/// The page.
pub(crate) fn page() -> AnyView {
    let seen = live().follow_all();
    let data = load::ask(move || seen.get(), |_| fetch_overview());
    view! {
        {page_head(ui().nav_overview.to_owned(), ().into_any())}
        {load::page(data, content)}
    }
    .into_any()
}

fn content(page: Overview) -> AnyView {
    let ui = ui();
    let clock = Clock::new(page.clock.clone());
    view! {
        {notices(page.notices.clone())}
        {verdict(&page, &clock)}
        <div class="grid">
            <div class="stack">
                {(!page.failing.is_empty()).then(|| failing(&page.failing, &clock))}
                <section class="card">
                    <h2>{ui.running_now}</h2>
                    {running(&page.running, &clock)}
                </section>
                <section class="card">
                    <h2>{ui.upcoming}</h2>
                    {upcoming(&page.upcoming, &clock)}
                </section>
            </div>
            <div class="stack">
                <section class="card">
                    <h2>{ui.last_day}</h2>
                    {day(page.day)}
                </section>
                <section class="card">
                    <h2>{ui.health}</h2>
                    {health(page.health, &clock)}
                </section>
            </div>
        </div>
    }
    .into_any()
}

fn verdict(page: &Overview, clock: &Clock) -> AnyView {
    let (ui, lang) = (ui(), lang());
    let counts = phrases::task_counts(lang, page.active, page.paused, page.closed);
    let link = match page.failing.len() {
        0 if page.active + page.paused + page.closed == 0 && may(Action::Edit) => {
            (routes::TASK_NEW, ui.new_task)
        }
        0 => (routes::TASKS, ui.to_tasks),
        _ => (routes::TASKS_FAILING, health_ui().failing_tasks),
    };
    let (class, glyph, text) = match page.failing.len() {
        0 if page.active + page.paused + page.closed == 0 => {
            ("verdict is-off", icon::PLUS, ui.no_tasks_yet.to_owned())
        }
        0 => ("verdict is-ok", icon::CHECK, ui.all_well.to_owned()),
        _ => {
            let text = phrases::failing(lang, page.failing_count, page.failing_more);
            ("verdict is-bad", icon::ALERT, text)
        }
    };
    let since = page.failing.first().map(|first| {
        let since = words::since(lang, &clock.short(first.since));
        view! {
            <span class="since">
                {words::longest(lang)} {clock.lasting(first.since)} {lang.pick("（", " (")} {since} {lang.pick("）", ")")}
            </span>
        }
    });
    view! {
        <section class=class role="status">
            {icon(glyph)}
            <div>
                <p class="verdict-text"><b>{text}</b> {since}</p>
                <p class="muted">{counts}</p>
            </div>
            <a class="button" href=rooted(link.0)>{link.1}</a>
        </section>
    }
    .into_any()
}

fn failing(tasks: &[FailingTask], clock: &Clock) -> AnyView {
    let lang = lang();
    let lines = tasks.iter().map(|failing| {
        let run = &failing.run;
        let owners = failing.owners.join(lang.pick("、", ", "));
        view! {
            <li class="failing">
                <a href=rooted(routes::run(run.id)) title=phrases::run_title(lang, run.id.0)>
                    {badge("bad", icon::CROSS, words::failing_times(lang, failing.times))}
                </a>
                <span class="grow">
                    <a class="name" href=rooted(routes::task(run.task_id))>{run.task_name.clone()}</a>
                    <small class="muted">{ended(run)} {(!owners.is_empty()).then(|| format!(" · {owners}"))}</small>
                </span>
                <small class="muted when">
                    {clock.lasting(failing.since)} " · " {words::since(lang, &clock.short(failing.since))}
                </small>
            </li>
        }
        .into_any()
    });
    view! {
        <section class="card">
            <h2>{ui().failing}</h2>
            <ul class="lines">{lines.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn running(runs: &[Run], clock: &Clock) -> AnyView {
    if runs.is_empty() {
        return view! { <p class="muted">{ui().nothing_running}</p> }.into_any();
    }
    let lines = runs.iter().map(|run| {
        view! {
            <li>
                <a href=rooted(routes::run(run.id))>{run_state(run.state)}</a>
                <a class="grow" href=rooted(routes::task(run.task_id))>{run.task_name.clone()}</a>
                <span class="muted number">{clock.took(run.started_at, None)}</span>
            </li>
        }
        .into_any()
    });
    view! { <ul class="lines">{lines.collect_view()}</ul> }.into_any()
}

fn upcoming(firings: &[Upcoming], clock: &Clock) -> AnyView {
    if firings.is_empty() {
        return view! { <p class="muted">{ui().nothing_upcoming}</p> }.into_any();
    }
    let lines = firings.iter().take(UPCOMING_SHOWN).map(|firing| {
        view! {
            <li>
                <span class="when">{clock.relative(firing.at)}</span>
                <a class="grow" href=rooted(routes::task(firing.task_id))>{firing.name.clone()}</a>
                <span class="muted number exact">{clock.exact(firing.at)}</span>
            </li>
        }
        .into_any()
    });
    let more = (firings.len() > UPCOMING_SHOWN).then(|| {
        view! { <p><a href=rooted(routes::TASKS)>{ui().to_tasks}</a></p> }
    });
    view! {
        <ul class="lines upcoming">{lines.collect_view()}</ul>
        {more}
    }
    .into_any()
}

fn day(counts: DayCounts) -> AnyView {
    let ui = ui();
    let tiles = [
        ("is-ok", counts.succeeded, ui.count_succeeded),
        ("is-bad", counts.bad, ui.count_bad),
        ("is-warn", counts.killed, ui.count_killed),
        ("is-off", counts.skipped, ui.count_skipped),
        ("is-warn", counts.missed, ui.count_missed),
    ];
    let tiles = tiles.map(|(tone, count, word)| {
        // Nothing bad happened: red would be a false alarm.
        let tone = if count == 0 { "is-off" } else { tone };
        view! { <li class=tone><b class="number">{count}</b> <span>{word}</span></li> }.into_any()
    });
    view! { <ul class="tiles">{tiles.into_iter().collect_view()}</ul> }.into_any()
}

fn health(health: Health, clock: &Clock) -> AnyView {
    let ui = ui();
    view! {
        <dl class="facts">
            {fact(ui.up_since, clock.relative(health.started_at))}
            {fact(ui.lag, health.lag_ms.map_or_else(|| "—".to_owned(), |ms| phrases::took(lang(), ms)))}
            {fact(ui.outbox, health.outbox_pending.to_string())}
            {fact(ui.outbox_dead, view! { <a href=rooted(routes::MESSAGES_DEAD)>{health.outbox_dead}</a> })}
            {fact(ui.database, health.database)}
            {fact(ui.version, health.version)}
        </dl>
    }
    .into_any()
}
