//! `/api/v1/retention`: how long history is kept.

use app::backend::RetentionPolicy;
use app::retention::{Retention, RetentionDraft, StoredRetention};
use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// The policy in force.
#[derive(Serialize, ToSchema)]
pub(super) struct Policy {
    #[serde(flatten)]
    policy: Retention,
    /// Counts its changes; 0 for the defaults.
    version: i64,
}

/// All limits; one that is absent or `null` does not apply.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    /// Days that runs and planned runs are kept, counted from their end; 1–36500.
    #[serde(default)]
    run_days: Option<i64>,
    /// Newest runs of each task that are kept; 1–1000000.
    #[serde(default)]
    runs: Option<i64>,
    /// MiB of output that the kept runs of a task may have written; 1–1073741824.
    #[serde(default)]
    output_mib: Option<i64>,
    /// Days that messages are kept which were delivered or given up; 1–36500.
    #[serde(default)]
    message_days: Option<i64>,
    /// Days that the audit log is kept; 1–36500.
    #[serde(default)]
    audit_days: Option<i64>,
    /// Days that tickets which are over are kept, with their urges and their history; 1–36500.
    #[serde(default)]
    ticket_days: Option<i64>,
    /// Days that the counts of deleted runs are kept; 1–36500.
    #[serde(default)]
    count_days: Option<i64>,
}

fn shown(stored: StoredRetention) -> impl IntoResponse {
    let StoredRetention { policy, version } = stored;
    ([(ETAG, etag(version))], Json(Policy { policy, version }))
}

/// How long history is kept.
#[utoipa::path(get, path = "/api/v1/retention", tag = "system", operation_id = "retention",
    responses((status = 200, body = Policy)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<impl IntoResponse> {
    Ok(shown(service.retention(&caller).await?))
}

/// Replaces all limits; what is no longer kept is deleted from now on. With `If-Match`, only if the policy still has that
/// version, `"0"` for the defaults; otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/retention", tag = "system", operation_id = "set_retention", request_body = Limits,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the policy as it was read")),
    responses((status = 200, body = Policy), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn set(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Expected(version): Expected,
    Body(limits): Body<Limits>,
) -> Reply<impl IntoResponse> {
    let draft = RetentionDraft::of(&Retention {
        run_days: limits.run_days,
        runs: limits.runs,
        output_mib: limits.output_mib,
        message_days: limits.message_days,
        audit_days: limits.audit_days,
        ticket_days: limits.ticket_days,
        count_days: limits.count_days,
    });
    Ok(shown(
        service.retention_set(&caller, version, &draft).await?,
    ))
}
