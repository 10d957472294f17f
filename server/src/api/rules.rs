//! `/api/v1/rules`, and which messages a task would send.

use app::backend::{List, Rules};
use app::id::{RuleId, TaskId};
use app::rule::{Explained, RuleDraft, RuleQuery, RuleView};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::tasks::merge;
use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller, malformed};
use crate::http::params::Params;
use crate::http::{Problem, Reply};

/// Which rules are listed.
#[derive(Deserialize, IntoParams, Debug, Default)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Which {
    /// Those of this task alone; otherwise those that are for no single task
    task: Option<i64>,
}

/// Rules about messages: those for no single task, or those of a task. At most 500.
#[utoipa::path(get, path = "/api/v1/rules", tag = "rules", params(Which),
    responses((status = 200, body = List<RuleView>), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(which): Params<Which>,
) -> Reply<Json<List<RuleView>>> {
    let query = RuleQuery {
        task: which.task.map(TaskId),
    };
    Ok(Json(List {
        items: service.rule_list(&caller, &query).await?,
        next: None,
    }))
}

/// Adds a rule; it holds at once. Rules of a task are for editors, all others for administrators.
#[utoipa::path(post, path = "/api/v1/rules", tag = "rules", request_body = RuleDraft,
    responses((status = 201, body = RuleView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn create(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(draft): Body<RuleDraft>,
) -> Reply<impl IntoResponse> {
    let rule = service.rule_create(&caller, &draft).await?;
    Ok((StatusCode::CREATED, answer(rule)))
}

/// One rule. Its version is the `ETag`.
#[utoipa::path(get, path = "/api/v1/rules/{id}", tag = "rules",
    responses((status = 200, body = RuleView), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<RuleId>,
) -> Reply<impl IntoResponse> {
    Ok(answer(service.rule_get(&caller, id).await?))
}

/// Changes the fields in the body (RFC 7396). With `If-Match`, only if the rule still has that version; otherwise the
/// answer is 409.
#[utoipa::path(patch, path = "/api/v1/rules/{id}", tag = "rules", request_body = RuleDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the rule as it was read")),
    responses((status = 200, body = RuleView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn change(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<RuleId>,
    Expected(version): Expected,
    Body(patch): Body<Value>,
) -> Reply<impl IntoResponse> {
    let stored = service.rule_get(&caller, id).await?;
    let named: Vec<String> = patch
        .as_object()
        .map_or_else(Vec::new, |fields| fields.keys().cloned().collect());
    let merged: Result<RuleDraft, _> = merge(&stored.draft(), patch);
    let mut draft = merged.map_err(|fault| malformed(caller.lang, &fault))?;
    draft.leave_other_scopes(|field| named.iter().any(|name| name == field));
    let read = version.unwrap_or(stored.version);
    let rule = service.rule_update(&caller, id, Some(read), &draft).await?;
    Ok(answer(rule))
}

/// Removes a rule. With `If-Match` as for `PATCH`.
#[utoipa::path(delete, path = "/api/v1/rules/{id}", tag = "rules",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the rule as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<RuleId>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.rule_delete(&caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which messages the task would send now, and why: each event that can happen to it, with its channels and the rule
/// that decides for each.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/messages/explain", tag = "rules",
    responses((status = 200, body = List<Explained>), (status = 404, body = Problem)))]
pub(super) async fn explain(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
) -> Reply<Json<List<Explained>>> {
    Ok(Json(List {
        items: service.task_messages_explained(&caller, id).await?,
        next: None,
    }))
}

fn answer(rule: RuleView) -> impl IntoResponse {
    ([(ETAG, etag(rule.version))], Json(rule))
}
