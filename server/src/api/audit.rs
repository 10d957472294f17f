//! `/api/v1/audit`: who did what, and whether the log of it is whole.

use app::audit::{AuditCheck, AuditEntry, AuditQuery};
use app::backend::{Audit, List};
use app::id::AuditId;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::AppState;
use crate::http::extract::RequestCaller;
use crate::http::params::Params;
use crate::http::{Problem, Reply};

/// Query of the audit log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// Name of an account, exactly; also `console`, and `jcrontab` for the product itself.
    who: Option<String>,
    /// An action such as `task.update`; end with a dot for all actions of a kind, such as `task.`.
    action: Option<String>,
    /// An object such as `task:12`, a kind such as `secret`, or an id.
    object: Option<String>,
    /// `session`, `token`, `chat`, `console`, `link`, `start_url` or `server`.
    via: Option<String>,
    /// `done` or `refused`.
    outcome: Option<String>,
    /// Only what was done then or later: RFC 3339, or a time or a date in the server's default zone.
    from: Option<String>,
    /// Only what was done earlier; a date alone includes that day.
    to: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows, 1–200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Query of a check.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Continue {
    /// `next` of the check before.
    after: Option<i64>,
    /// The `head` of an earlier check: that entry must still be in the log as it was.
    head: Option<String>,
    /// Only the newest so many entries, 1–20,000, with both ends of the chain; `after` and `head` are not used.
    #[param(minimum = 1, maximum = 20000)]
    last: Option<u64>,
}

/// The audit log, newest first. For administrators. A page may be shorter than asked for, even empty, and not the last
/// one: so many entries are examined for it.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", operation_id = "audit", params(Search),
    responses((status = 200, body = List<AuditEntry>), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(search): Params<Search>,
) -> Reply<Json<List<AuditEntry>>> {
    let query = AuditQuery {
        who: search.who.unwrap_or_default(),
        action: search.action.unwrap_or_default(),
        object: search.object.unwrap_or_default(),
        via: search.via.unwrap_or_default(),
        outcome: search.outcome.unwrap_or_default(),
        from: search.from.unwrap_or_default(),
        to: search.to.unwrap_or_default(),
        after: search.after.unwrap_or_default(),
        limit: search.limit,
    };
    Ok(Json(service.audit_list(&caller, &query).await?))
}

/// One entry of the audit log.
#[utoipa::path(get, path = "/api/v1/audit/{id}", tag = "audit", operation_id = "audit_entry",
    responses((status = 200, body = AuditEntry), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<AuditId>,
) -> Reply<Json<AuditEntry>> {
    Ok(Json(service.audit_get(&caller, id).await?))
}

/// Checks a part of the chain of the audit log: 20,000 entries from the beginning, or after `after`, or the `last` ones.
#[utoipa::path(get, path = "/api/v1/audit/verify", tag = "audit", operation_id = "verify_audit", params(Continue),
    responses((status = 200, body = AuditCheck), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn verify(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(part): Params<Continue>,
) -> Reply<Json<AuditCheck>> {
    if let Some(last) = part.last {
        return Ok(Json(service.audit_verify_last(&caller, last).await?));
    }
    let head = part.head.unwrap_or_default();
    Ok(Json(
        service.audit_verify(&caller, part.after, &head).await?,
    ))
}
