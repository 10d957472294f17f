//! People with a zone or hours of their own: a list, and a form to add or change one. Operators change their own.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::listing::{Asked, asked, table};
use crate::auth::Action;
use crate::page::PeoplePage;
use crate::person::Person;
use crate::routes;
use crate::server_fns::{DeletePerson, fetch_people};
use crate::texts::people::change_person;
use crate::ui::act::Act;
use crate::ui::base::rooted;
use crate::ui::components::choice::{options, select};
use crate::ui::components::controls::fold_after;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::context::{lang, may, people_ui, principal, ui};
use crate::ui::live::live;
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let query = use_query_map();
    let edit = Memo::new(move |_| query.read().get("edit"));
    let delete = Act::<DeletePerson>::new();
    let seen = live().follow_all();
    let data = load::ask(
        move || (seen.get(), delete.version().get()),
        |_| fetch_people(None),
    );
    fold_after(move || delete.version().get());
    let list = load::page(data, move |page| content(&page, delete));
    let form = load::once(move || edit.get(), fetch_people, form);
    view! {
        <p class="crumbs"><a href=rooted(routes::REMINDERS)>{ui().nav_reminders}</a></p>
        {page_head(people_ui().people.to_owned(), ().into_any())}
        {load::notice(Signal::derive(move || delete.error()))}
        {list}
        {form}
    }
    .into_any()
}

fn content(page: &PeoplePage, delete: Act<DeletePerson>) -> AnyView {
    let words = people_ui();
    let me = principal().map(|who| who.name).unwrap_or_default();
    let (admin, operates) = (may(Action::Administer), may(Action::Operate));
    let columns = [words.person, ui().zone, words.hours, words.calendar];
    let rows = page.people.iter().map(|person| {
        let changes = admin || (operates && person.name == me);
        row(person, operates, changes.then_some(delete))
    });
    view! {
        <p class="muted">{words.people_order}</p>
        <section class="card flush">{table(&columns, operates, rows.collect(), words.people_empty)}</section>
    }
    .into_any()
}

fn row(person: &Person, has_actions: bool, delete: Option<Act<DeletePerson>>) -> AnyView {
    let words = people_ui();
    let name = &person.name;
    let zone = person.zone.clone();
    let zone = zone.unwrap_or_else(|| words.of_task.to_owned());
    let hours = person.hours_from.as_ref().zip(person.hours_until.as_ref());
    let hours = hours.map_or_else(
        || words.calendar_policy.to_owned(),
        |(from, until)| format!("{from}–{until}"),
    );
    let calendar = person.calendar.clone();
    let calendar = calendar.unwrap_or_else(|| words.calendar_policy.to_owned());
    let change = delete.map(|delete| {
        let mut params = ParamsMap::new();
        params.insert("edit", name.clone());
        let href = format!("{}{}#change", routes::PEOPLE, params.to_query_string());
        let fields = [
            ("name", name.clone()),
            ("version", person.version.to_string()),
        ];
        view! {
            <a class="button small" href=rooted(href) aria-label=format!("{}: {name}", words.change)>
                {icon(icon::EDIT)} <span>{words.change}</span>
            </a>
            {asked(delete, fields, &Asked::delete(words.delete_confirm))}
        }
    });
    let actions = has_actions.then(|| view! { <td class="row-actions"><div>{change}</div></td> });
    view! {
        <tr>
            <th scope="row"><b class="break">{name.clone()}</b></th>
            <td data-label=ui().zone>{zone}</td>
            <td data-label=words.hours>{hours}</td>
            <td data-label=words.calendar><span class="break">{calendar}</span></td>
            {actions}
        </tr>
    }
    .into_any()
}

/// One form for both: it adds a person, or changes the one it was opened for.
fn form(page: PeoplePage) -> AnyView {
    if !may(Action::Operate) {
        return ().into_any();
    }
    let (ui, words) = (ui(), people_ui());
    let (form, faults) = (page.form, Faults(page.faults));
    let admin = may(Action::Administer);
    let heading = match page.editing {
        _ if !admin => words.own.to_owned(),
        Some(_) => change_person(lang(), &form.name),
        None => words.add.to_owned(),
    };
    let name = match page.editing.is_some() || !admin {
        true => view! { <input type="hidden" name="name" value=form.name.clone()/> }.into_any(),
        false => {
            let field = Field {
                name: "name".into(),
                label: words.person,
                hint: words.person_hint,
                value: form.name.clone(),
                required: true,
                ..Field::default()
            };
            input(field, &faults)
        }
    };
    let cancel = (admin && page.editing.is_some()).then(|| {
        view! { <a class="button" href=rooted(routes::PEOPLE)>{ui.cancel}</a> }
    });
    let zones = page.zones.iter();
    let zones = zones.map(|zone| view! { <option value=zone.clone()></option> });
    let calendars = page.calendars.iter();
    let calendars = calendars.map(|name| (name.as_str(), name.as_str()));
    let offered: Vec<_> = std::iter::once(("", words.calendar_policy))
        .chain(calendars)
        .collect();
    let calendars = options(&offered, &form.person.calendar);
    let text = |name: &'static str, label, hint, value: &str| Field {
        name: name.into(),
        label,
        hint,
        value: value.to_owned(),
        ..Field::default()
    };
    let person = &form.person;
    view! {
        <form method="post" action=rooted(routes::PEOPLE) id="change" class="card stack">
            <h2>{heading}</h2>
            {page.error.map(load::failure)}
            <input type="hidden" name="version" value=page.editing.unwrap_or_default()/>
            <datalist id="zones">{zones.collect_view()}</datalist>
            {name}
            <div class="columns">
                {input(Field {
                    list: Some("zones"), ..text("zone", ui.zone, words.zone_hint, &person.zone)
                }, &faults)}
                {input(text("hours_from", words.hours_from, words.hours_hint, &person.hours_from), &faults)}
                {input(text("hours_until", words.hours_until, words.hours_hint, &person.hours_until), &faults)}
                {select("calendar", words.calendar, words.calendar_hint, calendars, &faults)}
            </div>
            <p class="controls">
                <button type="submit" class="button primary">{icon(icon::CHECK)} {ui.save}</button>
                {cancel}
            </p>
        </form>
    }
    .into_any()
}
