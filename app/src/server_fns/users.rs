//! The users page and its controls.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::id::{TokenId, UserId};
use crate::page::UsersPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    server_fns::forms::{Posted, split},
    user::UserDraft,
};

/// The users page.
#[server(prefix = "/fn", endpoint = "users_page", input = Wire, output = Wire)]
pub async fn fetch_users() -> Result<UsersPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let (mut draft, mut posted, mut new_token) = (UserDraft::default(), None, None);
    match use_context::<Posted>() {
        Some(Posted::User(sent, error)) => (draft, posted) = (sent, Some(error)),
        Some(Posted::NewToken(secret)) => new_token = Some(secret),
        _ => {}
    }
    // A password is never sent back to a page.
    draft.password.clear();
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(UsersPage {
        users: with_status(backend.user_list(&caller).await)?,
        tokens: backend.token_list(&caller).await?,
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        new_token,
        draft,
        faults,
        error,
    })
}

/// Allows or forbids an account to sign in, if it still has the version that was read.
#[server(prefix = "/fn", endpoint = "user_set_disabled", output = Wire)]
pub async fn set_user_disabled(id: UserId, version: i64, disabled: bool) -> Result<(), AppError> {
    with_status(
        backend()?
            .user_set_disabled(&caller()?, id, Some(version), disabled)
            .await
            .map(|_| ()),
    )
}

/// Revokes a token.
#[server(prefix = "/fn", endpoint = "token_revoke", output = Wire)]
pub async fn revoke_token(id: TokenId) -> Result<(), AppError> {
    with_status(backend()?.token_revoke(&caller()?, id).await)
}
