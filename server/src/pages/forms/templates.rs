//! The form of the page of a channel's templates: it tries, saves or deletes one.

use app::backend::Templates;
use app::channel::{ALL_EVENTS, NAMED, TemplateDraft, TemplatePreview};
use app::error::AppError;
use app::id::ChannelId;
use app::page::TemplateForm;
use app::routes;
use app::server_fns::Posted;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::render::render_posted;
use super::{read, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct TemplateFields {
    event: String,
    version: String,
    body: String,
    task: String,
    run: String,
    act: String,
}

/// Does what its button says; a preview is shown in this answer.
pub(in super::super) async fn template(
    State(web): State<Web>,
    Path(channel): Path<ChannelId>,
    parts: Parts,
    Form(fields): Form<TemplateFields>,
) -> Response {
    let (service, caller) = (&web.service, caller_of(&parts));
    let event = match fields.event.as_str() {
        "" => ALL_EVENTS,
        event => event,
    };
    let version = read(&fields.version);
    let draft = TemplateDraft {
        body: fields.body.replace("\r\n", "\n"),
    };
    let form = TemplateForm {
        body: draft.body.clone(),
        task: fields.task,
        run: fields.run,
        version: version.unwrap_or_default(),
    };
    let done: Result<Option<TemplatePreview>, AppError> = match fields.act.as_str() {
        "delete" => {
            let deleted = service
                .template_delete(&caller, channel, event, version)
                .await;
            deleted.map(|()| None)
        }
        "preview" => {
            let trial = form.trial(event);
            let shown = service.template_preview(&caller, channel, &trial).await;
            shown.map(Some)
        }
        _ => {
            let set = service
                .template_set(&caller, channel, event, version, &draft)
                .await;
            set.map(|_| None)
        }
    };
    let (status, result) = match done {
        Ok(None) => {
            let is_gone = fields.act == "delete" && event.starts_with(NAMED);
            let page = match is_gone {
                true => routes::templates(channel),
                false => routes::template_of(channel, event),
            };
            return Redirect::to(&page).into_response();
        }
        Ok(Some(preview)) => (StatusCode::OK, Ok(preview)),
        Err(error) => (status_of(&error), Err(form.faults_of(error))),
    };
    let posted = Posted::Template(event.to_owned(), form, Box::new(result));
    render_posted(&web, parts, status, posted).await
}
