//! Schedules in words.

use leptos::prelude::*;

use super::icon::{self, icon};
use crate::task::Cycle;
use crate::texts::plan;
use crate::ui::context::lang;

/// Words, with the text beside them.
pub(crate) fn cycle(cycle: &Cycle) -> AnyView {
    view! {
        <span class="cycle">
            <span>{cycle.words.clone()}</span>
            <code>{cycle.spec.clone()}</code>
        </span>
    }
    .into_any()
}

/// Several schedules with their rules, each in words with its text.
pub(crate) fn schedules(all: &[Cycle]) -> AnyView {
    if let [only] = all {
        return cycle(only);
    }
    let lines = all.iter().map(|one| view! { <li>{cycle(one)}</li> });
    view! { <ul class="cycles">{lines.collect_view()}</ul> }.into_any()
}

/// The schedules in force, shortened: the first one and how many more there are.
pub(crate) fn in_force(cycle: Cycle) -> AnyView {
    let more = (cycle.more > 0).then(|| {
        view! { <small class="muted">{plan::more_schedules(lang(), cycle.more)}</small> }
    });
    view! {
        <span class="cycle">
            <span>{cycle.words}</span>
            <code>{cycle.spec}</code>
            {more}
        </span>
    }
    .into_any()
}

/// The schedules in force as one line of words.
pub(crate) fn in_force_words(cycle: &Cycle) -> String {
    let words = &cycle.words;
    if cycle.more == 0 {
        return words.clone();
    }
    let lang = lang();
    let comma = lang.pick("，", ", ");
    format!("{words}{comma}{}", plan::more_schedules(lang, cycle.more))
}

/// Warnings as a list; nothing if there are none.
pub(crate) fn warnings(texts: Vec<String>) -> Option<AnyView> {
    (!texts.is_empty()).then(|| {
        let lines = texts
            .into_iter()
            .map(|text| view! { <li>{icon(icon::ALERT)} <span>{text}</span></li> });
        view! { <ul class="warnings">{lines.collect_view()}</ul> }.into_any()
    })
}
