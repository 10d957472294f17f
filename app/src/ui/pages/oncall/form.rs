//! The forms of rotas: a new one, one that is edited, an override, a swap. Each has fields of its own names.

use leptos::prelude::*;

use crate::auth::Action;
use crate::oncall::{RotaView, RotaWeek};
use crate::page::{RotaForm, RotasPage};
use crate::routes;
use crate::summary::Weekday;
use crate::ui::base::rooted;
use crate::ui::components::choice::{options, select};
use crate::ui::components::field::{Faults, Field, input, lines, moment_kind};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, may, oncall_ui, ui};
use crate::ui::load;

/// Which rota a form changes: the version as the page shows it. Saving after a conflict is a decision made with the
/// others' changes in view.
pub(super) fn of(rota: &RotaView) -> AnyView {
    view! {
        <input type="hidden" name="of" value=rota.name.clone()/>
        <input type="hidden" name="version" value=rota.version/>
    }
    .into_any()
}

/// The forms that the reader may send.
pub(super) fn forms(page: RotasPage) -> AnyView {
    let faults = Faults(page.faults);
    let zone = page.clock.zone.name.clone();
    let clock = Clock::new(page.clock);
    let shown = page.rotas.first().filter(|_| page.one);
    let turns = shown.filter(|_| may(Action::Operate)).map(|rota| {
        view! {
            {stand_in(rota, &page.form, &faults)}
            {swap(rota, &page.form, &clock, &faults)}
        }
    });
    let set = may(Action::Administer).then(|| {
        let zones = page.zones.iter();
        let zones = zones.map(|zone| view! { <option value=zone.clone()></option> });
        view! {
            <datalist id="zones">{zones.collect_view()}</datalist>
            {set(shown, &page.form, &zone, &faults)}
        }
    });
    view! {
        {page.error.map(load::failure)}
        {turns}
        {set}
    }
    .into_any()
}

fn stand_in(rota: &RotaView, form: &RotaForm, faults: &Faults) -> AnyView {
    let (ui, words, draft) = (ui(), oncall_ui(), &form.stand_in);
    let people = rota.people.iter();
    let people = people.map(|who| view! { <option value=who.clone()></option> });
    let moment = |name: &'static str, (label, hint), value: &str| Field {
        name: name.into(),
        label,
        hint,
        value: value.to_owned(),
        kind: moment_kind(value),
        ..Field::default()
    };
    view! {
        <form method="post" action=rooted(routes::rota(&rota.name)) class="card">
            <h2>{words.add_override}</h2>
            {of(rota)}
            <input type="hidden" name="act" value="override"/>
            <datalist id="rota-people">{people.collect_view()}</datalist>
            <div class="columns">
                {input(Field {
                    name: "who".into(), label: words.who, value: draft.who.clone(), required: true,
                    list: Some("rota-people"), ..Field::default()
                }, faults)}
                {input(moment("from", (words.from, words.from_hint), &draft.from), faults)}
                {input(Field { needed: true, ..moment("until", (words.to, words.to_hint), &draft.until) }, faults)}
            </div>
            <button type="submit" class="button">{icon(icon::PLUS)} {ui.add}</button>
        </form>
    }
    .into_any()
}

fn swap(rota: &RotaView, form: &RotaForm, clock: &Clock, faults: &Faults) -> AnyView {
    let (words, draft) = (oncall_ui(), &form.swap);
    let weeks = |chosen: &str, otherwise: usize| {
        let typed = rota.weeks.iter().any(|week| week.from.rfc3339() == chosen);
        let week = |(index, week): (usize, &RotaWeek)| {
            let from = week.from.rfc3339();
            let is_chosen = if typed {
                from == chosen
            } else {
                index == otherwise
            };
            let day = clock.full(week.from);
            let day = day.split(' ').next().unwrap_or_default();
            let label = format!("{day} {}", week.who);
            (from, label, is_chosen)
        };
        rota.weeks.iter().enumerate().map(week).collect::<Vec<_>>()
    };
    view! {
        <form method="post" action=rooted(routes::rota(&rota.name)) class="card">
            <h2>{words.swap}</h2>
            <p class="muted">{words.swap_text}</p>
            {of(rota)}
            <input type="hidden" name="act" value="swap"/>
            <div class="columns">
                {select("first", words.first, "", weeks(&draft.first, 0), faults)}
                {select("second", words.second, "", weeks(&draft.second, 1), faults)}
            </div>
            <button type="submit" class="button">{icon(icon::CHECK)} {words.swap_now}</button>
        </form>
    }
    .into_any()
}

/// One form for both: it adds a rota, or changes the one that is shown.
fn set(shown: Option<&RotaView>, form: &RotaForm, zone: &str, faults: &Faults) -> AnyView {
    let (ui, words, draft) = (ui(), oncall_ui(), &form.rota);
    let text = |name: &'static str, label, hint, value: &str| Field {
        name: name.into(),
        label,
        hint,
        value: value.to_owned(),
        ..Field::default()
    };
    let (heading, action, which) = match shown {
        Some(rota) => (words.change_rota, routes::rota(&rota.name), of(rota)),
        None => {
            let name = Field {
                required: true,
                ..text("name", ui.name, words.name_hint, &form.name)
            };
            let name = input(name, faults);
            let which = view! { <input type="hidden" name="version" value="0"/> {name} };
            (words.add_rota, routes::ROTAS.to_owned(), which.into_any())
        }
    };
    let days = Weekday::ALL.iter();
    let days: Vec<(&str, &str)> = days.map(|day| (day.as_str(), day.words(lang()))).collect();
    let zone = match draft.zone.is_empty() {
        true => zone,
        false => draft.zone.as_str(),
    };
    let time = match draft.time.is_empty() {
        true => "09:00",
        false => draft.time.as_str(),
    };
    view! {
        <form method="post" action=rooted(action) id="change" class="card">
            <h2>{heading}</h2>
            {which}
            <input type="hidden" name="act" value="set"/>
            {lines("people", (words.people, words.people_hint), &draft.people.join("\n"), true, faults)}
            <div class="columns">
                {select("weekday", words.weekday, "", options(&days, &draft.weekday), faults)}
                {input(Field { placeholder: Some("09:00"), required: true, ..text("time", words.time, "", time) }, faults)}
                {input(Field { list: Some("zones"), ..text("zone", ui.zone, words.zone_hint, zone) }, faults)}
                {input(Field {
                    kind: date_kind(&draft.since), ..text("since", words.since, words.since_hint, &draft.since)
                }, faults)}
            </div>
            <button type="submit" class="button primary">{icon(icon::CHECK)} {ui.save}</button>
        </form>
    }
    .into_any()
}

/// The browser's date field drops what it cannot parse; such a text gets a plain field instead.
fn date_kind(value: &str) -> &'static str {
    let digits = |c: char| if c.is_ascii_digit() { '0' } else { c };
    match value.chars().map(digits).collect::<String>().as_str() {
        "" | "0000-00-00" => "date",
        _ => "text",
    }
}
