//! `/api/v1/sessions`: where accounts are signed in.

use app::backend::{Credentials, List, Listed};
use app::user::Session;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::AppState;
use crate::http::extract::RequestCaller;
use crate::http::params::Params;
use crate::http::{Problem, Reply};

/// Sessions that are valid, the last used first: all of them for administrators, else the caller's own; at most 1,000.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "sessions", responses((status = 200, body = List<Session>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<Session>>> {
    Ok(Json(List {
        items: service.session_list(&caller, Listed::Managed).await?,
        next: None,
    }))
}

/// Ends a session at once, with its open streams.
#[utoipa::path(delete, path = "/api/v1/sessions/{session}", tag = "sessions",
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn end(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(session): Path<String>,
) -> Reply<StatusCode> {
    service.session_end(&caller, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose sessions are ended.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Whose {
    /// The account's name; the caller's own without it. For administrators.
    user: Option<String>,
}

/// How many sessions were ended.
#[derive(Serialize, ToSchema)]
pub(super) struct Ended {
    /// Their number.
    ended: u64,
}

/// Ends all sessions of an account except that of the request.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "sessions", params(Whose),
    responses((status = 200, body = Ended), (status = 404, body = Problem)))]
pub(super) async fn end_all(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(whose): Params<Whose>,
) -> Reply<Json<Ended>> {
    let user = whose.user.unwrap_or_default();
    let ended = service.sessions_end(&caller, &user).await?;
    Ok(Json(Ended { ended }))
}
