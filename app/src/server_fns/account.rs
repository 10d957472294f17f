//! One's own account. Its form posts to the page's own path.

#[cfg(feature = "ssr")]
use leptos::prelude::use_context;
use leptos::server;

#[cfg(feature = "ssr")]
use crate::backend::{caller, with_status};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::server_fns::Posted;
use crate::user::PasswordForm;
use crate::wire::Wire;

/// The result of the form that was sent, if any.
#[server(prefix = "/fn", endpoint = "account_page", input = Wire, output = Wire)]
pub async fn fetch_account() -> Result<PasswordForm, AppError> {
    let caller = caller()?;
    if caller.principal.is_none() {
        return with_status(Err(AppError::unauthenticated(caller.lang)));
    }
    Ok(match use_context::<Posted>() {
        Some(Posted::Password(form)) => form,
        _ => PasswordForm::default(),
    })
}
