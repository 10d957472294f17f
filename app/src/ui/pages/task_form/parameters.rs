//! The parameters of manual starts: a row for each, and blank ones.

use leptos::prelude::*;

use super::execution::group;
use crate::task::execution::{ExecutionDraft, PARAMETERS_MAX, Parameter, ParameterKind};
use crate::texts::execution::parameter_no;
use crate::ui::components::choice::{Select, check, choice};
use crate::ui::components::field::{Faults, Field, input, lines};
use crate::ui::components::icon::{self, icon};
use crate::ui::context::{execution_ui, lang, plan_ui};

/// Blank rows for browsers without JavaScript; saving adds more.
const SPARE: usize = 3;

/// What all rows share.
#[derive(Clone, Copy)]
struct RowContext {
    /// The parameters of the form; further rows are blank.
    typed: StoredValue<Vec<Parameter>>,
    faults: StoredValue<Faults>,
    /// Indexes of the rows shown, in order. Gaps are allowed: the server renumbers.
    rows: RwSignal<Vec<usize>>,
    /// Whether the page is hydrated: then there are buttons.
    alive: RwSignal<bool>,
}

/// The group.
pub(super) fn parameters(draft: &ExecutionDraft, faults: &Faults) -> AnyView {
    let words = execution_ui();
    let typed = draft.parameters.len();
    // A blank row invites input.
    let shown = typed.max(1);
    let sheet = RowContext {
        typed: StoredValue::new(draft.parameters.clone()),
        faults: StoredValue::new(faults.clone()),
        rows: RwSignal::new((0..shown).collect()),
        alive: RwSignal::new(false),
    };
    Effect::new(move |_| sheet.alive.set(true));
    let next = StoredValue::new(shown);
    let add = move |_| {
        let index = next.get_value();
        next.set_value(index + 1);
        sheet.rows.update(|rows| rows.push(index));
    };
    let full = move || sheet.rows.with(Vec::len) >= PARAMETERS_MAX;
    let button = move || {
        view! {
            <button type="button" class="button small" disabled=full on:click=add>
                {icon(icon::PLUS)} <span>{words.parameter_add}</span>
            </button>
        }
    };
    let spare = move || {
        let more = shown..(shown + SPARE).min(PARAMETERS_MAX.max(shown));
        (!more.is_empty()).then(|| {
            view! {
                <details class="fold">
                    <summary>{words.parameter_more}</summary>
                    <div class="schedules">{more.map(|index| sheet.row(index)).collect_view()}</div>
                </details>
            }
        })
    };
    let many = faults.of("execution.parameters").0.map(|text| {
        view! { <p class="fault">{icon(icon::ALERT)} <span>{text}</span></p> }
    });
    let content = view! {
        <p class="muted">{words.parameters_text}</p>
        {many}
        <div class="schedules">
            <For each=move || sheet.rows.get() key=|index| *index children=move |index| sheet.row(index)/>
        </div>
        <Show when=move || sheet.alive.get() fallback=spare>{button()}</Show>
    };
    group(
        words.group_parameters,
        typed > 0,
        &["parameters"],
        faults,
        content.into_any(),
    )
}

impl RowContext {
    fn row(self, index: usize) -> AnyView {
        let (words, lang) = (execution_ui(), lang());
        let name = |part: &str| format!("execution.parameters[{index}].{part}");
        let faults = self.faults.get_value();
        let typed = self.typed.with_value(|all| all.get(index).cloned());
        let one = typed.unwrap_or_default();
        let place = move |rows: &Vec<usize>| rows.iter().position(|row| *row == index);
        let title = move || {
            let place = self.rows.with(place).unwrap_or(index);
            parameter_no(lang, place + 1)
        };
        let text = |part: &str, label, hint, value: &str, mono| {
            let field = Field {
                name: name(part).into(),
                label,
                value: value.to_owned(),
                hint,
                mono,
                ..Field::default()
            };
            input(field, &faults)
        };
        let kinds = ParameterKind::ALL.map(|kind| {
            let words = words.kind(kind).to_owned();
            (kind.as_str().to_owned(), words, kind == one.kind)
        });
        let remove = move || {
            self.alive.get().then(|| {
                let remove = plan_ui().schedule_remove;
                let label = move || format!("{remove} {}", title());
                let gone = move |_| self.rows.update(|rows| rows.retain(|row| *row != index));
                view! {
                    <button type="button" class="quiet-button" aria-label=label on:click=gone>
                        {icon(icon::TRASH)} <span>{remove}</span>
                    </button>
                }
            })
        };
        view! {
            <fieldset class="schedule parameter">
                <legend>{title}</legend>
                {remove}
                <div class="columns">
                    {text("name", words.parameter_name, words.parameter_name_hint, &one.name, true)}
                    {text("label", words.parameter_label, "", &one.label, false)}
                    {choice(Select {
                        name: name("kind").into(), label: words.parameter_kind, options: kinds.into(),
                        ..Select::default()
                    }, &faults)}
                    {text("default", words.parameter_default, words.parameter_default_hint, &one.default, false)}
                </div>
                <div class="parameter-choices">
                    {lines(
                        &name("choices"), (words.parameter_choices, words.parameter_choices_hint),
                        &one.choices.join("\n"), true, &faults,
                    )}
                </div>
                {check(name("required"), words.parameter_required, one.required, None)}
            </fieldset>
        }
        .into_any()
    }
}
