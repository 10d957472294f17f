//! `/api/v1/pools`.

use app::backend::{Capacity, List};
use app::pool::{Pool, PoolDraft};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::AppState;
use crate::http::extract::{Body, Who};
use crate::http::{Problem, Reply};

/// All pools, with the runs that hold their slots; `*` is the limit of all runs.
#[utoipa::path(get, path = "/api/v1/pools", tag = "pools", responses((status = 200, body = List<Pool>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    Who(caller): Who,
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

/// Adds a pool, or changes its slots; waiting runs are reconsidered at once.
#[utoipa::path(put, path = "/api/v1/pools/{name}", tag = "pools", request_body = PoolSize,
    responses((status = 200, body = Pool), (status = 422, body = Problem)))]
pub(super) async fn set(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(name): Path<String>,
    Body(size): Body<PoolSize>,
) -> Reply<Json<Pool>> {
    let draft = PoolDraft {
        name,
        slots: size.slots.to_string(),
    };
    Ok(Json(service.pool_set(&caller, &draft).await?))
}

/// Removes a pool that no task uses.
#[utoipa::path(delete, path = "/api/v1/pools/{name}", tag = "pools",
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(name): Path<String>,
) -> Reply<StatusCode> {
    service.pool_delete(&caller, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
