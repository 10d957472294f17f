//! Choices in forms: one of several options, and checkboxes.

use std::borrow::Cow;

use leptos::html;
use leptos::prelude::*;

use super::field::{Faults, around, described_by, fault_signal, in_step};

/// A choice of one option.
#[derive(Default)]
pub(crate) struct Select {
    /// Name in the form, also its id.
    pub(crate) name: Cow<'static, str>,
    /// Its label.
    pub(crate) label: &'static str,
    /// Help below it; empty for none.
    pub(crate) hint: &'static str,
    /// The options: value, words, whether it is chosen.
    pub(crate) options: Vec<(String, String, bool)>,
    /// Further options, in groups with a heading each.
    pub(crate) groups: Vec<(&'static str, Vec<(String, String, bool)>)>,
    /// Tracks the selection, including one made before hydration.
    pub(crate) typed: Option<RwSignal<String>>,
}

/// A choice of one option: value, words, whether it is selected.
pub(crate) fn select(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    options: Vec<(String, String, bool)>,
    faults: &Faults,
) -> AnyView {
    let select = Select {
        name: name.into(),
        label,
        hint,
        options,
        ..Select::default()
    };
    choice(select, faults)
}

/// Options of a choice, the first of which is the default; a stored one that is not offered is kept.
pub(crate) fn options(offered: &[(&str, &str)], chosen: &str) -> Vec<(String, String, bool)> {
    let chosen = match chosen.trim() {
        "" => offered.first().map_or("", |(value, _)| *value),
        chosen => chosen,
    };
    let option = |(value, words): &(&str, &str)| {
        ((*value).to_owned(), (*words).to_owned(), *value == chosen)
    };
    let mut all: Vec<_> = offered.iter().map(option).collect();
    if !all.iter().any(|(.., chosen)| *chosen) {
        all.push((chosen.to_owned(), chosen.to_owned(), true));
    }
    all
}

/// A choice of one option, with groups or with tracking.
pub(crate) fn choice(select: Select, faults: &Faults) -> AnyView {
    let name = select.name.into_owned();
    let (fault, focus) = faults.of(&name);
    let fault = fault_signal(fault, None);
    let (typed, node) = (select.typed, NodeRef::<html::Select>::new());
    if let Some(typed) = typed {
        Effect::new(move |_| {
            if let Some(select) = node.get() {
                in_step(typed, select.value());
            }
        });
    }
    let groups = select.groups.into_iter().map(|(words, options)| {
        view! { <optgroup label=words>{options_of(options)}</optgroup> }
    });
    let control = view! {
        <select
            id=name.clone() name=name.clone() autofocus=focus node_ref=node
            aria-describedby=described_by(&name)
            aria-invalid=move || fault.get().is_some().then_some("true")
            on:change=move |event| if let Some(typed) = typed { typed.set(event_target_value(&event)) }
        >
            {options_of(select.options)}
            {groups.collect_view()}
        </select>
    }
    .into_any();
    around(&name, select.label, select.hint, true, fault, control)
}

fn options_of(options: Vec<(String, String, bool)>) -> Vec<AnyView> {
    let option = |(value, words, chosen): (String, String, bool)| {
        view! { <option value=value selected=chosen>{words}</option> }.into_any()
    };
    options.into_iter().map(option).collect()
}

/// A checkbox; `name` is its name in the form.
pub(crate) fn check(
    name: String,
    label: &'static str,
    checked: bool,
    typed: Option<RwSignal<bool>>,
) -> AnyView {
    let node = NodeRef::<html::Input>::new();
    if let Some(typed) = typed {
        Effect::new(move |_| {
            if let Some(input) = node.get()
                && typed.get_untracked() != input.checked()
            {
                typed.set(input.checked());
            }
        });
    }
    view! {
        <label class="check">
            <input
                type="checkbox" name=name value="true" checked=checked node_ref=node
                on:change=move |event| if let Some(typed) = typed { typed.set(event_target_checked(&event)) }
            />
            <span>{label}</span>
        </label>
    }
    .into_any()
}
