//! `/api/v1/users`.

use app::backend::{List, Users};
use app::id::UserId;
use app::user::{User, UserDraft};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use super::version::Expected;
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// All accounts.
#[utoipa::path(get, path = "/api/v1/users", tag = "users", responses((status = 200, body = List<User>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<User>>> {
    Ok(Json(List {
        items: service.user_list(&caller).await?,
        next: None,
    }))
}

/// Adds an account.
#[utoipa::path(post, path = "/api/v1/users", tag = "users", request_body = UserDraft,
    responses((status = 201, body = User), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn create(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(draft): Body<UserDraft>,
) -> Reply<impl IntoResponse> {
    Ok((
        StatusCode::CREATED,
        Json(service.user_create(&caller, &draft).await?),
    ))
}

/// What to change about an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserChange {
    /// Whether it may not sign in.
    disabled: Option<bool>,
    /// A new password.
    password: Option<String>,
    /// A new role.
    role: Option<String>,
}

/// Disables or enables an account, sets its password, or changes its role. With `If-Match`, only if the account still has
/// that version; otherwise the answer is 409.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users", request_body = UserChange,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the account as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn change(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<UserId>,
    Expected(version): Expected,
    Body(change): Body<UserChange>,
) -> Reply<StatusCode> {
    // Also when nothing changes: a caller without the right is refused first.
    service.user_list(&caller).await?;
    // Each of them makes a version, and the next one refers to it.
    let mut next = version;
    let mut read = || {
        let read = next;
        next = next.map(|version| version + 1);
        read
    };
    if let Some(password) = change.password {
        let read = read();
        service
            .user_set_password(&caller, id, read, &password)
            .await?;
    }
    if let Some(role) = change.role {
        service.user_set_role(&caller, id, read(), &role).await?;
    }
    if let Some(disabled) = change.disabled {
        let read = read();
        service
            .user_set_disabled(&caller, id, read, disabled)
            .await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes an account with its sessions and tokens; tasks stay. With `If-Match`, only if the account still has that
/// version.
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "users",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the account as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<UserId>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.user_delete(&caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
