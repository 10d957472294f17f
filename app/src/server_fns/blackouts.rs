//! The blackouts page and its controls.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::id::BlackoutId;
use crate::page::BlackoutsPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    calendar::BlackoutDraft,
    server_fns::forms::{Posted, split},
};

/// The blackouts page.
#[server(prefix = "/fn", endpoint = "blackouts_page", input = Wire, output = Wire)]
pub async fn fetch_blackouts() -> Result<BlackoutsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let (draft, posted) = match use_context::<Posted>() {
        Some(Posted::Blackout(draft, error)) => (draft, Some(error)),
        _ => (BlackoutDraft::default(), None),
    };
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(BlackoutsPage {
        blackouts: with_status(backend.blackout_list(&caller).await)?,
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        draft,
        faults,
        error,
    })
}

/// Removes a blackout: tasks fire again at once.
#[server(prefix = "/fn", endpoint = "blackout_delete", output = Wire)]
pub async fn delete_blackout(id: BlackoutId) -> Result<(), AppError> {
    with_status(backend()?.blackout_delete(&caller()?, id).await)
}
