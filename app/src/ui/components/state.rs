//! States as icon, word and colour: never as colour alone.

use leptos::prelude::*;

use super::icon::{self, icon};
use crate::run::{RunState, UnrunState};
use crate::task::{Task, TaskState};
use crate::ui::context::ui;

/// The look of a state.
pub(crate) fn badge(tone: &'static str, glyph: &'static str, word: &'static str) -> AnyView {
    view! { <span class=format!("state is-{tone}")>{icon(glyph)} {word}</span> }.into_any()
}

/// How a run stands.
pub(crate) fn run_state(state: RunState) -> AnyView {
    let (tone, glyph) = match state {
        RunState::Running => ("run", icon::SPINNER),
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

/// Whether a task fires, and whether it urges.
pub(crate) fn task_state(task: &Task) -> AnyView {
    let ui = ui();
    let (tone, glyph) = match task.state {
        TaskState::Active => ("ok", icon::CLOCK),
        TaskState::Paused => ("warn", icon::PAUSE),
        TaskState::Closed => ("off", icon::DONE),
    };
    let urging = task.urging && task.state != TaskState::Closed;
    view! {
        <span class="states">
            {badge(tone, glyph, ui.task_state(task.state))}
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
        _ => badge("off", icon::CLOCK, ui.message_pending),
    }
}
