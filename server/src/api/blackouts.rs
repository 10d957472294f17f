//! `/api/v1/blackouts`.

use app::backend::{Calendars, List};
use app::calendar::{Blackout, BlackoutDraft};
use app::id::BlackoutId;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;

use crate::http::AppState;
use crate::http::extract::{Body, Who};
use crate::http::{Problem, Reply};

/// All blackouts.
#[utoipa::path(get, path = "/api/v1/blackouts", tag = "blackouts", responses((status = 200, body = List<Blackout>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    Who(caller): Who,
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
    Who(caller): Who,
    Body(draft): Body<BlackoutDraft>,
) -> Reply<impl IntoResponse> {
    Ok((
        StatusCode::CREATED,
        Json(service.blackout_create(&caller, &draft).await?),
    ))
}

/// Replaces a blackout.
#[utoipa::path(put, path = "/api/v1/blackouts/{id}", tag = "blackouts", request_body = BlackoutDraft,
    responses((status = 200, body = Blackout), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn replace(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(id): Path<BlackoutId>,
    Body(draft): Body<BlackoutDraft>,
) -> Reply<Json<Blackout>> {
    Ok(Json(service.blackout_update(&caller, id, &draft).await?))
}

/// Removes a blackout: tasks fire again at once.
#[utoipa::path(delete, path = "/api/v1/blackouts/{id}", tag = "blackouts",
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(id): Path<BlackoutId>,
) -> Reply<StatusCode> {
    service.blackout_delete(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
