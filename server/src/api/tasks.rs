//! `/api/v1/tasks`.

use app::backend::{Caller, List, Tasks};
use app::id::TaskId;
use app::rule::TaskNotify;
use app::run::Run;
use app::task::{
    Control, Controlled, DamagedTask, HealthFilter, RunForm, RunRequest, TaskCursor, TaskDraft,
    TaskQuery, TaskState, TaskView,
};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use utoipa::{IntoParams, ToSchema};

use super::start_urls::WaitQuery;
use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller, malformed};
use crate::http::params::Params;
use crate::http::strict::{self, JsonFault, Kind};
use crate::http::{Problem, Reply};
use crate::service::Saved;

/// Query of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Words found in name, nickname, command, owners, tags or runbook.
    #[serde(default)]
    q: String,
    /// `active`, `paused` or `closed`.
    state: Option<TaskState>,
    /// `failing`, `chasing` or `running`: only active tasks with this health.
    health: Option<HealthFilter>,
    /// `next` of the previous page.
    after: Option<i64>,
    /// Rows, 1–1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Query of a page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// `next` of the previous page.
    pub(super) after: Option<String>,
    /// Rows, 1–200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub(super) limit: Option<u32>,
}

/// Tasks, newest first.
#[utoipa::path(get, path = "/api/v1/tasks", tag = "tasks", params(ListQuery),
    responses((status = 200, body = List<TaskView>), (status = 401, body = Problem)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(query): Params<ListQuery>,
) -> Reply<impl IntoResponse> {
    let query = TaskQuery {
        q: query.q,
        state: query.state,
        health: query.health,
        after: query.after.map(TaskCursor::from),
        limit: query.limit,
        ..TaskQuery::default()
    };
    let body = service.task_list_json(&caller, &query).await?;
    Ok(([(CONTENT_TYPE, "application/json")], body))
}

/// A task as it was saved.
#[derive(Serialize, ToSchema)]
pub(super) struct SavedTask {
    /// The task.
    #[serde(flatten)]
    task: TaskView,
    /// What is probably a mistake: it never fires, its window is over, a variable is not expanded.
    warnings: Vec<String>,
}

impl SavedTask {
    async fn new(service: &AppState, caller: &Caller, task: TaskView) -> Reply<Self> {
        Ok(Self {
            warnings: service.task_warnings(caller.lang, &task).await?,
            task,
        })
    }
}

/// A task to be created.
#[derive(Serialize, ToSchema)]
pub(super) struct NewTask {
    /// The task.
    #[serde(flatten)]
    draft: TaskDraft,
    /// Further channels, each with its events; at most 20. They become rules of the task, with it or not at all.
    notify: Vec<TaskNotify>,
}

impl NewTask {
    /// Reads a body: what is for no rule is the task's.
    fn read(mut body: Value) -> Result<Self, JsonFault> {
        let notify = body.as_object_mut().and_then(|body| body.remove("notify"));
        let notify = notify.map(|notify| {
            let read = strict::from_value(notify);
            read.map_err(|fault| fault.within("notify"))
        });
        Ok(Self {
            draft: strict::from_value(body)?,
            notify: notify.transpose()?.unwrap_or_default(),
        })
    }
}

/// Creates a task. With `notify` its events go to further channels, too.
#[utoipa::path(post, path = "/api/v1/tasks", tag = "tasks", request_body = NewTask,
    responses((status = 201, body = SavedTask), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn create(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(body): Body<Value>,
) -> Reply<impl IntoResponse> {
    let new = NewTask::read(body).map_err(|fault| malformed(caller.lang, &fault))?;
    let task = service.create_task(&caller, &new.draft, &new.notify);
    let task = task.await?;
    let version = [(ETAG, etag(task.version))];
    let saved = SavedTask::new(&service, &caller, task).await?;
    Ok((StatusCode::CREATED, version, Json(saved)))
}

/// One task, with its health and its last run. Its version is the `ETag`.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", tag = "tasks",
    responses((status = 200, body = TaskView), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
) -> Reply<impl IntoResponse> {
    let task = service.task_get(&caller, id).await?;
    Ok(([(ETAG, etag(task.version))], Json(task)))
}

/// One task in the form that `PUT` and `PATCH` take, to be changed and sent back. Its version is the
/// `ETag`.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/draft", tag = "tasks",
    responses((status = 200, body = TaskDraft), (status = 404, body = Problem)))]
pub(super) async fn draft(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
) -> Reply<impl IntoResponse> {
    // The version is read first: a change in between makes the draft an outdated one.
    let version = service.task_get(&caller, id).await?.version;
    let draft = service.task_draft(&caller, id).await?;
    Ok(([(ETAG, etag(version))], Json(draft)))
}

/// Replaces a task. With `If-Match`, only if it still has that version; otherwise the answer is 409 and lists what
/// others have changed.
#[utoipa::path(put, path = "/api/v1/tasks/{id}", tag = "tasks", request_body = TaskDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the task as it was read")),
    responses((status = 200, body = SavedTask), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn replace(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    Expected(version): Expected,
    Body(draft): Body<TaskDraft>,
) -> Reply<impl IntoResponse> {
    let saved = service
        .save_task(&caller, id, version, |_| Ok(draft.clone()))
        .await?;
    answer(&service, &caller, saved).await
}

/// Changes the fields in the body (RFC 7396); concurrent changes to other fields stay. With `If-Match` as for `PUT`.
#[utoipa::path(patch, path = "/api/v1/tasks/{id}", tag = "tasks", request_body = TaskDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the task as it was read")),
    responses((status = 200, body = SavedTask), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn change(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    Expected(version): Expected,
    Body(patch): Body<Value>,
) -> Reply<impl IntoResponse> {
    let merged = |stored: &TaskDraft| {
        merge(stored, patch.clone()).map_err(|fault| malformed(caller.lang, &fault))
    };
    let saved = service.save_task(&caller, id, version, merged).await?;
    answer(&service, &caller, saved).await
}

async fn answer(
    service: &AppState,
    caller: &Caller,
    saved: Saved,
) -> Reply<impl IntoResponse + use<>> {
    let task = saved.or_outdated()?;
    let version = [(ETAG, etag(task.version))];
    let saved = SavedTask::new(service, caller, task).await?;
    Ok((version, Json(saved)))
}

/// Deletes a task with its history. With `If-Match`, only if it still has that version; otherwise the answer is 409 and
/// lists what others have changed.
#[utoipa::path(delete, path = "/api/v1/tasks/{id}", tag = "tasks",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the task as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.task_delete(&caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The parameters of a manual start, and the rules that it overrides now.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/run", tag = "tasks",
    responses((status = 200, body = RunForm), (status = 404, body = Problem)))]
pub(super) async fn run_form(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
) -> Reply<Json<RunForm>> {
    Ok(Json(service.task_run_form(&caller, id).await?))
}

/// Starts it now, or queues it. With a key that has started it within a day the answer is 200, that run, and
/// `Idempotent-Replayed: true`. With `wait` the answer is 200 and the last attempt once that is over, or 202 and its state
/// after that time.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/run", tag = "tasks", request_body = Option<RunRequest>,
    params(WaitQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "1-255 visible ASCII characters")),
    responses((status = 202, body = Run), (status = 200, body = Run), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn run(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    Params(query): Params<WaitQuery>,
    stop: Option<Extension<CancellationToken>>,
    headers: HeaderMap,
    body: Option<Body<RunRequest>>,
) -> Reply<Response> {
    let mut request = body.map(|Body(body)| body).unwrap_or_default();
    // A key that is not text is invalid, which the service reports.
    request.idempotency_key = headers
        .get("idempotency-key")
        .map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
    let wait = query.wait.unwrap_or(0);
    let started = service.start_manually(&caller, id, &request).await?;
    let mut run = started.run;
    if wait > 0 {
        let stop = stop.map(|Extension(stop)| stop).unwrap_or_default();
        run = service.run_end(&caller, run.id, wait, &stop).await?;
    }
    let is_over = wait > 0 && run.state.is_over();
    let run = Json(run);
    Ok(match (started.replayed, is_over) {
        (true, _) => ([("idempotent-replayed", "true")], run).into_response(),
        (false, true) => run.into_response(),
        (false, false) => (StatusCode::ACCEPTED, run).into_response(),
    })
}

async fn control(
    service: &AppState,
    caller: &Caller,
    id: TaskId,
    control: Control,
) -> Reply<Json<Controlled>> {
    Ok(Json(service.task_control_any(caller, id, &control).await?))
}

/// What is wrong with a task whose row cannot be read; `null` for one that can be. Everything else about such a task
/// answers 409 `task.unreadable`, except pausing it without an end, closing it and deleting it.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/damage", tag = "tasks",
    responses((status = 200, body = Option<DamagedTask>), (status = 404, body = Problem)))]
pub(super) async fn damage(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
) -> Reply<Json<Option<DamagedTask>>> {
    Ok(Json(service.task_damage(&caller, id).await?))
}

/// Body of a pause.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct PauseBody {
    /// Until when: RFC 3339, or `HH:MM` or `YYYY-MM-DD HH:MM` in the task's zone; until it is resumed when absent.
    until: Option<String>,
}

/// 暂停: it does not fire until it is resumed, or until a given time.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/pause", tag = "tasks", request_body = Option<PauseBody>,
    responses((status = 200, body = Controlled), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn pause(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    body: Option<Body<PauseBody>>,
) -> Reply<Json<Controlled>> {
    let until = body.and_then(|Body(body)| body.until);
    control(&service, &caller, id, Control::Pause(until)).await
}

/// 结单: it is done.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/close", tag = "tasks",
    responses((status = 200, body = Controlled), (status = 404, body = Problem)))]
pub(super) async fn close(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
) -> Reply<Json<Controlled>> {
    control(&service, &caller, id, Control::Close).await
}

/// 恢复: back to active.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/restore", tag = "tasks",
    responses((status = 200, body = TaskView), (status = 404, body = Problem)))]
pub(super) async fn restore(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
) -> Reply<Json<Controlled>> {
    control(&service, &caller, id, Control::Restore).await
}

/// Switches chasing on.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct UrgeBody {
    /// The new chase schedule; the task's own one when absent.
    cron: Option<String>,
}

/// 加急: the chase schedule replaces the task's own schedules.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/urge", tag = "tasks", request_body = Option<UrgeBody>,
    responses((status = 200, body = TaskView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn urge(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    body: Option<Body<UrgeBody>>,
) -> Reply<Json<Controlled>> {
    let cron = body.and_then(|Body(body)| body.cron);
    control(&service, &caller, id, Control::Urge(cron)).await
}

/// 恢复原始周期: back to the task's own schedules.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/unurge", tag = "tasks",
    responses((status = 200, body = TaskView), (status = 404, body = Problem)))]
pub(super) async fn unurge(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
) -> Reply<Json<Controlled>> {
    control(&service, &caller, id, Control::Unurge).await
}

/// Applies a merge patch to a draft; `null` resets a field to its default.
pub(super) fn merge<T: Serialize + DeserializeOwned>(
    draft: &T,
    patch: Value,
) -> Result<T, JsonFault> {
    let Value::Object(patch) = patch else {
        return Err(JsonFault::needs(Kind::Object));
    };
    let mut merged = serde_json::to_value(draft).map_err(JsonFault::custom)?;
    merge_into(&mut merged, patch)?;
    strict::from_value(merged)
}

/// RFC 7396, section 2, except that unknown fields are refused as typing errors.
fn merge_into(target: &mut Value, patch: serde_json::Map<String, Value>) -> Result<(), JsonFault> {
    let Some(fields) = target.as_object_mut() else {
        return Err(JsonFault::needs(Kind::Object));
    };
    for (name, value) in patch {
        let Some(field) = fields.get_mut(&name) else {
            return Err(JsonFault::unknown(&name, fields.keys().map(String::as_str)));
        };
        match value {
            Value::Null => {
                fields.remove(&name);
            }
            Value::Object(patch) if field.is_object() => {
                merge_into(field, patch).map_err(|fault| fault.within(&name))?;
            }
            value => *field = value,
        }
    }
    Ok(())
}
