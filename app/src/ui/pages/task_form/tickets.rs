//! Which tickets a task opens, and how people are asked.

use leptos::prelude::*;

use crate::task::{TaskDraft, TicketDraft};
use crate::ui::components::choice::{options, select};
use crate::ui::components::cycle::warnings;
use crate::ui::components::field::{Faults, lines, text};
use crate::ui::components::policy::policy;
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
pub(super) fn tickets(task: &TaskDraft, faults: &Faults) -> AnyView {
    let (words, draft) = (ticket_ui(), &task.tickets);
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
                {warnings(unasked(task))}
                {select("tickets.opens", words.opens, "", opens, faults)}
                {policy(draft, faults)}
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

/// What keeps urges from reaching a person, as the task was saved or sent.
fn unasked(task: &TaskDraft) -> Vec<String> {
    let words = ticket_ui();
    if matches!(task.tickets.opens.trim(), "" | "none") {
        return Vec::new();
    }
    let has_channel = task.channel_id.is_some() || !task.robot.trim().is_empty();
    let has_people = !task.owners.is_empty() || !task.tickets.ladder.trim().is_empty();
    let texts = [
        (!has_channel).then_some(words.no_channel),
        (!has_people).then_some(words.no_owner),
    ];
    texts.into_iter().flatten().map(str::to_owned).collect()
}
