//! The users page and its controls.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::id::UserId;
use crate::page::UsersPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{Listed, backend, caller, with_status},
    server_fns::forms::{Posted, split},
    user::UserDraft,
};

/// The users page.
#[server(prefix = "/fn", endpoint = "users_page", input = Wire, output = Wire)]
pub async fn fetch_users() -> Result<UsersPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let (mut draft, mut posted) = (UserDraft::default(), None);
    if let Some(Posted::User(sent, error)) = use_context::<Posted>() {
        (draft, posted) = (sent, Some(error));
    }
    // A password is never sent back to a page.
    draft.password.clear();
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(UsersPage {
        users: with_status(backend.user_list(&caller).await)?,
        tokens: backend.token_list(&caller, Listed::Managed).await?,
        sessions: backend.session_list(&caller, Listed::Managed).await?,
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
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
