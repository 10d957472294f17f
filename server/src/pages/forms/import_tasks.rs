//! The form that imports tasks of another scheduler.

use app::import::{Scheduler, TaskImportForm};
use app::server_fns::Posted;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Deserialize;

use super::super::render::render_posted;
use super::{is_ticked, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;
use crate::service::{ImportFile, TaskImport};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct TaskImportFields {
    scheduler: Option<Scheduler>,
    text: String,
    zone: String,
    channel: String,
    at_once: String,
    action: String,
}

/// Imports the tasks of the form, or shows what that would do. The result is shown in this answer, so it cannot be a
/// redirect; sending the form again creates nothing twice.
pub(in super::super) async fn import(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<TaskImportFields>,
) -> Response {
    let form = TaskImportForm {
        scheduler: fields.scheduler.unwrap_or_default(),
        text: fields.text.replace("\r\n", "\n"),
        zone: fields.zone.trim().to_owned(),
        channel: fields.channel.trim().to_owned(),
        active: is_ticked(&fields.at_once),
        dry_run: fields.action != "apply",
    };
    let import = TaskImport {
        scheduler: form.scheduler,
        files: vec![ImportFile {
            path: String::new(),
            text: form.text.clone(),
        }],
        zone: form.zone.clone(),
        channel: form.channel.clone(),
        active: form.active,
        dry_run: form.dry_run,
        ..TaskImport::default()
    };
    let caller = caller_of(&parts);
    let mut imported = web.service.import_tasks(&caller, &import).await;
    if let Err(error) = &mut imported {
        for fault in &mut error.fields {
            // The only file is what was pasted.
            if fault.field == "files" {
                "text".clone_into(&mut fault.field);
            }
        }
    }
    let status = imported.as_ref().err().map_or(StatusCode::OK, status_of);
    let posted = Posted::TaskImport(Box::new(form), imported);
    render_posted(&web, parts, status, posted).await
}
