//! `/api/v1/tasks/{id}/days`: the runs of a task by day, over months.

use app::backend::Runs;
use app::id::TaskId;
use app::run::days::RunDays;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::AppState;
use crate::http::extract::RequestCaller;
use crate::http::params::Params;
use crate::http::{Problem, Reply};

/// Which days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Span {
    /// The first day, in UTC: `2026-09-01`; 89 days before the last one when absent.
    from: Option<String>,
    /// The last day, in UTC; today when absent. At most 366 days.
    to: Option<String>,
}

/// Its ended runs by the day on which they started: how many ended how, how long they took, what they wrote. Runs that were
/// deleted by retention are counted as well.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/days", tag = "tasks", operation_id = "task_days", params(Span),
    responses((status = 200, body = RunDays), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn days(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    Params(span): Params<Span>,
) -> Reply<Json<RunDays>> {
    let (from, to) = (span.from.unwrap_or_default(), span.to.unwrap_or_default());
    Ok(Json(service.run_days(&caller, id, &from, &to).await?))
}
