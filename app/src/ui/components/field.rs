//! Form fields: label, control, hint and fault are linked for screen readers.

use std::borrow::Cow;

use leptos::html;
use leptos::prelude::*;

use super::icon::{self, icon};
use crate::error::FieldError;
use crate::ui::context::ui;

/// A text field.
#[derive(Default)]
pub(crate) struct Field {
    /// Name in the form, also its id.
    pub(crate) name: Cow<'static, str>,
    /// Its label.
    pub(crate) label: &'static str,
    /// Its value.
    pub(crate) value: String,
    /// `type` of the input; empty means `text`.
    pub(crate) kind: &'static str,
    /// Help below it; empty for none.
    pub(crate) hint: &'static str,
    /// What the browser may fill in; empty for `off`.
    pub(crate) autocomplete: &'static str,
    /// Whether it is required. Optional fields are marked as such.
    pub(crate) required: bool,
    /// Required while it is visible, which only the server checks.
    pub(crate) needed: bool,
    /// Set in a monospaced font.
    pub(crate) mono: bool,
    /// An example, shown while it is empty.
    pub(crate) placeholder: Option<&'static str>,
    /// Id of a list of suggestions.
    pub(crate) list: Option<&'static str>,
    /// Takes the cursor when the page has no faults.
    pub(crate) first: bool,
    /// Tracks the input, including text typed before hydration.
    pub(crate) typed: Option<RwSignal<String>>,
    /// The element, for presets.
    pub(crate) node: NodeRef<html::Input>,
    /// A fault found while typing; it replaces the server's.
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

    /// Whether any field whose name starts like this has one.
    pub(crate) fn under(&self, start: &str) -> bool {
        self.0.iter().any(|fault| fault.field.starts_with(start))
    }

    /// Whether any of these fields has one: then their group must be open.
    pub(crate) fn any(&self, fields: &[String]) -> bool {
        self.0.iter().any(|fault| fields.contains(&fault.field))
    }
}

/// A field of one line.
pub(crate) fn text(
    name: &'static str,
    (label, hint): (&'static str, &'static str),
    value: &str,
    faults: &Faults,
) -> AnyView {
    let field = Field {
        name: Cow::Borrowed(name),
        label,
        hint,
        value: value.to_owned(),
        ..Field::default()
    };
    input(field, faults)
}

/// A single-line field.
pub(crate) fn input(field: Field, faults: &Faults) -> AnyView {
    let name = field.name.into_owned();
    let (fault, first_fault) = faults.of(&name);
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
    let (typed, node) = (field.typed, field.node);
    if let Some(typed) = typed {
        Effect::new(move |_| {
            if let Some(input) = node.get() {
                in_step(typed, input.value());
            }
        });
    }
    let control = view! {
        <input
            id=name.clone() name=name.clone() type=kind value=field.value class:mono=field.mono
            required=field.required autocomplete=autocomplete autofocus=focus list=field.list placeholder=field.placeholder
            step=(kind == "datetime-local").then_some("1") node_ref=node
            spellcheck=field.mono.then_some("false")
            aria-describedby=described_by(&name)
            aria-invalid=move || fault.get().is_some().then_some("true")
            on:input=move |event| if let Some(typed) = typed { typed.set(event_target_value(&event)) }
        />
    }
    .into_any();
    around(
        &name,
        field.label,
        field.hint,
        field.required || field.needed,
        fault,
        control,
    )
}

/// A multi-line field that is required.
pub(crate) fn text_area(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: &str,
    faults: &Faults,
) -> AnyView {
    lines(name, (label, hint), value, true, faults)
}

/// A multi-line field: label and hint, value, whether it is required.
pub(crate) fn lines(
    name: &str,
    (label, hint): (&'static str, &'static str),
    value: &str,
    required: bool,
    faults: &Faults,
) -> AnyView {
    let (fault, focus) = faults.of(name);
    let fault = fault_signal(fault, None);
    // The library writes the children of a textarea unescaped and does not hydrate them; as escaped inner HTML the
    // text is the same from the server and in the browser, and harmless.
    let mut escaped = value.replace('&', "&amp;").replace('<', "&lt;");
    // An HTML parser drops a line break directly after the tag, so a text that starts with one needs another (HTML,
    // 13.2.6.4.7). A text set by script has no tag before it.
    if cfg!(feature = "ssr") && value.starts_with(['\n', '\r']) {
        escaped.insert(0, '\n');
    }
    let control = view! {
        <textarea
            id=name.to_owned() name=name.to_owned() rows="4" class="mono" spellcheck="false" autofocus=focus
            aria-describedby=described_by(name) inner_html=escaped
            aria-invalid=move || fault.get().is_some().then_some("true")
        ></textarea>
    }
    .into_any();
    around(name, label, hint, required, fault, control)
}

/// The browser's date field drops what it cannot parse; such a text gets a plain field instead.
pub(crate) fn moment_kind(value: &str) -> &'static str {
    let shape: String = value
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    match shape.as_str() {
        "" | "0000-00-00T00:00" | "0000-00-00T00:00:00" => "datetime-local",
        _ => "text",
    }
}

/// Includes what was typed before hydration.
pub(super) fn in_step(typed: RwSignal<String>, text: String) {
    if typed.get_untracked() != text {
        typed.set(text);
    }
}

pub(super) fn described_by(name: &str) -> String {
    format!("{name}-hint {name}-fault")
}

/// The current fault: with live checking, the result of the check once something was typed.
pub(super) fn fault_signal(
    sent: Option<String>,
    live: Option<Signal<Option<String>>>,
) -> Signal<Option<String>> {
    match live {
        Some(live) => Signal::derive(move || live.get().or_else(|| sent.clone())),
        None => Signal::stored(sent),
    }
}

/// Label above, hint and fault below a control.
pub(super) fn around(
    name: &str,
    label: &'static str,
    hint: &'static str,
    required: bool,
    fault: Signal<Option<String>>,
    control: AnyView,
) -> AnyView {
    view! {
        <div class="field" class:is-bad=move || fault.get().is_some()>
            <label for=name.to_owned()>
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
