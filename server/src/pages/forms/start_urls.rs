//! The form of the page of start URLs.

use app::backend::StartUrls;
use app::id::TaskId;
use app::server_fns::Posted;
use app::start_url::StartUrlDraft;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Deserialize;

use super::super::render::render_posted;
use super::{is_ticked, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct StartUrlFields {
    name: String,
    signed: String,
    body_parameter: String,
}

/// Creates a start URL.
pub(in super::super) async fn start_url(
    State(web): State<Web>,
    Path(task): Path<TaskId>,
    parts: Parts,
    Form(fields): Form<StartUrlFields>,
) -> Response {
    let draft = StartUrlDraft {
        name: fields.name,
        signed: is_ticked(&fields.signed),
        body_parameter: fields.body_parameter,
    };
    let caller = caller_of(&parts);
    match web.service.start_url_create(&caller, task, &draft).await {
        // The address is shown in this answer only, so it cannot be a redirect.
        Ok(made) => {
            let posted = Posted::NewStartUrl(made.into());
            render_posted(&web, parts, StatusCode::OK, posted).await
        }
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::StartUrl(draft, error)).await
        }
    }
}
