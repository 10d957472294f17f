//! The page of people and its control.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::page::PeoplePage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    auth::Action,
    backend::{backend, caller, with_status},
    page::PersonForm,
    person::PersonDraft,
    server_fns::forms::{Posted, calendar_names, split},
};

/// The page of people; the form changes the one named by `edit`, and without the right to change others one's own.
#[server(prefix = "/fn", endpoint = "people_page", input = Wire, output = Wire)]
pub async fn fetch_people(edit: Option<String>) -> Result<PeoplePage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let people = with_status(backend.person_list(&caller).await)?;
    let own = caller.principal.as_ref();
    let own = own.filter(|who| !who.can(Action::Administer));
    let edit = own.map(|who| who.name.clone()).or(edit);
    let named = |name: &str| people.iter().find(|person| person.name == name);
    let (form, posted) = match use_context::<Posted>() {
        Some(Posted::Person(form, error)) => (*form, Some(error)),
        _ => {
            let found = edit.as_deref().and_then(named);
            let person = found.map(PersonDraft::of).unwrap_or_default();
            // A name that an address made up is none to be set.
            let name = edit.filter(|_| found.is_some() || own.is_some());
            let name = name.unwrap_or_default();
            (PersonForm { name, person }, None)
        }
    };
    // Also after a conflict: saving again is a decision made with the others' changes in view.
    let editing = named(form.name.trim()).map(|person| person.version);
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(PeoplePage {
        calendars: calendar_names(&backend, &caller).await?,
        zones: backend.zone_names(),
        people,
        editing,
        form,
        faults,
        error,
    })
}

/// Removes the zone and the hours of a person, if they still have this version.
#[server(prefix = "/fn", endpoint = "person_delete", output = Wire)]
pub async fn delete_person(name: String, version: i64) -> Result<(), AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let deleted = backend.person_delete(&caller, &name, Some(version));
    with_status(deleted.await)
}
