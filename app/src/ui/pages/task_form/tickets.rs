//! Which tickets a task opens, and how people are asked.

use std::borrow::Cow;

use leptos::prelude::*;

use crate::task::TicketDraft;
use crate::ui::components::choice::{check, select};
use crate::ui::components::field::{Faults, Field, input, lines};
use crate::ui::context::ticket_ui;

/// The fields that are not shown until one of them is used.
const PARTS: [&str; 18] = [
    "tickets.opens",
    "tickets.first_after",
    "tickets.every",
    "tickets.factor",
    "tickets.min",
    "tickets.max",
    "tickets.cron",
    "tickets.hours_from",
    "tickets.hours_until",
    "tickets.calendar",
    "tickets.max_urges",
    "tickets.expires_after",
    "tickets.ladder",
    "tickets.stop",
    "tickets.quiet_done",
    "tickets.check_command",
    "tickets.check_url",
    "tickets.check_timeout",
];

fn text(
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

/// The section. Folded while everything has its default.
pub(super) fn tickets(draft: &TicketDraft, faults: &Faults) -> AnyView {
    let words = ticket_ui();
    let options = |chosen: &str, all: &[(&str, &str)]| -> Vec<(String, String, bool)> {
        let mut options: Vec<(String, String, bool)> = all
            .iter()
            .map(|(value, words)| ((*value).to_owned(), (*words).to_owned(), *value == chosen))
            .collect();
        if !options.iter().any(|(.., chosen)| *chosen) {
            options.push((chosen.to_owned(), chosen.to_owned(), true));
        }
        options
    };
    let opens = match draft.opens.trim() {
        "none" => "",
        opens => opens,
    };
    let opens = options(
        opens,
        &[
            ("", words.opens_none),
            ("task", words.opens_task),
            ("firing", words.opens_firing),
            ("failure", words.opens_failure),
        ],
    );
    let stop = match draft.stop.trim() {
        "done" => "",
        stop => stop,
    };
    let stop = options(
        stop,
        &[
            ("", words.stop_done),
            ("acknowledged", words.stop_acknowledged),
        ],
    );
    let parts = PARTS.map(str::to_owned);
    let open = *draft != TicketDraft::default() || faults.any(&parts);
    view! {
        <section class="card">
            <details class="fold" open=open>
                <summary>{words.section}</summary>
                <p class="muted">{words.section_text}</p>
                {select("tickets.opens", words.opens, "", opens, faults)}
                <div class="columns">
                    {text("tickets.first_after", (words.first_after, words.first_after_hint), &draft.first_after, faults)}
                    {text("tickets.every", (words.every, words.every_hint), &draft.every, faults)}
                    {text("tickets.factor", (words.factor, words.factor_hint), &draft.factor, faults)}
                    {text("tickets.min", (words.min, words.min_hint), &draft.min, faults)}
                    {text("tickets.max", (words.max, words.max_hint), &draft.max, faults)}
                    {text("tickets.cron", (words.cron, words.cron_hint), &draft.cron, faults)}
                    {text("tickets.hours_from", (words.hours_from, words.hours_hint), &draft.hours_from, faults)}
                    {text("tickets.hours_until", (words.hours_until, words.hours_hint), &draft.hours_until, faults)}
                    {text("tickets.calendar", (words.calendar, words.calendar_hint), &draft.calendar, faults)}
                    {text("tickets.max_urges", (words.max_urges, words.max_urges_hint), &draft.max_urges, faults)}
                    {text("tickets.expires_after", (words.expires_after, words.expires_after_hint), &draft.expires_after, faults)}
                    {select("tickets.stop", words.stop, "", stop, faults)}
                </div>
                {lines("tickets.ladder", (words.ladder, words.ladder_hint), &draft.ladder, false, faults)}
                {lines("tickets.check_command", (words.check_command, words.check_command_hint), &draft.check_command, false, faults)}
                <div class="columns">
                    {text("tickets.check_url", (words.check_url, words.check_url_hint), &draft.check_url, faults)}
                    {text("tickets.check_timeout", (words.check_timeout, words.check_timeout_hint), &draft.check_timeout, faults)}
                </div>
                <div class="checks">
                    {check("tickets.urgent".to_owned(), words.urgent, draft.urgent, None)}
                    {check("tickets.quiet_done".to_owned(), words.quiet_done, draft.quiet_done, None)}
                </div>
            </details>
        </section>
    }
    .into_any()
}
