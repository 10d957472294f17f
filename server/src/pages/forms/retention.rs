//! The form of the page about retention.

use app::backend::RetentionPolicy;
use app::retention::RetentionDraft;
use app::routes;
use app::server_fns::Posted;
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
pub(in super::super) struct RetentionFields {
    /// The version that the form was filled from.
    version: Option<i64>,
    run_days: String,
    runs: String,
    output_mib: String,
    message_days: String,
    audit_days: String,
    ticket_days: String,
    count_days: String,
}

/// Changes how long history is kept.
pub(in super::super) async fn retention(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<RetentionFields>,
) -> Response {
    let draft = RetentionDraft {
        run_days: fields.run_days,
        runs: fields.runs,
        output_mib: fields.output_mib,
        message_days: fields.message_days,
        audit_days: fields.audit_days,
        ticket_days: fields.ticket_days,
        count_days: fields.count_days,
    };
    let caller = caller_of(&parts);
    let set = web.service.retention_set(&caller, fields.version, &draft);
    match set.await {
        Ok(_) => Redirect::to(routes::RETENTION).into_response(),
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::Retention(draft, error)).await
        }
    }
}
