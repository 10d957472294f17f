//! The form of the blackouts page.

use app::backend::Calendars;
use app::calendar::BlackoutDraft;
use app::routes;
use app::server_fns::Posted;
use app::task::split_list;
use axum::Form;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::render::render_posted;
use super::status_of;
use crate::http::Web;
use crate::http::extract::caller_of;

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

/// Adds a blackout. `kind` says which of its two pairs of fields was shown; the other one is ignored.
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
            render_posted(&web, parts, status, Posted::Blackout(draft, error)).await
        }
    }
}
