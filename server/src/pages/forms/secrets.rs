//! The form of the secrets page.

use app::backend::Secrets;
use app::id::SecretId;
use app::routes;
use app::secret::SecretDraft;
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

/// One form for both: with an id it changes that secret.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct SecretFields {
    id: String,
    version: String,
    name: String,
    value: String,
    note: String,
    tasks: String,
}

/// Creates or changes a secret.
pub(in super::super) async fn secret(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<SecretFields>,
) -> Response {
    let id = fields.id.parse::<SecretId>().ok();
    let mut draft = SecretDraft {
        name: fields.name,
        // Browsers send line breaks as CR LF; keys and programs expect LF.
        value: fields.value.replace("\r\n", "\n"),
        note: fields.note,
        tasks: fields
            .tasks
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    let caller = caller_of(&parts);
    let saved = match id {
        Some(id) => {
            let read = read(&fields.version);
            web.service.secret_update(&caller, id, read, &draft).await
        }
        None => web.service.secret_create(&caller, &draft).await,
    };
    match saved {
        Ok(_) => Redirect::to(routes::SECRETS).into_response(),
        Err(error) => {
            // A value that cannot be saved has to be typed again: it is never sent back to a page.
            draft.value.clear();
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::Secret(id, draft, error)).await
        }
    }
}
