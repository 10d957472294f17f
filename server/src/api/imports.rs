//! `/api/v1/imports`: crontabs that become tasks.

use app::backend::{Imports, List};
use app::id::TaskId;
use app::import::{
    CrontabImport, HandedOver, Handover, ImportReport, ImportedLine, TaskImportReport,
};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::params::Params;
use crate::http::{Problem, Reply};
use crate::service::TaskImport;

/// The default number of lines of a page.
const PAGE: u32 = 200;

/// Query of the list.
#[derive(Deserialize, Default, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct ImportsQuery {
    /// `next` of the previous page.
    after: Option<i64>,
    /// Lines, 1–1000; 200 when absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Lines of crontabs that tasks were made of, by task.
#[utoipa::path(get, path = "/api/v1/imports", tag = "imports", params(ImportsQuery),
    responses((status = 200, body = List<ImportedLine>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(query): Params<ImportsQuery>,
) -> Reply<Json<List<ImportedLine>>> {
    let limit = query.limit.unwrap_or(PAGE);
    let lines = service
        .import_list(&caller, query.after.map(TaskId), limit)
        .await?;
    Ok(Json(lines))
}

/// Imports crontabs: makes a task of each entry that has none, all in one transaction, and returns an account of every
/// line. The tasks are held: they do not fire until their lines are commented out. With `dry_run` nothing is created.
#[utoipa::path(post, path = "/api/v1/imports/crontab", tag = "imports", request_body = CrontabImport,
    responses((status = 200, body = ImportReport), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn crontab(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(import): Body<CrontabImport>,
) -> Reply<Json<ImportReport>> {
    Ok(Json(service.import_crontab(&caller, &import).await?))
}

/// Imports tasks of another scheduler: creates a paused task of each item that has none, all in one transaction, and returns an
/// account of every item. Its files are sent as texts, or the items that were read of them. With `dry_run` nothing is
/// created.
#[utoipa::path(post, path = "/api/v1/imports/tasks", tag = "imports", operation_id = "import_tasks", request_body = TaskImport,
    responses((status = 200, body = TaskImportReport), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn tasks(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(import): Body<TaskImport>,
) -> Reply<Json<TaskImportReport>> {
    Ok(Json(service.import_tasks(&caller, &import).await?))
}

/// Releases tasks whose lines were commented out: they fire after the instant in the answer. The other way round
/// something would run twice, so comment the lines out first; `jcrontab takeover` does both.
#[utoipa::path(post, path = "/api/v1/imports/take-over", tag = "imports", request_body = Handover,
    responses((status = 200, body = HandedOver), (status = 422, body = Problem)))]
pub(super) async fn take_over(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(handover): Body<Handover>,
) -> Reply<Json<HandedOver>> {
    Ok(Json(service.import_take_over(&caller, &handover).await?))
}

/// Holds tasks whose lines are put back next: they do not fire after the instant in the answer.
#[utoipa::path(post, path = "/api/v1/imports/give-back", tag = "imports", request_body = Handover,
    responses((status = 200, body = HandedOver), (status = 422, body = Problem)))]
pub(super) async fn give_back(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(handover): Body<Handover>,
) -> Reply<Json<HandedOver>> {
    Ok(Json(service.import_give_back(&caller, &handover).await?))
}
