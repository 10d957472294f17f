//! The form of the page of people, which adds one or changes one.

use app::backend::People;
use app::page::PersonForm;
use app::person::PersonDraft;
use app::routes;
use app::server_fns::Posted;
use axum::Form;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::render::render_posted;
use super::{read, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

/// What was sent.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct PersonFields {
    name: String,
    version: String,
    zone: String,
    hours_from: String,
    hours_until: String,
    calendar: String,
}

/// Adds a person, or changes one.
pub(in super::super) async fn person(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<PersonFields>,
) -> Response {
    let caller = caller_of(&parts);
    let read = read(&fields.version);
    let form = PersonForm {
        name: fields.name,
        person: PersonDraft {
            zone: fields.zone,
            hours_from: fields.hours_from,
            hours_until: fields.hours_until,
            calendar: fields.calendar,
        },
    };
    let set = web
        .service
        .person_set(&caller, &form.name, read, &form.person);
    match set.await {
        Ok(_) => Redirect::to(routes::PEOPLE).into_response(),
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::Person(Box::new(form), error)).await
        }
    }
}
