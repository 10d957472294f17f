//! The form of the summaries page, which adds a summary or changes one.

use app::backend::Summaries;
use app::id::SummaryId;
use app::routes;
use app::server_fns::Posted;
use app::summary::SummaryDraft;
use axum::Form;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::render::render_posted;
use super::{is_ticked, read, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

/// One form for both: with an id it changes that summary.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct SummaryFields {
    id: String,
    version: String,
    name: String,
    owner: String,
    tag: String,
    channel_id: String,
    time: String,
    weekday: String,
    zone: String,
    send_when_empty: String,
    enabled: String,
}

/// Adds a summary, or changes one.
pub(in super::super) async fn summary(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<SummaryFields>,
) -> Response {
    // There is no summary 0, so an ID that cannot be read adds nothing.
    let id = (!fields.id.is_empty()).then(|| fields.id.parse().unwrap_or(SummaryId(0)));
    let read = read(&fields.version);
    let draft = SummaryDraft {
        name: fields.name,
        owner: fields.owner,
        tag: fields.tag,
        channel_id: fields.channel_id.parse().ok(),
        time: fields.time,
        weekday: fields.weekday,
        zone: fields.zone,
        send_when_empty: is_ticked(&fields.send_when_empty),
        enabled: is_ticked(&fields.enabled),
    };
    let caller = caller_of(&parts);
    let saved = match id {
        Some(id) => web.service.summary_update(&caller, id, read, &draft).await,
        None => web.service.summary_create(&caller, &draft).await,
    };
    match saved {
        Ok(_) => Redirect::to(routes::SUMMARIES).into_response(),
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::Summary(id, draft, error)).await
        }
    }
}
