//! The form of the page of a channel's templates: it tries, saves or deletes one.

use app::backend::Templates;
use app::channel::{ALL_EVENTS, NAMED, TemplateDraft, TemplatePreview, TemplateTrial};
use app::error::AppError;
use app::id::{ChannelId, TaskId};
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
    let done: Result<Option<TemplatePreview>, AppError> = match fields.act.as_str() {
        "delete" => {
            let deleted = service
                .template_delete(&caller, channel, event, version)
                .await;
            deleted.map(|()| None)
        }
        "preview" => {
            // What is no number is a task that does not exist.
            let task = Some(fields.task.trim()).filter(|task| !task.is_empty());
            let trial = TemplateTrial {
                event: match event {
                    // Then the run's own event counts.
                    ALL_EVENTS => String::new(),
                    event => event.to_owned(),
                },
                body: Some(draft.body.clone()),
                task_id: task.map(|task| TaskId(task.parse().unwrap_or(0))),
                run_id: None,
            };
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
        Err(error) => (status_of(&error), Err(in_form(error))),
    };
    let form = TemplateForm {
        body: draft.body,
        task: fields.task,
        version: version.unwrap_or_default(),
    };
    let posted = Posted::Template(event.to_owned(), form, Box::new(result));
    render_posted(&web, parts, status, posted).await
}

/// The field of a task is called otherwise in the form.
fn in_form(mut error: AppError) -> AppError {
    for fault in &mut error.fields {
        if fault.field == "task_id" {
            fault.field = "task".to_owned();
        }
    }
    error
}
