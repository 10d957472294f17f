//! The overview: a summary first, then what runs, what is next, and what needs attention.

use leptos::prelude::*;

use super::task_list::people;
use crate::auth::Action;
use crate::page::{DayCounts, FailingTask, Health, HourCounts, Overview, Upcoming};
use crate::routes;
use crate::run::{Run, last_line};
use crate::server_fns::fetch_overview;
use crate::texts::{health as words, phrases};
use crate::ui::base::rooted;
use crate::ui::components::controls::Controls;
use crate::ui::components::history::ended;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::notices::notices;
use crate::ui::components::output::visible;
use crate::ui::components::state::{badge, run_state};
use crate::ui::components::time::Clock;
use crate::ui::components::{fact, heading};
use crate::ui::context::{health_ui, lang, may, ui};
use crate::ui::live::live;
use crate::ui::load;
use crate::ui::title::health_title;

/// Firings that are shown; the list of tasks has the next one of each.
const UPCOMING_SHOWN: usize = 8;

/// The page.
pub(crate) fn page() -> AnyView {
    let controls = Controls::new();
    let seen = live().follow_all();
    let data = load::ask(
        move || (seen.get(), controls.version()),
        |_| fetch_overview(),
    );
    view! {
        {heading(ui().nav_overview.to_owned(), ().into_any())}
        {controls.outcome()}
        {load::page(data, move |page| content(page, controls))}
    }
    .into_any()
}

fn content(page: Overview, controls: Controls) -> AnyView {
    let ui = ui();
    let clock = Clock::new(page.clock.clone());
    let failing_count = i64::try_from(page.failing_count).unwrap_or(i64::MAX);
    let title = words::title_with_failing(failing_count, ui.nav_overview);
    view! {
        {health_title(title, failing_count > 0)}
        {notices(page.notices.clone())}
        {verdict(&page, &clock)}
        <div class="grid">
            <div class="stack">
                {(!page.failing.is_empty()).then(|| failing(&page.failing, &clock, controls))}
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
                    {hours(&page.hours, &clock)}
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

fn failing(tasks: &[FailingTask], clock: &Clock, controls: Controls) -> AnyView {
    let lang = lang();
    let operate = may(Action::Operate);
    let lines = tasks.iter().map(|failing| {
        let run = &failing.run;
        // What it wrote last says more than the exit code.
        let line = run.excerpt.as_deref().and_then(last_line);
        let line = line.map(|line| view! { <code class="error-line">{visible(line)}</code> });
        let name = run.task_name.clone();
        let label = move |what: &'static str| phrases::for_task(lang, what, &name);
        let log = label(health_ui().last_log);
        view! {
            <li class="failing">
                {badge("bad", icon::CROSS, words::failing_times(lang, failing.times))}
                <span class="grow">
                    <a class="name" href=rooted(routes::task(run.task_id))>{run.task_name.clone()}</a>
                    <small class="muted">{ended(run)}</small>
                    {line}
                    {people(&failing.owners, &[])}
                </span>
                <small class="muted when">
                    {clock.lasting(failing.since)} " · " {words::since(lang, &clock.short(failing.since))}
                </small>
                <span class="acts">
                    <a class="button small" href=rooted(routes::run(run.id)) aria-label=log>
                        {icon(icon::LIST)} <span>{health_ui().last_log}</span>
                    </a>
                    {operate.then(|| controls.start(run.task_id, failing.asks, "button small", label))}
                </span>
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

/// Height of the picture of the hours in its own units.
const HEIGHT: i64 = 40;

/// A bar for each hour, which says what it stands for when pointed at: its height is the number of runs, and its lower
/// part those that did not succeed.
fn hours(hours: &[HourCounts], clock: &Clock) -> Option<AnyView> {
    let most = hours.iter().map(|hour| hour.runs).max()?;
    if most == 0 {
        return None;
    }
    let lang = lang();
    let height = |runs: i64| match runs {
        0 => 0,
        // Seen, however few they are.
        runs => (runs * HEIGHT / most).max(3),
    };
    let label = words::runs_of_time(
        lang,
        ui().last_day,
        hours.iter().map(|hour| hour.runs).sum(),
        hours.iter().map(|hour| hour.bad).sum(),
    );
    // As text, not as nodes. No word in it is a person's.
    let mut bars = String::new();
    for (place, hour) in hours.iter().enumerate() {
        let title = words::runs_of_time(lang, &clock.short(hour.from), hour.runs, hour.bad);
        bars.push_str(&format!("<g><title>{title}</title>"));
        for (tone, height) in [("ok", height(hour.runs)), ("bad", height(hour.bad))] {
            let (x, y) = (place * 10, HEIGHT - height);
            bars.push_str(&format!(
                "<rect class=\"is-{tone}\" x=\"{x}\" y=\"{y}\" width=\"8\" height=\"{height}\"/>"
            ));
        }
        bars.push_str("</g>");
    }
    Some(
        view! {
            <figure class="bars trend">
                <svg viewBox="0 0 240 40" preserveAspectRatio="none" role="img" aria-label=label.clone() inner_html=bars></svg>
                <figcaption class="muted">{label}</figcaption>
            </figure>
        }
        .into_any(),
    )
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
