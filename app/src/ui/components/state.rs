//! States as icon, word and colour: never as colour alone.

use leptos::prelude::*;

use super::icon::{self, icon};
use super::time::Clock;
use crate::i18n::ui::plan;
use crate::run::{RunState, UnrunState};
use crate::task::{Task, TaskState};
use crate::ui::context::{lang, plan_ui, ui};

/// The look of a state.
pub(crate) fn badge(
    tone: &'static str,
    glyph: &'static str,
    word: impl Into<std::borrow::Cow<'static, str>>,
) -> AnyView {
    let word = word.into().into_owned();
    view! { <span class=format!("state is-{tone}")>{icon(glyph)} {word}</span> }.into_any()
}

/// How a run stands.
pub(crate) fn run_state(state: RunState) -> AnyView {
    let (tone, glyph) = match state {
        RunState::Waiting => ("off", icon::CLOCK),
        RunState::Running => ("run", icon::SPINNER),
        RunState::Sending => ("run", icon::SEND),
        RunState::Succeeded => ("ok", icon::CHECK),
        RunState::Failed => ("bad", icon::CROSS),
        RunState::TimedOut => ("bad", icon::CLOCK),
        RunState::Killed => ("warn", icon::STOP),
        RunState::Lost => ("bad", icon::QUESTION),
    };
    badge(tone, glyph, ui().run_state(state))
}

/// How a firing without a run ended.
pub(crate) fn unrun_state(state: UnrunState) -> AnyView {
    let (tone, glyph) = match state {
        UnrunState::Skipped => ("off", icon::SKIP),
        UnrunState::Missed => ("warn", icon::ALERT),
    };
    badge(tone, glyph, ui().unrun_state(state))
}

/// How a planned firing stands, by the ledger's name for it.
pub(crate) fn occurrence_state(state: &str) -> AnyView {
    match (state.parse::<RunState>(), state) {
        (Ok(state), _) => run_state(state),
        (_, "planned") => badge("run", icon::CLOCK, plan_ui().state_planned),
        (_, "skipped") => unrun_state(UnrunState::Skipped),
        (_, "missed") => unrun_state(UnrunState::Missed),
        (_, other) => badge("off", icon::QUESTION, other.to_owned()),
    }
}

/// The word for how a planned firing stands.
pub(crate) fn occurrence_word(state: &'static str) -> &'static str {
    let ui = ui();
    match (state.parse::<RunState>(), state) {
        (Ok(state), _) => ui.run_state(state),
        (_, "planned") => plan_ui().state_planned,
        (_, "skipped") => ui.unrun_state(UnrunState::Skipped),
        (_, "missed") => ui.unrun_state(UnrunState::Missed),
        (_, other) => other,
    }
}

/// Whether a task fires, and whether it urges.
pub(crate) fn task_state(task: &Task, clock: &Clock) -> AnyView {
    let ui = ui();
    let state = match (task.state, task.paused_until) {
        (TaskState::Active, _) if task.finished => {
            badge("off", icon::DONE, plan_ui().task_finished)
        }
        (TaskState::Active, _) => badge("ok", icon::CLOCK, ui.task_active),
        (TaskState::Paused, Some(until)) => {
            let words = plan::paused_until(lang(), &clock.short(until));
            badge("warn", icon::PAUSE, words)
        }
        (TaskState::Paused, None) => badge("warn", icon::PAUSE, ui.task_paused),
        (TaskState::Closed, _) => badge("off", icon::DONE, ui.task_closed),
    };
    let urging = task.urging && task.state != TaskState::Closed;
    view! {
        <span class="states">
            {state}
            {urging.then(|| badge("urge", icon::BELL, ui.urging))}
        </span>
    }
    .into_any()
}

/// How a message stands.
pub(crate) fn message_state(state: &str) -> AnyView {
    let ui = ui();
    match state {
        "sent" => badge("ok", icon::CHECK, ui.message_sent),
        "sending" => badge("run", icon::SPINNER, ui.message_sending),
        "dead" => badge("bad", icon::CROSS, ui.message_dead),
        "withdrawn" => badge("off", icon::STOP, ui.message_withdrawn),
        _ => badge("off", icon::CLOCK, ui.message_pending),
    }
}
