//! `/api/v1/runs`.

use app::backend::{List, Runs};
use app::id::{RunId, TaskId};
use app::run::brief::Brief;
use app::run::{Run, RunQuery};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

use super::start_urls::WaitQuery;
use super::tasks::PageQuery;
use crate::http::AppState;
use crate::http::extract::RequestCaller;
use crate::http::params::Params;
use crate::http::{Problem, Reply};

/// Query of runs of all tasks.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RunsQuery {
    /// `next` of the previous page, or the id of a run: those that started before it.
    after: Option<String>,
    /// Rows, 1–200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Only runs of this task.
    #[param(value_type = Option<i64>)]
    task: Option<TaskId>,
    /// Only runs of tasks with exactly this tag.
    tag: Option<String>,
    /// States with commas: `waiting`, `running`, `sending`, `succeeded`, `failed`, `timed_out`, `killed`, `lost`, or
    /// `bad` (`failed,timed_out,lost`) and `open` (`waiting,running,sending`); all when absent.
    state: Option<String>,
    /// `schedule`, `manual` or `catch_up`; all when absent.
    trigger: Option<String>,
    /// Only runs of this server: its id or host name.
    node: Option<String>,
    /// Only runs that started then or later: RFC 3339, or a time or date in the server's default zone.
    from: Option<String>,
    /// Only runs that started earlier; a date alone includes that day.
    to: Option<String>,
    /// A piece of the result, the reason, the note or the requester's name.
    q: Option<String>,
}

impl RunsQuery {
    /// Rows, if a number is given.
    pub(super) const fn limit(&self) -> Option<u32> {
        self.limit
    }

    pub(super) fn into_query(self) -> RunQuery {
        RunQuery {
            task: self.task,
            tag: self.tag.unwrap_or_default(),
            state: self.state.unwrap_or_default(),
            trigger: self.trigger.unwrap_or_default(),
            node: self.node.unwrap_or_default(),
            from: self.from.unwrap_or_default(),
            to: self.to.unwrap_or_default(),
            q: self.q.unwrap_or_default(),
            after: self.after.unwrap_or_default(),
            limit: self.limit,
        }
    }
}

/// Runs of a task, newest first.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/runs", tag = "runs", params(PageQuery),
    responses((status = 200, body = List<Run>), (status = 404, body = Problem)))]
pub(super) async fn list_of_task(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    Params(page): Params<PageQuery>,
) -> Reply<Json<List<Run>>> {
    Ok(Json(
        service
            .run_list(&caller, id, page.after, page.limit.unwrap_or(50))
            .await?,
    ))
}

/// Runs of all tasks that match, the last one to start first. A page with `next` may be short, even empty: a page examines
/// up to 15,000 runs, and `next` goes on after those.
#[utoipa::path(get, path = "/api/v1/runs", tag = "runs", params(RunsQuery),
    responses((status = 200, body = List<Run>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(query): Params<RunsQuery>,
) -> Reply<Json<List<Run>>> {
    Ok(Json(
        service.run_search(&caller, &query.into_query()).await?,
    ))
}

/// One run.
#[utoipa::path(get, path = "/api/v1/runs/{id}", tag = "runs",
    responses((status = 200, body = Run), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<RunId>,
) -> Reply<Json<Run>> {
    Ok(Json(service.run_get(&caller, id).await?))
}

/// The last attempt of the start that a run belongs to: a retry, where one followed. With `wait` it answers once that is
/// over, or after that time.
#[utoipa::path(get, path = "/api/v1/runs/{id}/end", tag = "runs", operation_id = "run_end", params(WaitQuery),
    responses((status = 200, body = Run), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn end(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<RunId>,
    Params(query): Params<WaitQuery>,
    stop: Option<Extension<CancellationToken>>,
) -> Reply<Json<Run>> {
    let wait = query.wait.unwrap_or(0);
    let stop = stop.map(|Extension(stop)| stop).unwrap_or_default();
    Ok(Json(service.run_end(&caller, id, wait, &stop).await?))
}

/// What a person on call asks first about a run that failed, timed out or was lost: since when,
/// what changed since the last success, where the output first differs from it.
#[utoipa::path(get, path = "/api/v1/runs/{id}/brief", tag = "runs",
    responses((status = 200, body = Brief), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn brief(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<RunId>,
) -> Reply<Json<Brief>> {
    Ok(Json(service.run_brief(&caller, id).await?))
}

/// Its output as kept: raw bytes.
#[utoipa::path(get, path = "/api/v1/runs/{id}/output", tag = "runs",
    responses((status = 200, content_type = "text/plain", body = String), (status = 404, body = Problem)))]
pub(super) async fn output(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
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
    RequestCaller(caller): RequestCaller,
    Path(id): Path<RunId>,
) -> Reply<impl IntoResponse> {
    Ok((
        StatusCode::ACCEPTED,
        Json(service.run_stop(&caller, id).await?),
    ))
}
