//! `/api/v1/account`: what users do with their own account.

use app::user::PasswordChange;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::streams::Credential;
use crate::http::AppState;
use crate::http::client::Client;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// Changes the caller's own password and ends their other sessions; tokens stay.
#[utoipa::path(post, path = "/api/v1/account/password", tag = "account", request_body = PasswordChange,
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub(super) async fn password(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Extension(client): Extension<Client>,
    credential: Option<Extension<Credential>>,
    Body(change): Body<PasswordChange>,
) -> Reply<StatusCode> {
    let credential = credential.as_ref().map(|Extension(credential)| credential);
    service
        .change_own_password(&caller, credential, &change, client.as_str())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
