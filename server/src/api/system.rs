//! What the server reports about itself: `/api/v1/about`, `/healthz`, `/readyz`.

use app::auth::{Action, Scope};
use app::backend::{List, System};
use app::page::{About, UnreadableRow};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::http::AppState;
use crate::http::extract::RequestCaller;
use crate::http::scrape::Scraper;
use crate::http::site::Site;
use crate::http::{Problem, Reply};
use crate::telemetry::metrics::CONTENT_TYPE;
use crate::timetable::data_version;

/// The loop completes a turn at least every five minutes; after six without one it hangs.
const TURN_MAX: TimeDelta = TimeDelta::minutes(6);
/// The first turn reads all tasks and catches up on missed firings, perhaps on a busy machine or a slow database;
/// after this long without completing it, the loop hangs.
const START_MAX: TimeDelta = TimeDelta::minutes(5);

/// The parts of this installation and their versions.
#[utoipa::path(get, path = "/api/v1/about", tag = "system",
    responses((status = 200, body = About), (status = 401, body = Problem)))]
pub(super) async fn about(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<About>> {
    Ok(Json(service.about(&caller).await?))
}

/// Rows of the database that cannot be read: tasks, rules, channels, blackouts, rotas and default policies of urging. It
/// reads all of them; at most 1,000 are listed.
#[utoipa::path(get, path = "/api/v1/unreadable-rows", tag = "system",
    responses((status = 200, body = List<UnreadableRow>), (status = 403, body = Problem)))]
pub(super) async fn unreadable_rows(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<UnreadableRow>>> {
    let items = service.unreadable_rows(&caller).await?;
    Ok(Json(List { items, next: None }))
}

/// Whether the process serves requests; reports nothing else.
pub async fn healthz() -> &'static str {
    "ok"
}

/// The reported state of the loop: `ok`, `starting` until its first turn is complete, `down`.
fn loop_state(
    now: DateTime<Utc>,
    started_at: DateTime<Utc>,
    ticked_at: Option<DateTime<Utc>>,
) -> &'static str {
    match ticked_at {
        Some(at) if now - at < TURN_MAX => "ok",
        None if now - started_at < START_MAX => "starting",
        _ => "down",
    }
}

/// Whether the database answers and the loop turns. Without a token it reports nothing else; an
/// administrator also gets the versions, and what is wrong with the files of the pages.
pub async fn readyz(
    State(service): State<AppState>,
    site: Extension<Site>,
    RequestCaller(caller): RequestCaller,
) -> Response {
    let found = service.readiness().await;
    let scheduler = loop_state(found.now, found.started_at, found.ticked_at);
    let database = found.database;
    let status = if scheduler == "ok" && database {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let database = if database { "ok" } else { "down" };
    let mut report = json!({"database": database, "scheduler": scheduler});
    let administers = caller
        .principal
        .is_some_and(|who| who.can(Action::Administer) && who.allows(Scope::Ping));
    if administers {
        let zones = data_version();
        report["version"] = json!(env!("CARGO_PKG_VERSION"));
        let version = service.database_version().await;
        if let Err(error) = &version {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, "the database does not report its version");
        }
        report["database_version"] = json!(version.ok());
        report["tz_version"] = json!(zones.version);
        report["tz_source"] = json!(zones.source.as_str());
        report["loops"] = json!(service.loop_states());
        report["site"] = match &site.trouble {
            Some(trouble) => json!({"code": trouble.code(), "text": trouble.text(caller.lang)}),
            None => json!({"code": "ok"}),
        };
    }
    (status, Json(report)).into_response()
}

/// The metrics of this server in the Prometheus text format, for administrators and for
/// requests that `http::scrape` admits.
pub async fn metrics(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    scraper: Option<Extension<Scraper>>,
) -> Result<Response, Problem> {
    let text = match scraper {
        Some(_) => service.scraped(caller.lang).await?,
        None => service.metrics_text(&caller).await?,
    };
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_has_not_turned_yet_is_starting_and_no_fault() {
        let started = DateTime::from_timestamp(1_800_000_000, 0).expect("time");
        let after = |seconds| started + TimeDelta::seconds(seconds);
        let table = [
            (0, None, "starting"),
            (299, None, "starting"),
            (300, None, "down"),
            (1, Some(0), "ok"),
            (359, Some(0), "ok"),
            (360, Some(0), "down"),
            (1_000, Some(900), "ok"),
            // The clock was set back.
            (-3_600, None, "starting"),
        ];
        for (now, ticked, expected) in table {
            let state = loop_state(after(now), started, ticked.map(after));
            assert_eq!(state, expected, "{now} {ticked:?}");
        }
    }
}
