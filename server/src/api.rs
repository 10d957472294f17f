//! REST `/api/v1`: extract, one call of the service, map. See `docs/API.md`.

mod channels;
mod problem;
mod runs;
mod tasks;
mod users;

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::Service;

pub use problem::Problem;

/// The service as handlers are given it.
pub type AppState = Arc<Service>;

#[derive(OpenApi)]
#[openapi(
    info(title = "Jcrontab", version = "1", description = "Scheduled tasks with a page, a memory and a voice."),
    modifiers(&BearerToken),
    security(("token" = []))
)]
struct Description;

struct BearerToken;

impl utoipa::Modify for BearerToken {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("token", scheme);
    }
}

fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(tasks::list, tasks::create))
        .routes(routes!(
            tasks::get,
            tasks::replace,
            tasks::change,
            tasks::delete
        ))
        .routes(routes!(tasks::run))
        .routes(routes!(tasks::pause))
        .routes(routes!(tasks::close))
        .routes(routes!(tasks::restore))
        .routes(routes!(tasks::urge))
        .routes(routes!(tasks::unurge))
        .routes(routes!(tasks::history))
        .routes(routes!(tasks::preview))
        .routes(routes!(runs::list_of_task))
        .routes(routes!(runs::list))
        .routes(routes!(runs::get))
        .routes(routes!(runs::output))
        .routes(routes!(runs::stop))
        .routes(routes!(channels::list, channels::create))
        .routes(routes!(channels::get, channels::replace, channels::delete))
        .routes(routes!(channels::test))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::change))
        .routes(routes!(users::tokens, users::create_token))
        .routes(routes!(users::revoke_token))
}

/// All API routes, and the description made from them.
pub fn router() -> (Router<AppState>, utoipa::openapi::OpenApi) {
    let (router, openapi) = documented().split_for_parts();
    let described = openapi.clone();
    let router = router.route(
        "/api/openapi.json",
        get(move || async move { Json(described) }),
    );
    (router, openapi)
}

/// Whether the process serves; says nothing else.
pub async fn healthz() -> &'static str {
    "ok"
}

/// Whether the database answers and the loop goes round.
pub async fn readyz(State(service): State<AppState>) -> Response {
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
    (
        status,
        Json(serde_json::json!({"database": word(database), "scheduler": word(turns)})),
    )
        .into_response()
}
