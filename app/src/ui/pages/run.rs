//! A run's page: how it went and what it wrote, followed while it is under way.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::not_found;
use crate::auth::Action;
use crate::i18n::ui::phrases;
use crate::id::RunId;
use crate::page::RunPage;
use crate::routes;
use crate::run::Run;
use crate::server_fns::fetch_run;
use crate::ui::components::controls::Controls;
use crate::ui::components::fact;
use crate::ui::components::history::ended;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::messages::messages;
use crate::ui::components::output::visible;
use crate::ui::components::state::run_state;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, may, ui};
use crate::ui::live::live;
use crate::ui::load;

/// How often a run under way is asked for its output.
const BEAT: std::time::Duration = std::time::Duration::from_secs(2);

/// What outlives the data.
#[derive(Clone, Copy)]
struct Desk {
    controls: Controls,
    /// Whether the output's end is kept in sight.
    follow: RwSignal<bool>,
    output: NodeRef<leptos::html::Pre>,
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
    let desk = Desk {
        controls: Controls::new(),
        follow: RwSignal::new(true),
        output: NodeRef::new(),
    };
    let seen = live().follow_all();
    let beat = RwSignal::new(0_u32);
    // A run that is over does not change any more, whatever other tasks do.
    let over = RwSignal::new(None::<RunId>);
    let news = Memo::new(move |before: Option<&(u32, u32)>| {
        let now = (seen.get(), beat.get());
        if over.get_untracked().is_some() && over.get_untracked() == id.get() {
            before.copied().unwrap_or(now)
        } else {
            now
        }
    });
    let data = Resource::new(
        move || (id.get(), news.get(), desk.controls.version()),
        |(id, ..)| fetch_run(id.unwrap_or(RunId(0))),
    );
    let state = move || {
        data.get()
            .and_then(Result::ok)
            .map(|page| (page.run.id, page.run.state.is_over()))
    };
    Effect::new(move |_| {
        over.set(state().filter(|(_, over)| *over).map(|(id, _)| id));
        if desk.follow.get() {
            request_animation_frame(move || scroll_to_end(desk));
        }
    });
    keep_asking(beat, over);
    if id.get_untracked().is_none() {
        return not_found::page();
    }
    load::page(data, move |page| content(page, desk))
}

/// Beats every two seconds until the run is over.
fn keep_asking(beat: RwSignal<u32>, over: RwSignal<Option<RunId>>) {
    Effect::new(move |_| {
        let tick = move || {
            if over.get_untracked().is_none() {
                beat.update(|count| *count += 1);
            }
        };
        if let Ok(handle) = set_interval_with_handle(tick, BEAT) {
            on_cleanup(move || handle.clear());
        }
    });
}

fn scroll_to_end(desk: Desk) {
    if let Some(output) = desk.output.try_get_untracked().flatten() {
        output.set_scroll_top(output.scroll_height());
    }
}

fn content(page: RunPage, desk: Desk) -> AnyView {
    let (ui, lang) = (ui(), lang());
    let clock = Clock::new(page.clock.clone());
    let run = &page.run;
    let title = phrases::run_title(lang, run.id.0);
    let stop =
        (!run.state.is_over() && may(Action::Operate)).then(|| desk.controls.stop_button(run.id));
    view! {
        <Title text=format!("{title} · {}", run.task_name)/>
        <p class="crumbs">
            <a href=routes::TASKS>{ui.tasks}</a> {icon(icon::CHEVRON)}
            <a href=routes::task(run.task_id)>{run.task_name.clone()}</a> {icon(icon::CHEVRON)}
        </p>
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                <p class="lead" aria-live="polite">
                    {run_state(run.state)}
                    <span class="number">{clock.took(run.started_at, run.finished_at)}</span>
                    {ended(run)}
                </p>
            </div>
            <div class="page-actions controls">{stop}</div>
        </div>
        {desk.controls.outcome()}
        <div class="grid">
            {output_card(&page, desk)}
            <div class="stack">
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

fn facts(run: &Run, clock: &Clock) -> AnyView {
    let ui = ui();
    let delay = run.scheduled_for.map(|at| run.started_at.millis_since(at));
    view! {
        <dl class="facts">
            {fact(ui.task_word, view! { <a href=routes::task(run.task_id)>{run.task_name.clone()}</a> })}
            {fact(ui.trigger, ui.trigger_text(run.trigger))}
            {run.requested_by.clone().map(|who| fact(ui.requested_by, who))}
            {run.scheduled_for.map(|at| fact(ui.planned_for, clock.exact(at)))}
            {fact(ui.started, clock.exact(run.started_at))}
            {delay.map(|delay| fact(ui.delay, phrases::took(lang(), delay)))}
            {run.finished_at.map(|at| fact(ui.finished, clock.exact(at)))}
            {run.exit_code.map(|code| fact(ui.exit_code, code.to_string()))}
            {run.signal.map(|signal| fact(ui.signal, signal.to_string()))}
            {(run.attempt > 1).then(|| fact(ui.attempt, run.attempt.to_string()))}
            {run.reason.as_deref().map(|reason| fact(ui.reason, visible(&crate::run::reason_text(reason, lang()))))}
            {fact(ui.zone, clock.zone().to_owned())}
        </dl>
    }
    .into_any()
}

fn output_card(page: &RunPage, desk: Desk) -> AnyView {
    let (ui, lang) = (ui(), lang());
    let under_way = !page.run.state.is_over();
    let output = &page.output;
    let text = if output.text.is_empty() {
        let words = if under_way {
            ui.output_waiting
        } else {
            ui.output_empty
        };
        view! { <p class="muted padded">{words}</p> }.into_any()
    } else {
        let scrolled = move |_| {
            // Scrolling up stops following, back at the end it goes on.
            if let Some(output) = desk.output.get_untracked() {
                let rest = output.scroll_height() - output.scroll_top() - output.client_height();
                desk.follow.set(rest < 24);
            }
        };
        view! {
            <pre class="output" tabindex="0" aria-label=ui.output node_ref=desk.output on:scroll=scrolled>
                <code>{visible(&output.text)}</code>
            </pre>
        }
        .into_any()
    };
    let follow = under_way.then(|| {
        view! {
            <label class="check wide-only">
                <input
                    type="checkbox" prop:checked=move || desk.follow.get() checked
                    on:change=move |event| desk.follow.set(event_target_checked(&event))
                />
                <span>{ui.follow}</span>
            </label>
        }
    });
    let dropped = (output.dropped_bytes > 0).then(|| {
        view! { <p class="notice is-warn">{icon(icon::ALERT)} <span>{phrases::dropped(lang, output.dropped_bytes, output.total_bytes)}</span></p> }
    });
    view! {
        <section class="card flush">
            <div class="card-head">
                <h2>{ui.output} " " <small class="muted">{phrases::bytes(output.total_bytes)}</small></h2>
                {follow}
                <a class="button small" href=routes::run_output(page.run.id) download=format!("run-{}.txt", page.run.id)>
                    {icon(icon::DOWNLOAD)} {ui.download}
                </a>
            </div>
            {dropped}
            {text}
        </section>
    }
    .into_any()
}
