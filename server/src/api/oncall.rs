//! `/api/v1/oncall`: who is on call.

use app::backend::List;
use app::oncall::{OverrideDraft, RotaDraft, RotaView, SwapDraft};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::AppState;
use crate::http::extract::{Body, Who};
use crate::http::{Problem, Reply};

/// All rotas by name, each with the person on call.
#[utoipa::path(get, path = "/api/v1/oncall", tag = "oncall",
    responses((status = 200, body = List<RotaView>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    Who(caller): Who,
) -> Reply<Json<List<RotaView>>> {
    Ok(Json(List {
        items: service.rotas(&caller).await?,
        next: None,
    }))
}

/// One rota.
#[utoipa::path(get, path = "/api/v1/oncall/{name}", tag = "oncall",
    responses((status = 200, body = RotaView), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(name): Path<String>,
) -> Reply<Json<RotaView>> {
    Ok(Json(service.rota(&caller, &name).await?))
}

/// Adds a rota, or replaces the one with this name; its overrides stay.
#[utoipa::path(put, path = "/api/v1/oncall/{name}", tag = "oncall", request_body = RotaDraft,
    responses((status = 200, body = RotaView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn set(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(name): Path<String>,
    Body(draft): Body<RotaDraft>,
) -> Reply<Json<RotaView>> {
    Ok(Json(service.rota_set(&caller, &name, &draft).await?))
}

/// Removes a rota.
#[utoipa::path(delete, path = "/api/v1/oncall/{name}", tag = "oncall",
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(name): Path<String>,
) -> Reply<StatusCode> {
    service.rota_delete(&caller, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has another person on call for a time.
#[utoipa::path(post, path = "/api/v1/oncall/{name}/override", tag = "oncall", request_body = OverrideDraft,
    responses((status = 200, body = RotaView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn stand_in(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(name): Path<String>,
    Body(draft): Body<OverrideDraft>,
) -> Reply<Json<RotaView>> {
    Ok(Json(service.rota_override(&caller, &name, &draft).await?))
}

/// Has the people of two weeks change places.
#[utoipa::path(post, path = "/api/v1/oncall/{name}/swap", tag = "oncall", request_body = SwapDraft,
    responses((status = 200, body = RotaView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn swap(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(name): Path<String>,
    Body(draft): Body<SwapDraft>,
) -> Reply<Json<RotaView>> {
    Ok(Json(service.rota_swap(&caller, &name, &draft).await?))
}
