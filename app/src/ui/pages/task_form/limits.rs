//! The limits of a task: its window, its time limit, after how many failures it pauses, and what happens to missed
//! firings.

use leptos::prelude::*;

use crate::task::TaskDraft;
use crate::ui::components::choice::select;
use crate::ui::components::field::{Faults, Field, input, moment_kind};
use crate::ui::components::preview::Around;
use crate::ui::context::{plan_ui, ui};

/// The section.
pub(super) fn limits(draft: &TaskDraft, around: Around, faults: &Faults) -> AnyView {
    let ui = ui();
    view! {
        <section class="card">
            <h2>{ui.section_limits}</h2>
            <div class="columns">
                {input(Field {
                    name: "starts_at".into(), label: ui.field_starts, value: draft.starts_at.clone(),
                    kind: moment_kind(&draft.starts_at), hint: ui.field_window_hint,
                    typed: Some(around.starts_at), ..Field::default()
                }, faults)}
                {input(Field {
                    name: "ends_at".into(), label: ui.field_ends, value: draft.ends_at.clone(),
                    kind: moment_kind(&draft.ends_at), hint: ui.field_window_hint,
                    typed: Some(around.ends_at), ..Field::default()
                }, faults)}
                {input(Field {
                    name: "timeout".into(), label: ui.timeout, value: draft.timeout.clone(),
                    hint: ui.field_timeout_hint, ..Field::default()
                }, faults)}
                {input(Field {
                    name: "pause_after_failures".into(), label: ui.pause_after,
                    value: draft.pause_after_failures.clone(),
                    hint: ui.field_pause_after_hint, ..Field::default()
                }, faults)}
                {input(Field {
                    name: "notice_before".into(), label: ui.notice_before,
                    value: draft.notice_before.clone(),
                    hint: ui.field_notice_before_hint, ..Field::default()
                }, faults)}
            </div>
            {missed(draft, faults)}
        </section>
    }
    .into_any()
}

/// Folded while everything has its default.
fn missed(draft: &TaskDraft, faults: &Faults) -> AnyView {
    let plan = plan_ui();
    let missed = &draft.missed;
    let parts = ["policy", "grace", "max", "max_age"].map(|part| format!("missed.{part}"));
    let usual = [&missed.policy, &missed.grace, &missed.max, &missed.max_age]
        .iter()
        .all(|text| text.trim().is_empty());
    let policies = [
        ("", plan.missed_usual),
        ("none", plan.missed_none),
        ("latest", plan.missed_latest),
        ("all", plan.missed_all),
    ];
    let chosen = missed.policy.trim();
    let mut policies: Vec<(String, String, bool)> = policies
        .into_iter()
        .map(|(value, words)| (value.to_owned(), words.to_owned(), value == chosen))
        .collect();
    if !policies.iter().any(|(.., chosen)| *chosen) {
        policies.push((chosen.to_owned(), chosen.to_owned(), true));
    }
    view! {
        <details class="fold" open=!usual || faults.any(&parts)>
            <summary>{plan.missed}</summary>
            <p class="muted">{plan.missed_text}</p>
            <div class="columns">
                {select("missed.policy", plan.missed_policy, "", policies, faults)}
                {input(Field {
                    name: "missed.grace".into(), label: plan.missed_grace, value: missed.grace.clone(),
                    hint: plan.missed_grace_hint, ..Field::default()
                }, faults)}
                {input(Field {
                    name: "missed.max".into(), label: plan.missed_max, value: missed.max.clone(),
                    hint: plan.missed_max_hint, ..Field::default()
                }, faults)}
                {input(Field {
                    name: "missed.max_age".into(), label: plan.missed_max_age, value: missed.max_age.clone(),
                    hint: plan.missed_max_age_hint, ..Field::default()
                }, faults)}
            </div>
        </details>
    }
    .into_any()
}
