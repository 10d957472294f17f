//! The fields of a policy of urging: in the form of a task, and in that of the defaults.

use leptos::prelude::*;

use super::choice::{check, options, select};
use super::field::{Faults, lines, text};
use crate::oncall::owner_of_rota;
use crate::task::TicketDraft;
use crate::ui::context::ticket_ui;

/// What a policy may name.
#[derive(Clone, Copy)]
pub(in crate::ui) struct Named<'a> {
    /// Names of the calendars.
    pub(in crate::ui) calendars: &'a [String],
    /// Names of the rotas.
    pub(in crate::ui) rotas: &'a [String],
}

/// When people are asked, how often, and who.
pub(in crate::ui) fn policy(draft: &TicketDraft, named: Named<'_>, faults: &Faults) -> AnyView {
    let words = ticket_ui();
    let stop = match draft.stop.trim() {
        "done" => "",
        stop => stop,
    };
    let offered = [
        ("", words.stop_done),
        ("acknowledged", words.stop_acknowledged),
    ];
    let stop = options(&offered, stop);
    let calendars = named.calendars.iter();
    let calendars = calendars.map(|name| (name.as_str(), name.as_str()));
    let offered: Vec<_> = std::iter::once(("", words.calendar_none))
        .chain(calendars)
        .collect();
    let calendars = options(&offered, &draft.calendar);
    let rotas = (!named.rotas.is_empty()).then(|| {
        let owners = named.rotas.iter().map(|name| owner_of_rota(name));
        let owners = owners.collect::<Vec<_>>().join(" · ");
        view! { <p class="muted break">{words.rotas} " " {owners}</p> }
    });
    view! {
        <div class="columns">
            {text("tickets.first_after", (words.first_after, words.first_after_hint), &draft.first_after, faults)}
            {text("tickets.every", (words.every, words.every_hint), &draft.every, faults)}
            {text("tickets.factor", (words.factor, words.factor_hint), &draft.factor, faults)}
            {text("tickets.min", (words.min, words.min_hint), &draft.min, faults)}
            {text("tickets.max", (words.max, words.max_hint), &draft.max, faults)}
            {text("tickets.cron", (words.cron, words.cron_hint), &draft.cron, faults)}
            {text("tickets.hours_from", (words.hours_from, words.hours_hint), &draft.hours_from, faults)}
            {text("tickets.hours_until", (words.hours_until, words.hours_hint), &draft.hours_until, faults)}
            {select("tickets.calendar", words.calendar, words.calendar_hint, calendars, faults)}
            {text("tickets.max_urges", (words.max_urges, words.max_urges_hint), &draft.max_urges, faults)}
            {text("tickets.expires_after", (words.expires_after, words.expires_after_hint), &draft.expires_after, faults)}
            {select("tickets.stop", words.stop, "", stop, faults)}
        </div>
        {lines("tickets.ladder", (words.ladder, words.ladder_hint), &draft.ladder, false, faults)}
        {rotas}
        <div class="checks">
            {check("tickets.urgent".to_owned(), words.urgent, draft.urgent, None)}
            {check("tickets.quiet_done".to_owned(), words.quiet_done, draft.quiet_done, None)}
        </div>
    }
    .into_any()
}
