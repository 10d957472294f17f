//! `/api/v1/tasks/{id}/occurrences | history | upcoming | explain` and `/api/v1/schedules/preview`: what was planned,
//! what became of it, what comes next, and why.

use app::backend::{List, System, Tasks};
use app::id::TaskId;
use app::occurrence::{Explanation, Occurrence, OccurrenceQuery};
use app::page::{Preview, PreviewRequest};
use app::run::HistoryItem;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;

use super::tasks::PageQuery;
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::params::Params;
use crate::http::{Problem, Reply};

/// Upcoming firings when no limit is given.
const UPCOMING: u32 = 10;

/// Query of the planned firings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TimeLine {
    /// `planned`, `waiting`, `running`, `sending`, `succeeded`, `failed`, `timed_out`, `killed`,
    /// `lost`, `skipped` or `missed`; all when absent.
    state: Option<String>,
    /// `next` of the previous page.
    after: Option<String>,
    /// Rows, 1–200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Its planned firings until now and those planned ahead, newest first.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/occurrences", tag = "tasks", params(TimeLine),
    responses((status = 200, body = List<Occurrence>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn occurrences(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    Params(line): Params<TimeLine>,
) -> Reply<Json<List<Occurrence>>> {
    let query = OccurrenceQuery {
        state: OccurrenceQuery::read_state(line.state.as_deref(), caller.lang)?,
        after: line.after,
        limit: line.limit,
    };
    Ok(Json(service.task_occurrences(&caller, id, &query).await?))
}

/// Query of upcoming firings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Ahead {
    /// Rows, 1–200; 10 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Its upcoming firings, soonest first; those that a rule skips are listed as `skipped`.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/upcoming", tag = "tasks", params(Ahead),
    responses((status = 200, body = List<Occurrence>), (status = 404, body = Problem)))]
pub(super) async fn upcoming(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    Params(ahead): Params<Ahead>,
) -> Reply<Json<List<Occurrence>>> {
    let limit = ahead.limit.unwrap_or(UPCOMING);
    Ok(Json(List {
        items: service.task_upcoming(&caller, id, limit).await?,
        next: None,
    }))
}

/// Query of an explanation.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Moment {
    /// RFC 3339, or `2026-12-01 09:00` or `09:00` (today) in the task's zone; now when absent.
    at: Option<String>,
}

/// Why it did or did not run at an instant, or will or will not: one sentence.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/explain", tag = "tasks", params(Moment),
    responses((status = 200, body = Explanation), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn explain(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    Params(moment): Params<Moment>,
) -> Reply<Json<Explanation>> {
    let at = moment.at.map_or_else(|| service.now().rfc3339(), whole);
    Ok(Json(service.task_explain(&caller, id, &at).await?))
}

/// An unescaped plus sign of an offset arrives as a space: `2026-12-01T09:00:00 08:00`.
fn whole(at: String) -> String {
    let at = at.trim();
    if at.contains('T') {
        at.replace(' ', "+")
    } else {
        at.to_owned()
    }
}

/// What became of its firings, whether they ran or not, newest first.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/history", tag = "tasks", params(PageQuery),
    responses((status = 200, body = List<HistoryItem>), (status = 404, body = Problem)))]
pub(super) async fn history(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    Params(page): Params<PageQuery>,
) -> Reply<Json<List<HistoryItem>>> {
    service.task_get(&caller, id).await?;
    Ok(Json(
        service
            .task_history(&caller, id, page.after, page.limit.unwrap_or(50))
            .await?,
    ))
}

/// The next firings of an expression, and its description in words.
#[utoipa::path(post, path = "/api/v1/schedules/preview", tag = "schedules", request_body = PreviewRequest,
    responses((status = 200, body = Preview), (status = 422, body = Problem)))]
pub(super) async fn preview(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(request): Body<PreviewRequest>,
) -> Reply<Json<Preview>> {
    Ok(Json(service.preview(&caller, &request).await?))
}
