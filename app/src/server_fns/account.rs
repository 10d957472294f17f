//! One's own account. Its forms post to the page's own path. Tokens and sessions are ended here and on the page of users.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::use_context;
use leptos::server;

use crate::error::AppError;
use crate::id::TokenId;
use crate::page::AccountPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{Listed, backend, caller, with_status},
    server_fns::{Posted, forms::split},
    user::{PasswordForm, TokenDraft},
};

/// The page of one's own account.
#[server(prefix = "/fn", endpoint = "account_page", input = Wire, output = Wire)]
pub async fn fetch_account() -> Result<AccountPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let tokens = with_status(backend.token_list(&caller, Listed::Own).await)?;
    let (mut password, mut draft) = (PasswordForm::default(), TokenDraft::default());
    let (mut posted, mut new_token) = (None, None);
    match use_context::<Posted>() {
        Some(Posted::Password(form)) => password = form,
        Some(Posted::Token(sent, error)) => (draft, posted) = (sent, Some(error)),
        Some(Posted::NewToken(secret)) => new_token = Some(secret),
        _ => {}
    }
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(AccountPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        password,
        tokens,
        new_token,
        draft,
        faults,
        error,
        sessions: backend.session_list(&caller, Listed::Own).await?,
    })
}

/// Revokes a token.
#[server(prefix = "/fn", endpoint = "token_revoke", output = Wire)]
pub async fn revoke_token(id: TokenId) -> Result<(), AppError> {
    with_status(backend()?.token_revoke(&caller()?, id).await)
}

/// Ends a session.
#[server(prefix = "/fn", endpoint = "session_end", output = Wire)]
pub async fn end_session(id: String) -> Result<(), AppError> {
    with_status(backend()?.session_end(&caller()?, &id).await)
}

/// Ends all sessions of an account except that of the request.
#[server(prefix = "/fn", endpoint = "sessions_end", output = Wire)]
pub async fn end_sessions(user: String) -> Result<(), AppError> {
    with_status(backend()?.sessions_end(&caller()?, &user).await.map(|_| ()))
}
