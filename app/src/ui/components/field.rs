//! Form fields: label, control, hint and fault belong together and say so to a screen reader.

use leptos::prelude::*;

use super::icon::{self, icon};
use crate::error::FieldError;
use crate::ui::context::ui;

/// A field that is written into.
#[derive(Default)]
pub(crate) struct Field {
    /// Name in the form, also its id.
    pub(crate) name: &'static str,
    /// What it asks for.
    pub(crate) label: &'static str,
    /// What stands in it.
    pub(crate) value: String,
    /// `type` of the input; empty means `text`.
    pub(crate) kind: &'static str,
    /// Help below it; empty for none.
    pub(crate) hint: &'static str,
    /// What the browser may fill in; empty for `off`.
    pub(crate) autocomplete: &'static str,
    /// Whether it must be filled in. Fields that need not be say so.
    pub(crate) required: bool,
    /// Set in code letters.
    pub(crate) mono: bool,
    /// An example, while nothing stands in it.
    pub(crate) placeholder: Option<&'static str>,
    /// Id of a list of suggestions.
    pub(crate) list: Option<&'static str>,
    /// Takes the cursor when the page has no faults.
    pub(crate) first: bool,
    /// Told what is typed.
    pub(crate) typed: Option<RwSignal<String>>,
    /// The element, for presets.
    pub(crate) node: NodeRef<leptos::html::Input>,
    /// A fault found while typing; it takes the place of the server's.
    pub(crate) live_fault: Option<Signal<Option<String>>>,
}

/// The faults of a form.
#[derive(Clone, Default)]
pub(crate) struct Faults(pub(crate) Vec<FieldError>);

impl Faults {
    /// The fault of a field, and whether it is the form's first.
    pub(crate) fn of(&self, field: &str) -> (Option<String>, bool) {
        let place = self.0.iter().position(|fault| fault.field == field);
        (place.map(|at| self.0[at].message.clone()), place == Some(0))
    }
}

/// A single-line field.
pub(crate) fn input(field: Field, faults: &Faults) -> AnyView {
    let (fault, first_fault) = faults.of(field.name);
    let focus = first_fault || (field.first && faults.0.is_empty());
    let kind = if field.kind.is_empty() {
        "text"
    } else {
        field.kind
    };
    let autocomplete = if field.autocomplete.is_empty() {
        "off"
    } else {
        field.autocomplete
    };
    let fault = fault_signal(fault, field.live_fault);
    let typed = field.typed;
    let control = view! {
        <input
            id=field.name name=field.name type=kind value=field.value class:mono=field.mono
            required=field.required autocomplete=autocomplete autofocus=focus list=field.list placeholder=field.placeholder
            step=(kind == "datetime-local").then_some("1") node_ref=field.node
            spellcheck=field.mono.then_some("false")
            aria-describedby=described_by(field.name)
            aria-invalid=move || fault.get().is_some().then_some("true")
            on:input=move |event| if let Some(typed) = typed { typed.set(event_target_value(&event)) }
        />
    }
    .into_any();
    around(
        field.name,
        field.label,
        field.hint,
        field.required,
        fault,
        control,
    )
}

/// A field of several lines.
pub(crate) fn text_area(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: &str,
    faults: &Faults,
) -> AnyView {
    let (fault, focus) = faults.of(name);
    let fault = fault_signal(fault, None);
    // The library writes the children of a textarea unescaped and does not hydrate them; as
    // escaped inner HTML the text is the same from the server, in the browser, and harmless.
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;");
    let control = view! {
        <textarea
            id=name name=name rows="4" class="mono" spellcheck="false" autofocus=focus
            aria-describedby=described_by(name) inner_html=escaped
            aria-invalid=move || fault.get().is_some().then_some("true")
        ></textarea>
    }
    .into_any();
    around(name, label, hint, true, fault, control)
}

/// A choice of one out of a few: value, words, whether it is chosen.
pub(crate) fn select(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    options: Vec<(String, String, bool)>,
    faults: &Faults,
) -> AnyView {
    let (fault, focus) = faults.of(name);
    let fault = fault_signal(fault, None);
    let options = options.into_iter().map(|(value, words, chosen)| {
        view! { <option value=value selected=chosen>{words}</option> }
    });
    let control = view! {
        <select id=name name=name autofocus=focus aria-describedby=described_by(name) aria-invalid=move || fault.get().is_some().then_some("true")>
            {options.collect_view()}
        </select>
    }
    .into_any();
    around(name, label, hint, true, fault, control)
}

fn described_by(name: &str) -> String {
    format!("{name}-hint {name}-fault")
}

/// What is wrong now: with live checking, what the check says, once something was typed.
fn fault_signal(
    sent: Option<String>,
    live: Option<Signal<Option<String>>>,
) -> Signal<Option<String>> {
    match live {
        Some(live) => Signal::derive(move || live.get().or_else(|| sent.clone())),
        None => Signal::stored(sent),
    }
}

/// Label above, hint and fault below a control.
pub(crate) fn around(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    required: bool,
    fault: Signal<Option<String>>,
    control: AnyView,
) -> AnyView {
    view! {
        <div class="field" class:is-bad=move || fault.get().is_some()>
            <label for=name>
                {label} {(!required).then(|| view! { <span class="optional">{ui().optional}</span> })}
            </label>
            {control}
            <p class="fault" id=format!("{name}-fault") aria-live="polite">
                {move || fault.get().map(|text| view! { {icon(icon::ALERT)} <span>{text}</span> })}
            </p>
            <p class="hint" id=format!("{name}-hint")>{hint}</p>
        </div>
    }
    .into_any()
}
