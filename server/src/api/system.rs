//! What the server says of itself: `/api/v1/about`, `/healthz`, `/readyz`.

use app::auth::Action;
use app::backend::System;
use app::page::About;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::AppState;
use super::problem::{Problem, Reply};
use crate::timetable::data_version;
use crate::web::extract::Who;

/// What this installation is made of.
#[utoipa::path(get, path = "/api/v1/about", tag = "system",
    responses((status = 200, body = About), (status = 401, body = Problem)))]
pub(super) async fn about(State(service): State<AppState>, Who(caller): Who) -> Reply<Json<About>> {
    Ok(Json(service.about(&caller).await?))
}

/// Whether the process serves; says nothing else.
pub async fn healthz() -> &'static str {
    "ok"
}

/// Whether the database answers and the loop goes round. Strangers are told nothing else; an
/// administrator also learns the versions.
pub async fn readyz(State(service): State<AppState>, Who(caller): Who) -> Response {
    // The loop turns at least every five minutes; a stale one means that it hangs.
    let now = service.clock.now();
    let turns = service
        .lag
        .ticked_at()
        .is_some_and(|at| now - at < chrono::TimeDelta::minutes(6));
    let database = service.store.ping().await.is_ok();
    let status = if turns && database {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = |ok: bool| if ok { "ok" } else { "down" };
    let mut told = json!({"database": word(database), "scheduler": word(turns)});
    let administers = caller
        .principal
        .is_some_and(|principal| principal.can(Action::Administer));
    if administers {
        let zones = data_version();
        told["version"] = json!(env!("CARGO_PKG_VERSION"));
        told["database_version"] = json!(service.store.version().await.ok());
        told["tz_version"] = json!(zones.version);
        told["tz_source"] = json!(zones.source.as_str());
    }
    (status, Json(told)).into_response()
}
