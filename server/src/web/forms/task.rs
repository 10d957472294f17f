//! The task form.

use app::backend::{Answer, Tasks};
use app::id::TaskId;
use app::routes;
use app::server_fns::Posted;
use app::task::{Mode, Task, TaskDraft, split_list};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::extract::caller_of;
use super::super::{Web, pages};
use super::status_of;

/// The form's fields as a browser sends them.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct TaskFields {
    name: String,
    nickname: String,
    owners: String,
    tags: String,
    mode: String,
    command: String,
    zone: String,
    cron: String,
    urge_cron: String,
    urging: String,
    channel_id: String,
    starts_at: String,
    ends_at: String,
    timeout: String,
}

impl From<TaskFields> for TaskDraft {
    fn from(fields: TaskFields) -> Self {
        Self {
            owners: split_list(&fields.owners),
            tags: split_list(&fields.tags),
            mode: fields.mode.parse().unwrap_or(Mode::Command),
            urging: matches!(fields.urging.as_str(), "true" | "on" | "1"),
            channel_id: fields.channel_id.parse().ok(),
            name: fields.name,
            nickname: fields.nickname,
            command: fields.command,
            zone: fields.zone,
            cron: fields.cron,
            urge_cron: fields.urge_cron,
            starts_at: fields.starts_at,
            ends_at: fields.ends_at,
            timeout: fields.timeout,
        }
    }
}

pub(in super::super) async fn create(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<TaskFields>,
) -> Response {
    let draft = TaskDraft::from(fields);
    let saved = web.service.task_create(&caller_of(&parts), &draft).await;
    answer(&web, parts, draft, saved).await
}

pub(in super::super) async fn update(
    State(web): State<Web>,
    Path(id): Path<TaskId>,
    parts: Parts,
    Form(fields): Form<TaskFields>,
) -> Response {
    let draft = TaskDraft::from(fields);
    let saved = web
        .service
        .task_update(&caller_of(&parts), id, &draft)
        .await;
    answer(&web, parts, draft, saved).await
}

async fn answer(web: &Web, parts: Parts, draft: TaskDraft, saved: Answer<Task>) -> Response {
    match saved {
        Ok(task) => Redirect::to(&routes::task(task.id)).into_response(),
        Err(error) => {
            let status = status_of(&error);
            pages::render_posted(web, parts, status, Posted::Task(draft, error)).await
        }
    }
}
