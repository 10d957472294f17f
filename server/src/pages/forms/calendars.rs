//! The forms of the pages of calendars.

use app::backend::Calendars;
use app::calendar::{CalendarDraft, CalendarImport};
use app::routes;
use app::server_fns::Posted;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::render::render_posted;
use super::{is_ticked, read, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct CalendarFields {
    name: String,
    source_url: String,
}

/// Adds a calendar.
pub(in super::super) async fn calendar(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<CalendarFields>,
) -> Response {
    let draft = CalendarDraft {
        name: fields.name,
        source_url: fields.source_url,
    };
    match web
        .service
        .calendar_create(&caller_of(&parts), &draft)
        .await
    {
        Ok(_) => Redirect::to(routes::CALENDARS).into_response(),
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::Calendar(draft, error)).await
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct ImportFields {
    version: String,
    text: String,
    as_work_days: String,
    replace_years: String,
}

/// Imports days from a text. The result is shown in this answer, so it cannot be a redirect.
pub(in super::super) async fn import(
    State(web): State<Web>,
    Path(name): Path<String>,
    parts: Parts,
    Form(fields): Form<ImportFields>,
) -> Response {
    let import = CalendarImport {
        text: fields.text,
        as_work_days: is_ticked(&fields.as_work_days),
        replace_years: is_ticked(&fields.replace_years),
    };
    let imported = web
        .service
        .calendar_import(&caller_of(&parts), &name, read(&fields.version), &import)
        .await;
    let status = imported.as_ref().err().map_or(StatusCode::OK, status_of);
    render_posted(
        &web,
        parts,
        status,
        Posted::CalendarImport(import, imported),
    )
    .await
}
