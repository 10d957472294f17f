//! `/api/v1/oncall`: who is on call.

use app::backend::List;
use app::oncall::{OverrideDraft, RotaDraft, RotaView, SwapDraft};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::IntoParams;

use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::params::Params;
use crate::http::{Problem, Reply};

/// All rotas by name, each with the person on call.
#[utoipa::path(get, path = "/api/v1/oncall", tag = "oncall",
    responses((status = 200, body = List<RotaView>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<RotaView>>> {
    Ok(Json(List {
        items: service.rotas(&caller).await?,
        next: None,
    }))
}

/// One rota. Its version is the `ETag`.
#[utoipa::path(get, path = "/api/v1/oncall/{name}", tag = "oncall",
    responses((status = 200, body = RotaView), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
) -> Reply<impl IntoResponse> {
    Ok(shown(service.rota(&caller, &name).await?))
}

/// Adds a rota, or replaces the one with this name; its overrides stay. With `If-Match`, only if the rota still has that
/// version, `"0"` where it does not exist; otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/oncall/{name}", tag = "oncall", request_body = RotaDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the rota as it was read")),
    responses((status = 200, body = RotaView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn set(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
    Body(draft): Body<RotaDraft>,
) -> Reply<impl IntoResponse> {
    let set = service.rota_set(&caller, &name, version, &draft).await?;
    Ok(shown(set))
}

/// Removes a rota that no task, default policy or open ticket names; with `If-Match`, only if it still has that version.
#[utoipa::path(delete, path = "/api/v1/oncall/{name}", tag = "oncall",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the rota as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.delete_rota(&caller, &name, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has another person on call for a time that no other override covers; with `If-Match`, only if the rota still has that
/// version. A date alone is a day of the rota: from the time of its hand-over to the same time on the next date.
#[utoipa::path(post, path = "/api/v1/oncall/{name}/override", tag = "oncall", request_body = OverrideDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the rota as it was read")),
    responses((status = 200, body = RotaView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn stand_in(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
    Body(draft): Body<OverrideDraft>,
) -> Reply<impl IntoResponse> {
    let changed = service.rota_override(&caller, &name, version, &draft);
    Ok(shown(changed.await?))
}

/// Which override is removed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RemovedAt {
    /// Its beginning, a time in it, or its date where it is the only one then.
    at: String,
}

/// Removes an override; with `If-Match`, only if the rota still has that version.
#[utoipa::path(delete, path = "/api/v1/oncall/{name}/override", tag = "oncall",
    params(RemovedAt, ("If-Match" = Option<String>, Header, description = "The ETag of the rota as it was read")),
    responses((status = 200, body = RotaView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn remove_override(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Params(removed): Params<RemovedAt>,
    Expected(version): Expected,
) -> Reply<impl IntoResponse> {
    let changed = service.rota_override_remove(&caller, &name, version, &removed.at);
    Ok(shown(changed.await?))
}

/// Swaps the people of two weeks; the same swap again undoes it. A date alone is in the week that begins
/// on it, or else in the one in force at its end. With `If-Match`, only if the rota still has that version.
#[utoipa::path(post, path = "/api/v1/oncall/{name}/swap", tag = "oncall", request_body = SwapDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the rota as it was read")),
    responses((status = 200, body = RotaView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn swap(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
    Body(draft): Body<SwapDraft>,
) -> Reply<impl IntoResponse> {
    let changed = service.rota_swap(&caller, &name, version, &draft);
    Ok(shown(changed.await?))
}

/// A rota with its version.
fn shown(rota: RotaView) -> impl IntoResponse {
    ([(ETAG, etag(rota.version))], Json(rota))
}
