//! What a firing executes: a command, or a request.

use leptos::prelude::*;

use crate::task::TaskDraft;
use crate::task::execution::HttpDraft;
use crate::ui::components::choice::select;
use crate::ui::components::field::{Faults, Field, input, lines, text_area};
use crate::ui::context::{execution_ui, ui};

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/// The choice and the fields of both. The style sheet shows those of the chosen one.
pub(super) fn action(draft: &TaskDraft, calls: bool, faults: &Faults) -> AnyView {
    let (ui, words) = (ui(), execution_ui());
    let choice = |value: &'static str, name: &'static str, help: &'static str, chosen: bool| {
        view! {
            <label class="choice">
                <input type="radio" name="action" value=value checked=chosen/>
                <span><b>{name}</b> <small class="muted">{help}</small></span>
            </label>
        }
        .into_any()
    };
    view! {
        <div class="field" role="radiogroup" aria-label=words.action>
            <span class="label">{words.action}</span>
            <div class="choices is-two">
                {choice("shell", words.action_shell, words.action_shell_help, !calls)}
                {choice("http", words.action_http, words.action_http_help, calls)}
            </div>
        </div>
        <div class="by-shell after-field">
            {text_area("command", ui.command, ui.field_command_hint, &draft.command, faults)}
        </div>
        <div class="by-http after-field">{request(&draft.execution.http, faults)}</div>
    }
    .into_any()
}

fn request(http: &HttpDraft, faults: &Faults) -> AnyView {
    let words = execution_ui();
    let method = http.method.trim().to_ascii_uppercase();
    let chosen = if method.is_empty() { "GET" } else { &method };
    let option = |name: &str| (name.to_owned(), name.to_owned(), name == chosen);
    let mut methods: Vec<_> = METHODS.into_iter().map(option).collect();
    if !METHODS.contains(&chosen) {
        methods.push(option(chosen));
    }
    view! {
        <div class="request">
            {select("execution.http.method", words.http_method, "", methods, faults)}
            {input(Field {
                name: "execution.http.url".into(), label: words.http_url, value: http.url.clone(),
                hint: words.http_url_hint, mono: true, needed: true, placeholder: Some("https://"),
                ..Field::default()
            }, faults)}
        </div>
        {lines("execution.http.headers", (words.http_headers, words.http_headers_hint), &http.headers, false, faults)}
        {lines("execution.http.body", (words.http_body, words.http_body_hint), &http.body, false, faults)}
        <div class="columns after-field">
            {input(Field {
                name: "execution.http.expect_status".into(), label: words.http_status,
                value: http.expect_status.clone(), hint: words.http_status_hint, ..Field::default()
            }, faults)}
            {input(Field {
                name: "execution.http.json_pointer".into(), label: words.http_pointer,
                value: http.json_pointer.clone(), hint: words.http_pointer_hint, mono: true,
                ..Field::default()
            }, faults)}
            {input(Field {
                name: "execution.http.json_value".into(), label: words.http_value,
                value: http.json_value.clone(), hint: words.http_value_hint, mono: true,
                ..Field::default()
            }, faults)}
        </div>
    }
    .into_any()
}
