//! `/api/v1/blackouts`.

use app::backend::{Calendars, List};
use app::calendar::{Blackout, BlackoutDraft};
use app::id::BlackoutId;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::IntoResponse;

use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// All blackouts.
#[utoipa::path(get, path = "/api/v1/blackouts", tag = "blackouts", responses((status = 200, body = List<Blackout>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<Blackout>>> {
    Ok(Json(List {
        items: service.blackout_list(&caller).await?,
        next: None,
    }))
}

/// Adds a blackout; it takes effect at once.
#[utoipa::path(post, path = "/api/v1/blackouts", tag = "blackouts", request_body = BlackoutDraft,
    responses((status = 201, body = Blackout), (status = 422, body = Problem)))]
pub(super) async fn create(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(draft): Body<BlackoutDraft>,
) -> Reply<impl IntoResponse> {
    Ok((
        StatusCode::CREATED,
        Json(service.blackout_create(&caller, &draft).await?),
    ))
}

/// Replaces a blackout. With `If-Match`, only if it still has that version; otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/blackouts/{id}", tag = "blackouts", request_body = BlackoutDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the blackout as it was read")),
    responses((status = 200, body = Blackout), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn replace(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<BlackoutId>,
    Expected(version): Expected,
    Body(draft): Body<BlackoutDraft>,
) -> Reply<impl IntoResponse> {
    let changed = service.blackout_update(&caller, id, version, &draft);
    let changed = changed.await?;
    Ok(([(ETAG, etag(changed.version))], Json(changed)))
}

/// Removes a blackout: tasks fire again at once. With `If-Match`, only if it still has that version.
#[utoipa::path(delete, path = "/api/v1/blackouts/{id}", tag = "blackouts",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the blackout as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<BlackoutId>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.blackout_delete(&caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
