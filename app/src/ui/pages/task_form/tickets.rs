//! Which tickets a task opens, and how people are asked.

use leptos::prelude::*;

use crate::page::TaskForm;
use crate::task::TicketDraft;
use crate::ui::components::choice::{options, select};
use crate::ui::components::cycle::warnings;
use crate::ui::components::field::{Faults, lines, text};
use crate::ui::components::policy::{Named, policy};
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

/// The section. Folded while everything has its default.
pub(super) fn tickets(form: &TaskForm, faults: &Faults) -> AnyView {
    let (words, draft) = (ticket_ui(), &form.draft.tickets);
    let named = Named {
        calendars: &form.calendars,
        rotas: &form.rotas,
    };
    let opens = match draft.opens.trim() {
        "none" => "",
        opens => opens,
    };
    let offered = [
        ("", words.opens_none),
        ("task", words.opens_task),
        ("firing", words.opens_firing),
        ("failure", words.opens_failure),
    ];
    let opens = options(&offered, opens);
    let parts = PARTS.map(str::to_owned);
    let open = *draft != TicketDraft::default() || faults.any(&parts);
    view! {
        <section class="card">
            <details class="fold" open=open>
                <summary>{words.section}</summary>
                <p class="muted">{words.section_text}</p>
                {warnings(form.unasked.clone())}
                {select("tickets.opens", words.opens, "", opens, faults)}
                {policy(draft, named, faults)}
                {lines("tickets.check_command", (words.check_command, words.check_command_hint), &draft.check_command, false, faults)}
                <div class="columns">
                    {text("tickets.check_url", (words.check_url, words.check_url_hint), &draft.check_url, faults)}
                    {text("tickets.check_timeout", (words.check_timeout, words.check_timeout_hint), &draft.check_timeout, faults)}
                </div>
            </details>
        </section>
    }
    .into_any()
}
