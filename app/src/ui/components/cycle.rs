//! Schedules in words.

use leptos::prelude::*;

use super::icon::{self, icon};
use crate::i18n::Lang;
use crate::schedule::{Schedule, ScheduleSpec, describe_schedule};
use crate::task::{InForce, Task};
use crate::texts::plan;
use crate::ui::context::lang;

/// The text of a plain schedule in words; the text itself if it cannot be parsed.
pub(crate) fn words(spec: &str, lang: Lang) -> String {
    ScheduleSpec::parse(spec).map_or_else(|_| spec.to_owned(), |spec| spec.describe(lang))
}

/// Words, with the text beside them.
pub(crate) fn cycle(spec: &str) -> AnyView {
    explained(words(spec, lang()), spec)
}

/// Several schedules with their rules, each in words with its text.
pub(crate) fn schedules(all: &[Schedule]) -> AnyView {
    if let [only] = all {
        return explained(describe_schedule(only, lang()), &only.spec);
    }
    let lines = all.iter().map(|schedule| {
        let words = describe_schedule(schedule, lang());
        view! { <li>{explained(words, &schedule.spec)}</li> }
    });
    view! { <ul class="cycles">{lines.collect_view()}</ul> }.into_any()
}

/// The schedules in force, shortened: the first one and how many more there are.
pub(crate) fn in_force(task: &Task) -> AnyView {
    let (words, spec, more) = first_in_force(task);
    let more = (more > 0).then(|| {
        view! { <small class="muted">{plan::more_schedules(lang(), more)}</small> }
    });
    view! {
        <span class="cycle">
            <span>{words}</span>
            <code>{spec}</code>
            {more}
        </span>
    }
    .into_any()
}

/// The schedules in force as one line of words.
pub(crate) fn in_force_words(task: &Task) -> String {
    let (words, _, more) = first_in_force(task);
    if more == 0 {
        return words;
    }
    let lang = lang();
    let comma = lang.pick("，", ", ");
    format!("{words}{comma}{}", plan::more_schedules(lang, more))
}

/// Words and text of the first schedule in force, and how many follow it.
fn first_in_force(task: &Task) -> (String, String, usize) {
    let lang = lang();
    match task.in_force() {
        InForce::Urge(urge) => (words(urge, lang), urge.to_owned(), 0),
        InForce::Work([first, more @ ..]) => (
            describe_schedule(first, lang),
            first.spec.clone(),
            more.len(),
        ),
        InForce::Work([]) => (String::new(), String::new(), 0),
    }
}

fn explained(words: String, spec: &str) -> AnyView {
    view! {
        <span class="cycle">
            <span>{words}</span>
            <code>{spec.to_owned()}</code>
        </span>
    }
    .into_any()
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
