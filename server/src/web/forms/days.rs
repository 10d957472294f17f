//! The forms of the calendars and blackouts pages.

use app::backend::Calendars;
use app::calendar::{BlackoutDraft, CalendarDraft, CalendarImport};
use app::routes;
use app::server_fns::Posted;
use app::task::split_list;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::extract::caller_of;
use super::super::{Web, pages};
use super::{is_ticked, status_of};

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
            pages::render_posted(&web, parts, status, Posted::Calendar(draft, error)).await
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct ImportFields {
    text: String,
    as_work_days: String,
    replace_years: String,
}

/// Takes days over from a text. The outcome is shown in this answer, so it cannot be a redirect.
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
        .calendar_import(&caller_of(&parts), &name, &import)
        .await;
    let status = imported.as_ref().err().map_or(StatusCode::OK, status_of);
    pages::render_posted(
        &web,
        parts,
        status,
        Posted::CalendarImport(import, imported),
    )
    .await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct BlackoutFields {
    name: String,
    kind: String,
    tags: String,
    zone: String,
    starts_at: String,
    ends_at: String,
    cron: String,
    duration: String,
    policy: String,
}

/// Adds a blackout. `kind` says which of its two pairs of fields was shown; the other does not
/// count.
pub(in super::super) async fn blackout(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<BlackoutFields>,
) -> Response {
    let mut draft = BlackoutDraft {
        name: fields.name,
        tags: split_list(&fields.tags),
        zone: fields.zone,
        starts_at: fields.starts_at,
        ends_at: fields.ends_at,
        cron: fields.cron,
        duration: fields.duration,
        policy: fields.policy.parse().unwrap_or_default(),
    };
    match fields.kind.as_str() {
        "once" => {
            draft.cron.clear();
            draft.duration.clear();
        }
        "recurring" => {
            draft.starts_at.clear();
            draft.ends_at.clear();
        }
        _ => {}
    }
    match web
        .service
        .blackout_create(&caller_of(&parts), &draft)
        .await
    {
        Ok(_) => Redirect::to(routes::BLACKOUTS).into_response(),
        Err(error) => {
            let status = status_of(&error);
            pages::render_posted(&web, parts, status, Posted::Blackout(draft, error)).await
        }
    }
}
