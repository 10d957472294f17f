//! The task form.

mod sent;

use app::done::Done;
use app::error::AppError;
use app::id::TaskId;
use app::routes;
use app::server_fns::{Posted, PostedTask};
use app::task::TaskDraft;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;

use super::super::render::render_posted;
use super::{and_say, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;
use crate::service::Saved;
use sent::Sent;

/// The form's fields as a browser sends them. Their number depends on the schedules.
type Fields = Vec<(String, String)>;

pub(in super::super) async fn create(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<Fields>,
) -> Response {
    let caller = caller_of(&parts);
    let sent = Sent::read(fields, caller.lang);
    if let Some(fault) = sent.fault {
        return refused(&web, parts, sent.typed, fault).await;
    }
    let rows = sent.typed.further.as_ref().map(|further| &further.rows[..]);
    let made = web
        .service
        .create_task(&caller, &sent.draft, rows.unwrap_or_default());
    match made.await {
        Ok(task) => and_say(&web, Done::Created, &routes::task(task.id)),
        Err(error) => refused(&web, parts, sent.typed, error).await,
    }
}

pub(in super::super) async fn update(
    State(web): State<Web>,
    Path(id): Path<TaskId>,
    parts: Parts,
    Form(fields): Form<Fields>,
) -> Response {
    let caller = caller_of(&parts);
    let Sent {
        draft,
        mut typed,
        fault,
    } = Sent::read(fields, caller.lang);
    if let Some(fault) = fault {
        return refused(&web, parts, typed, fault).await;
    }
    let made = |stored: &TaskDraft| {
        let mut draft = draft.clone();
        let breaks = stored.execution.http.body.clone();
        sent::keep_breaks(&mut draft.execution.http.body, breaks);
        Ok(draft)
    };
    match web
        .service
        .save_task_with(&caller, id, typed.version, made, typed.further.as_ref())
        .await
    {
        Ok(Saved::Done(task)) => and_say(&web, Done::Saved, &routes::task(task.id)),
        // Saving again is a decision made with the others' changes in view.
        Ok(Saved::Outdated { version, error }) => {
            typed.version = Some(version);
            refused(&web, parts, typed, error).await
        }
        Err(error) => refused(&web, parts, typed, error).await,
    }
}

/// The form again, with all input.
async fn refused(web: &Web, parts: Parts, typed: PostedTask, error: AppError) -> Response {
    let status = status_of(&error);
    let posted = Posted::Task(Box::new(typed), error);
    render_posted(web, parts, status, posted).await
}
