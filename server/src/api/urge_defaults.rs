//! `/api/v1/tickets/defaults`: how people are asked where a task does not say.

use app::backend::{List, UrgeDefaults};
use app::task::TicketDraft;
use app::ticket::PolicyDefault;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::IntoResponse;

use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// All default policies, by tag; that of all tasks has the tag `*`.
#[utoipa::path(get, path = "/api/v1/tickets/defaults", tag = "tickets", operation_id = "defaults",
    responses((status = 200, body = List<PolicyDefault>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<PolicyDefault>>> {
    Ok(Json(List {
        items: service.urge_default_list(&caller).await?,
        next: None,
    }))
}

/// Sets the default policy of a tag, or with `*` of all tasks. Tasks that leave a part open have it at once. With `If-Match`,
/// only if it still has that version, `"0"` where there is none; otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/tickets/defaults/{name}", tag = "tickets", operation_id = "set_default", request_body = TicketDraft,
    params(("If-Match" = Option<String>, Header, description = "The version of the default as it was read")),
    responses((status = 200, body = PolicyDefault), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn set(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(tag): Path<String>,
    Expected(version): Expected,
    Body(draft): Body<TicketDraft>,
) -> Reply<impl IntoResponse> {
    let set = service.urge_default_set(&caller, &tag, version, &draft);
    let set = set.await?;
    Ok(([(ETAG, etag(set.version))], Json(set)))
}

/// Removes a default policy: tasks that inherit from it have the next one. With `If-Match`, only if it still has that
/// version.
#[utoipa::path(delete, path = "/api/v1/tickets/defaults/{name}", tag = "tickets", operation_id = "delete_default",
    params(("If-Match" = Option<String>, Header, description = "The version of the default as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(tag): Path<String>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.urge_default_delete(&caller, &tag, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
