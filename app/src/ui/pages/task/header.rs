//! The head of a task's page: its health first, the control that its state asks for, and how it has been doing.

use leptos::prelude::*;

use super::super::task_list::people;
use super::trend::Trend;
use crate::auth::Action;
use crate::page::TaskPage;
use crate::routes;
use crate::run::{HistoryItem, RunState};
use crate::task::{Health, TaskState, TaskView};
use crate::texts::days::percent;
use crate::texts::health::health_word;
use crate::texts::phrases;
use crate::ticket::TicketKind;
use crate::ui::base::rooted;
use crate::ui::components::controls::Controls;
use crate::ui::components::cycle::in_force_words;
use crate::ui::components::fact;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::state::{HealthDetail, health};
use crate::ui::components::time::Clock;
use crate::ui::context::{health_ui, lang, may, start_urls_ui, ui};
use crate::ui::load;
use crate::ui::title::health_title;

/// Fewer runs than this have no usual duration.
const USUAL_OF: usize = 3;
/// The days that the numbers are about.
const DAYS: u32 = 30;

/// The title: the name, with the health of a failing task before it.
pub(super) fn title(task: &TaskView) -> AnyView {
    let name = task.name.clone();
    match task.health {
        Health::Failing { .. } => {
            let word = health_word(lang(), task.state, task.health);
            health_title(format!("{word} · {name}"), true)
        }
        _ => health_title(name, false),
    }
}

/// The name, and in a line what people ask first: how it is, whose it is, when it runs, and who hears of it.
pub(super) fn head(page: &TaskPage, clock: &Clock) -> AnyView {
    let (ui, task) = (ui(), &page.task);
    let chase = page.ticket.as_ref().map(|shown| &shown.ticket);
    let chase = chase.filter(|one| one.kind == TicketKind::Chase && !one.state.is_over());
    let detail = HealthDetail {
        usual: usual(&page.history),
        urges: chase.map(|chase| chase.urges),
    };
    let channel = page.channel.clone();
    view! {
        <div class="page-head">
            <div>
                <h1>{task.name.clone()}</h1>
                <p class="lead">
                    {health((task.state, task.urging), task.health, clock, detail)}
                    {people(&task.owners, &task.tags)}
                    <span>{in_force_words(&page.cycle)} " " <small class="muted">{task.zone.clone()}</small></span>
                    {task.next_at.map(|at| view! {
                        <span class="muted">{ui.next_firing} " " {clock.relative(at)}</span>
                    })}
                    {channel.map(|channel| view! {
                        <span class="muted">{icon(icon::SEND)} " " {channel}</span>
                    })}
                </p>
            </div>
        </div>
    }
    .into_any()
}

/// The median of the durations of the last runs that succeeded.
fn usual(history: &[HistoryItem]) -> Option<i64> {
    let succeeded = history.iter().filter_map(|item| match item {
        HistoryItem::Run(run) if run.state == RunState::Succeeded => run.duration_ms(),
        _ => None,
    });
    let mut took: Vec<i64> = succeeded.collect();
    took.sort_unstable();
    (took.len() >= USUAL_OF).then(|| took[took.len() / 2])
}

/// The control that comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum MainControl {
    /// Stop the active run.
    Stop,
    /// Read why it failed.
    Log,
    /// Say that it is done.
    Close,
    /// Resume or reopen it.
    Restore,
    /// Run it now.
    Start,
}

impl MainControl {
    fn of(health: Health) -> Self {
        match health {
            Health::Paused { .. } => Self::Restore,
            Health::Failing { .. } => Self::Log,
            Health::Chasing => Self::Close,
            Health::Running { .. } => Self::Stop,
            Health::Ok | Health::Stopped | Health::Waiting | Health::Done => Self::Start,
        }
    }

    fn of_task(task: &TaskView) -> Self {
        match task.state {
            TaskState::Closed => Self::Restore,
            TaskState::Active | TaskState::Paused => Self::of(task.health),
        }
    }
}

/// The controls, the main one first.
pub(super) fn control_bar(page: &TaskPage, clock: &Clock, controls: Controls) -> Option<AnyView> {
    let (ui, task) = (ui(), &page.task);
    let (operate, edit) = (may(Action::Operate), may(Action::Edit));
    let main = MainControl::of_task(task);
    let class = |of: MainControl| {
        if of == main {
            "button primary"
        } else {
            "button"
        }
    };
    let log = task.last_run.as_ref().filter(|_| main == MainControl::Log);
    let log = log.map(|run| {
        let href = rooted(routes::run(run.id));
        view! { <a class="button primary" href=href>{icon(icon::LIST)} {health_ui().last_log}</a> }
            .into_any()
    });
    if !operate {
        return log.map(|log| view! { <div class="controls">{log}</div> }.into_any());
    }
    let plain = |word: &'static str| word.to_owned();
    let verb = |class, verb, glyph, word: &'static str| {
        controls.verb(task.id, verb, class, glyph, word, plain(word))
    };
    let open = task.state != TaskState::Closed;
    let mut bar: Vec<(bool, AnyView)> = Vec::new();
    let mut add = |of: Option<MainControl>, view: Option<AnyView>| {
        bar.extend(view.map(|view| (of != Some(main), view)));
    };
    add(Some(MainControl::Log), log);
    let stop = page
        .running
        .as_ref()
        .map(|run| controls.stop_button(run.id));
    add(Some(MainControl::Stop), stop);
    let start = controls.start(task.id, page.asks, class(MainControl::Start), plain);
    add(Some(MainControl::Start), Some(start));
    let restore =
        controls.pause_or_restore(task.id, task.state, class(MainControl::Restore), plain);
    add(Some(MainControl::Restore), Some(restore));
    let active = task.state == TaskState::Active;
    add(None, active.then(|| controls.pause_until(task, clock)));
    let close = open.then(|| verb(class(MainControl::Close), "close", icon::DONE, ui.close));
    add(Some(MainControl::Close), close);
    add(None, open.then(|| controls.urge(task)));
    let unurge = (open && task.urging).then(|| verb("button", "unurge", icon::UNDO, ui.unurge));
    add(None, unurge);
    bar.sort_by_key(|(is_other, _)| *is_other);
    let bar: Vec<AnyView> = bar.into_iter().map(|(_, view)| view).collect();
    Some(
        view! {
            <div class="controls" role="group" aria-label=ui.controls>
                {bar}
                // Together at the right edge, also where they take a line of their own.
                {edit.then(|| view! { <div class="controls-end">
                    <a class="button" href=rooted(routes::task_edit(task.id))>{icon(icon::EDIT)} {ui.edit}</a>
                    <a class="button" href=rooted(format!("{}?copy={}", routes::TASK_NEW, task.id))>{icon(icon::COPY)} {ui.copy}</a>
                    <a class="button" href=rooted(routes::task_start_urls(task.id))>{icon(icon::PLAY)} {start_urls_ui().start_urls}</a>
                    {controls.delete(task.id, task.version)}
                </div> })}
            </div>
        }
        .into_any(),
    )
}

/// How it has been doing: the numbers come with the statistics, which take longer than the page.
pub(super) fn stats(page: &TaskPage, clock: &Clock, trend: Trend) -> AnyView {
    let text = health_ui();
    let numbers = load::part(trend.data, move |trend| {
        let periods = trend.map(|trend| trend.periods).unwrap_or_default();
        let month = periods.into_iter().find(|period| period.days == DAYS);
        let missing = || "—".to_owned();
        let share = month.as_ref().and_then(|month| month.success_permille);
        let took = month.and_then(|month| month.p50_ms.zip(month.p95_ms));
        let took = took.map(|(p50, p95)| {
            let (p50, p95) = (phrases::took(lang(), p50), phrases::took(lang(), p95));
            format!("{p50} / {p95}")
        });
        view! {
            {fact(text.success_30, share.map_or_else(missing, percent))}
            {fact(text.usual, took.unwrap_or_else(missing))}
        }
        .into_any()
    });
    let changed = page.changed.as_ref().map(|change| {
        fact(
            text.last_change,
            view! { {change.who.clone()} " · " {clock.relative(change.at)} },
        )
    });
    view! { <dl class="card stats">{numbers} {changed}</dl> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Stamp;

    #[test]
    fn the_main_control_follows_the_health() {
        use MainControl::{Close, Log, Restore, Start, Stop};
        let at = Stamp(chrono::DateTime::UNIX_EPOCH);
        for (health, main) in [
            (
                Health::Failing {
                    times: 2,
                    since: at,
                },
                Log,
            ),
            (Health::Chasing, Close),
            (Health::Running { since: at }, Stop),
            (Health::Ok, Start),
            (Health::Waiting, Start),
            (Health::Stopped, Start),
            (Health::Paused { until: None }, Restore),
            (Health::Done, Start),
        ] {
            assert_eq!(MainControl::of(health), main, "{health:?}");
        }
    }
}
