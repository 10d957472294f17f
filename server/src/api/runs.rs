//! `/api/v1/runs`.

use app::backend::{List, Runs};
use app::id::{RunId, TaskId};
use app::run::Run;
use app::run::brief::Brief;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::IntoParams;

use super::tasks::PageQuery;
use crate::http::AppState;
use crate::http::extract::Who;
use crate::http::params::Params;
use crate::http::{Problem, Reply};

/// Query of runs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RunsQuery {
    /// Only the runs of this task; of all tasks when absent.
    task: Option<i64>,
    /// `next` of the previous page.
    after: Option<String>,
    /// Rows, 1–200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Runs of a task, newest first.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/runs", tag = "runs", params(PageQuery),
    responses((status = 200, body = List<Run>), (status = 404, body = Problem)))]
pub(super) async fn list_of_task(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(id): Path<TaskId>,
    Params(page): Params<PageQuery>,
) -> Reply<Json<List<Run>>> {
    Ok(Json(
        service
            .run_list(&caller, Some(id), page.after, page.limit.unwrap_or(50))
            .await?,
    ))
}

/// Runs, newest first: of all tasks, or of one.
#[utoipa::path(get, path = "/api/v1/runs", tag = "runs", params(RunsQuery),
    responses((status = 200, body = List<Run>), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(service): State<AppState>,
    Who(caller): Who,
    Params(query): Params<RunsQuery>,
) -> Reply<Json<List<Run>>> {
    Ok(Json(
        service
            .run_list(
                &caller,
                query.task.map(TaskId),
                query.after,
                query.limit.unwrap_or(50),
            )
            .await?,
    ))
}

/// One run.
#[utoipa::path(get, path = "/api/v1/runs/{id}", tag = "runs",
    responses((status = 200, body = Run), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(id): Path<RunId>,
) -> Reply<Json<Run>> {
    Ok(Json(service.run_get(&caller, id).await?))
}

/// What a person on call asks first about a run that failed, timed out or was lost: since when,
/// what changed since the last success, where the output first differs from it.
#[utoipa::path(get, path = "/api/v1/runs/{id}/brief", tag = "runs",
    responses((status = 200, body = Brief), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn brief(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(id): Path<RunId>,
) -> Reply<Json<Brief>> {
    Ok(Json(service.run_brief(&caller, id).await?))
}

/// Its output as kept: raw bytes.
#[utoipa::path(get, path = "/api/v1/runs/{id}/output", tag = "runs",
    responses((status = 200, content_type = "text/plain", body = String), (status = 404, body = Problem)))]
pub(super) async fn output(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(id): Path<RunId>,
) -> Reply<impl IntoResponse> {
    let bytes = service.run_output_raw(&caller, id).await?;
    // Output is hostile: a browser must save it, never show it as a page.
    let disposition = format!("attachment; filename=\"run-{id}.log\"");
    Ok((
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    ))
}

/// Stops it: TERM, then KILL.
#[utoipa::path(post, path = "/api/v1/runs/{id}/stop", tag = "runs",
    responses((status = 202, body = Run), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn stop(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(id): Path<RunId>,
) -> Reply<impl IntoResponse> {
    Ok((
        StatusCode::ACCEPTED,
        Json(service.run_stop(&caller, id).await?),
    ))
}
