//! How the runs of a task went over a year: by week, and in the last 7, 30 and 90 days.
//!
//! It is requested after the page is there, or by a link where there is no JavaScript: for a task that runs often it takes
//! longer than everything else on the page.

use leptos::prelude::*;

use crate::id::TaskId;
use crate::routes;
use crate::run::days::{RunTrend, RunWeek};
use crate::server_fns::fetch_run_trend;
use crate::texts::days::{self, DaysUi};
use crate::ui::base::rooted;
use crate::ui::context::lang;
use crate::ui::load::{self, Data};

/// Height of the picture in its own units.
const HEIGHT: i64 = 40;
/// From one week to the next.
const STEP: usize = 10;

/// The data; without it as long as it was not asked for.
#[derive(Clone, Copy)]
pub(super) struct Trend {
    pub(super) data: Data<Option<RunTrend>>,
    /// Whether the page of the task is there, and alive.
    alive: RwSignal<bool>,
}

/// Requests it for a task, once the page is alive; at once with `?stats`.
pub(super) fn ask(id: Memo<Option<TaskId>>, wanted: Memo<bool>) -> Trend {
    let alive = RwSignal::new(false);
    let data = load::ask(
        move || id.get().filter(|_| wanted.get() || alive.get()),
        |id| async move {
            match id {
                Some(id) => fetch_run_trend(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    Trend { data, alive }
}

/// The card.
pub(super) fn card(id: TaskId, trend: Trend) -> AnyView {
    Effect::new(move |_| trend.alive.set(true));
    let content = load::part(trend.data, move |trend| match trend {
        Some(trend) => shown(&trend),
        None => {
            let href = format!("{}?stats=1", routes::task(id));
            view! { <p><a href=rooted(href)>{DaysUi::of(lang()).show}</a></p> }.into_any()
        }
    });
    view! {
        <section class="card">
            <h2>{DaysUi::of(lang()).statistics}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn shown(trend: &RunTrend) -> AnyView {
    let (texts, lang) = (DaysUi::of(lang()), lang());
    if trend.weeks.is_empty() {
        return view! { <p class="muted">{texts.empty}</p> }.into_any();
    }
    let line = |period| {
        let (term, words) = days::period_line(lang, period);
        view! { <div><dt>{term}</dt><dd>{words}</dd></div> }
    };
    let lines = trend.periods.iter().map(line).collect_view();
    view! {
        {picture(&trend.weeks)}
        <dl class="facts">{lines}</dl>
        {(!trend.complete).then(|| view! { <p class="muted">{texts.incomplete}</p> })}
        <p class="muted"><small>{texts.utc}</small></p>
    }
    .into_any()
}

/// A bar for each week: its height is the number of runs, and its lower part those that ended badly.
fn picture(weeks: &[RunWeek]) -> Option<AnyView> {
    let most = weeks.iter().map(|week| week.runs).max()?;
    if weeks.len() < 2 {
        return None;
    }
    let sum = |number: fn(&RunWeek) -> i64| weeks.iter().map(number).sum::<i64>();
    let label = days::trend(
        lang(),
        weeks.len(),
        sum(|week| week.runs),
        sum(|week| week.bad),
    );
    let bars = weeks.iter().enumerate().map(|(place, week)| {
        let height = |runs: i64| match runs {
            0 => 0,
            // Seen, however few they are.
            runs => (runs * HEIGHT / most).max(3),
        };
        let (all, bad) = (height(week.runs), height(week.bad));
        let x = place * STEP;
        view! {
            <g>
                <title>{days::week(lang(), week)}</title>
                <rect class="is-ok" x=x y=HEIGHT - all width=STEP - 2 height=all></rect>
                <rect class="is-bad" x=x y=HEIGHT - bad width=STEP - 2 height=bad></rect>
            </g>
        }
    });
    let view_box = format!("0 0 {} {HEIGHT}", weeks.len() * STEP);
    Some(
        view! {
            <figure class="bars trend">
                <svg viewBox=view_box preserveAspectRatio="none" role="img" aria-label=label.clone()>
                    {bars.collect_view()}
                </svg>
                <figcaption class="muted">{label}</figcaption>
            </figure>
        }
        .into_any(),
    )
}
