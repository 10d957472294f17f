//! States as icon, word and colour: never as colour alone.

use leptos::prelude::*;

use super::icon::{self, icon};
use super::time::Clock;
use crate::message::MessageState;
use crate::occurrence::OccurrenceState;
use crate::run::{Run, RunState, UnrunState};
use crate::task::{Health, TaskState};
use crate::texts::health::{health_word, since, until, usual_duration};
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

/// The state of a run.
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

/// How a run stands: one that was called off while it waited was not stopped.
pub(crate) fn run_outcome(run: &Run) -> AnyView {
    if run.state.is_over() && !run.has_started() {
        return badge("off", icon::SKIP, ui().run_not_started);
    }
    run_state(run.state)
}

/// The state of a firing without a run.
pub(crate) fn unrun_state(state: UnrunState) -> AnyView {
    let (tone, glyph) = match state {
        UnrunState::Skipped => ("off", icon::SKIP),
        UnrunState::Missed => ("warn", icon::ALERT),
    };
    badge(tone, glyph, ui().unrun_state(state))
}

/// The state of a planned firing.
pub(crate) fn occurrence_state(state: OccurrenceState) -> AnyView {
    match state {
        OccurrenceState::Planned => badge("run", icon::CLOCK, plan_ui().state_planned),
        OccurrenceState::Run(state) => run_state(state),
        OccurrenceState::Skipped => unrun_state(UnrunState::Skipped),
        OccurrenceState::Missed => unrun_state(UnrunState::Missed),
    }
}

/// The word for the state of a planned firing.
pub(crate) fn occurrence_word(state: OccurrenceState) -> &'static str {
    match state {
        OccurrenceState::Planned => plan_ui().state_planned,
        OccurrenceState::Run(state) => ui().run_state(state),
        OccurrenceState::Skipped => ui().unrun_state(UnrunState::Skipped),
        OccurrenceState::Missed => ui().unrun_state(UnrunState::Missed),
    }
}

/// What a page knows besides about a task.
#[derive(Clone, Copy, Default)]
pub(crate) struct HealthDetail {
    /// How long its runs usually take, in milliseconds.
    pub(crate) usual: Option<i64>,
    /// How often people were asked in the chase under way.
    pub(crate) urges: Option<i32>,
}

/// The health of a task in a state, chased or not: one word, and since or until when. Only healthy ones are green.
pub(crate) fn health(
    (state, urging): (TaskState, bool),
    health: Health,
    clock: &Clock,
    detail: HealthDetail,
) -> AnyView {
    let lang = lang();
    let (tone, glyph) = match health {
        Health::Failing { .. } => ("bad", icon::CROSS),
        Health::Chasing => ("urge", icon::BELL),
        Health::Running { .. } => ("run", icon::SPINNER),
        Health::Ok => ("ok", icon::CHECK),
        Health::Stopped => ("off", icon::STOP),
        Health::Waiting => ("off", icon::CLOCK),
        Health::Paused { .. } => ("warn", icon::PAUSE),
        Health::Done => ("off", icon::DONE),
    };
    let number = |word: &str| match detail.urges {
        Some(urges) => format!("{word} #{urges}"),
        None => word.to_owned(),
    };
    let word = health_word(lang, state, health);
    let word = match health {
        Health::Chasing => badge(tone, glyph, number(&word)),
        _ => badge(tone, glyph, word.into_owned()),
    };
    let more = match health {
        Health::Failing { since: from, .. } => Some(
            view! {
                <small class="muted">
                    {clock.lasting(from)} " · " {since(lang, &clock.short(from))}
                </small>
            }
            .into_any(),
        ),
        Health::Running { since } => {
            let usual = detail.usual.map(|usual| usual_duration(lang, usual));
            Some(
                view! { <small class="muted number">{clock.took(since, None)} {usual}</small> }
                    .into_any(),
            )
        }
        Health::Paused { until: Some(at) } => {
            Some(view! { <small class="muted">{until(lang, &clock.short(at))}</small> }.into_any())
        }
        _ => None,
    };
    // Chasing continues whatever the health is.
    let chasing = urging && !matches!(health, Health::Chasing | Health::Done);
    view! {
        <span class="states">
            {word}
            {chasing.then(|| badge("urge", icon::BELL, number(ui().urging)))}
            {more}
        </span>
    }
    .into_any()
}

/// The state of a message.
pub(crate) fn message_state(state: MessageState) -> AnyView {
    let (tone, glyph) = match state {
        MessageState::Sent | MessageState::Digested => ("ok", icon::CHECK),
        MessageState::Sending => ("run", icon::SPINNER),
        MessageState::Dead => ("bad", icon::CROSS),
        MessageState::Withdrawn => ("off", icon::STOP),
        MessageState::Pending | MessageState::Waiting | MessageState::Merged => {
            ("off", icon::CLOCK)
        }
    };
    badge(tone, glyph, message_word(state))
}

/// The word for how a message stands.
pub(crate) fn message_word(state: MessageState) -> &'static str {
    crate::texts::messages::message_state(ui(), state)
}
