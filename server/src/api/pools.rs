//! `/api/v1/pools`.

use app::backend::{Capacity, List};
use app::pool::{Pool, PoolDraft};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// All pools, with the runs that hold their slots; `*` is the limit of all runs.
#[utoipa::path(get, path = "/api/v1/pools", tag = "pools", responses((status = 200, body = List<Pool>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<Pool>>> {
    Ok(Json(List {
        items: service.pool_list(&caller).await?,
        next: None,
    }))
}

/// The size of a pool.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PoolSize {
    /// Runs at once, 1–10000.
    slots: i64,
}

/// Adds a pool, or changes its slots; waiting runs are reconsidered at once. With `If-Match`, only if the pool still has
/// that version, `"0"` where it does not exist; otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/pools/{name}", tag = "pools", request_body = PoolSize,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the pool as it was read")),
    responses((status = 200, body = Pool), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn set(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
    Body(size): Body<PoolSize>,
) -> Reply<impl IntoResponse> {
    let draft = PoolDraft {
        name,
        slots: size.slots.to_string(),
    };
    let pool = service.pool_set(&caller, version, &draft).await?;
    Ok(([(ETAG, etag(pool.version))], Json(pool)))
}

/// Removes a pool that no task uses; with `If-Match`, only if it still has that version.
#[utoipa::path(delete, path = "/api/v1/pools/{name}", tag = "pools",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the pool as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.pool_delete(&caller, &name, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
