//! `/api/v1/tokens`.

use app::backend::{Credentials, List, Listed};
use app::id::TokenId;
use app::user::{ApiToken, NewToken, TokenDraft};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Extension, Json};

use crate::auth::streams::Credential;
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// Tokens: all of them for administrators, else the caller's own.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", responses((status = 200, body = List<ApiToken>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<ApiToken>>> {
    Ok(Json(List {
        items: service.token_list(&caller, Listed::Managed).await?,
        next: None,
    }))
}

/// Creates a token for the caller's own account, or from the server's console for the account that is named; its secret is
/// in this answer only. Not with a token.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = TokenDraft,
    responses((status = 201, body = NewToken), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn create(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    credential: Option<Extension<Credential>>,
    Body(draft): Body<TokenDraft>,
) -> Reply<impl IntoResponse> {
    let credential = credential.as_ref().map(|Extension(credential)| credential);
    let made = service.create_token(&caller, credential, &draft);
    Ok((StatusCode::CREATED, Json(made.await?)))
}

/// Revokes a token; administrators revoke those of everybody.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "tokens",
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn revoke(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TokenId>,
) -> Reply<StatusCode> {
    service.token_revoke(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
