//! `/api/v1/tasks/apply` and `/api/v1/tasks/export`: tasks as documents.

mod body;
mod schema;

use app::error::ErrorKind;
use app::id::TaskId;
use app::task::{TaskDocument, TaskState};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::extract::RequestCaller;
use crate::http::params::Params;
use crate::http::{AppState, Problem, Reply, SKIPPED};
use crate::service::{ApplyReport, ApplyRequest, ExportQuery};
use body::Sources;

pub(super) use schema::task_schema;

/// The type of YAML (RFC 9512).
const YAML: &str = "application/yaml";

/// Ids of skipped tasks in the header of an export.
const SKIPPED_MAX: usize = 100;

/// How documents are applied.
#[derive(Deserialize, Default, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct ApplyQuery {
    /// Whether only the plan is asked for.
    dry_run: bool,
    /// Tasks with this tag that no document names are deleted. Every document must have the tag.
    prune: Option<String>,
    /// `plan` of a dry run: the documents are applied only if they still do the same.
    plan: Option<String>,
}

/// Which tasks are exported.
#[derive(Deserialize, Default, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct TasksQuery {
    /// Words found in name, nickname, command, owners, tags or runbook.
    q: String,
    /// `active`, `paused` or `closed`.
    state: Option<TaskState>,
    /// Only tasks with exactly this tag.
    tag: Option<String>,
    /// Only these tasks: ids, separated by commas.
    ids: String,
}

/// Creates and changes tasks so that they are as their documents say, all in one transaction. The body is one of: YAML, a
/// list of documents, or `{"files": [{"path": …, "text": …}]}` with YAML texts, whose paths faults name. The identity of a
/// task is its name. Its state, its secrets and its history stay as they are.
#[utoipa::path(post, path = "/api/v1/tasks/apply", tag = "tasks", params(ApplyQuery),
    request_body(content((Vec<TaskDocument> = "application/json"), (String = "application/yaml"))),
    responses((status = 200, body = ApplyReport), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn apply(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(query): Params<ApplyQuery>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Reply<Json<ApplyReport>> {
    let lang = caller.lang;
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let is_yaml = kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("yaml"));
    let mut sent = match is_yaml {
        true => Sources::of_yaml(lang, &bytes)?,
        false => Sources::of_json(lang, &bytes)?,
    };
    let is_readable = sent.is_readable();
    let documents = std::mem::take(&mut sent.documents);
    if !is_readable && documents.is_empty() {
        return Err(sent.refusal(lang, None).into());
    }
    let request = ApplyRequest {
        documents,
        // What can be read is checked all the same, so that one answer names all faults.
        dry_run: query.dry_run || !is_readable,
        prune: (query.prune.map(|tag| tag.trim().to_owned())).filter(|tag| !tag.is_empty()),
        plan: query.plan.filter(|_| is_readable),
    };
    let applied = service.apply_tasks(&caller, &request).await;
    match applied {
        Err(error)
            if matches!(
                error.kind,
                ErrorKind::Unauthenticated | ErrorKind::Forbidden
            ) =>
        {
            Err(error.into())
        }
        applied if !is_readable => Err(sent.refusal(lang, applied.err()).into()),
        applied => Ok(Json(
            applied.map_err(|error| sent.sources.placed(lang, error))?,
        )),
    }
}

/// Tasks as documents that can be applied, the oldest first: what differs from defaults, with names in the place of ids,
/// without state and secrets. YAML, or a JSON list where `Accept` is `application/json`. Tasks whose rows cannot be read
/// are skipped: the header `Jcrontab-Skipped` has their ids, up to 100, and comments of the YAML say why.
#[utoipa::path(get, path = "/api/v1/tasks/export", tag = "tasks", operation_id = "export_tasks", params(TasksQuery),
    responses((status = 200, content_type = "application/yaml", body = String), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn export(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(query): Params<TasksQuery>,
    headers: HeaderMap,
) -> Reply<Response> {
    let ids = query.ids.split(',').filter(|id| !id.is_empty());
    // What is no number is no task.
    let tasks = ids.map(|id| TaskId(id.trim().parse().unwrap_or(0)));
    let asked = ExportQuery {
        q: query.q,
        state: query.state,
        tag: query.tag,
        tasks: tasks.collect(),
    };
    let exported = service.export_tasks(&caller, &asked).await?;
    let accepts = headers.get(ACCEPT).and_then(|kind| kind.to_str().ok());
    let mut answer = if accepts == Some("application/json") {
        Json(&exported.documents).into_response()
    } else {
        let text = service.documents_as_yaml(caller.lang, &exported)?;
        let name = "attachment; filename=\"tasks.yaml\"";
        ([(CONTENT_TYPE, YAML), (CONTENT_DISPOSITION, name)], text).into_response()
    };
    if let Some(skipped) = skipped_header(&exported.skipped) {
        answer.headers_mut().insert(SKIPPED, skipped);
    }
    Ok(answer)
}

/// The first ids of skipped tasks, separated by commas; `None` for none.
fn skipped_header(skipped: &[TaskId]) -> Option<HeaderValue> {
    let ids: Vec<String> = skipped
        .iter()
        .take(SKIPPED_MAX)
        .map(TaskId::to_string)
        .collect();
    let ids = (!ids.is_empty()).then(|| ids.join(","))?;
    HeaderValue::from_str(&ids).ok()
}
