//! The pools page and its controls.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

use leptos::server;

use crate::error::AppError;
use crate::page::PoolsPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    server_fns::forms::{Posted, sent},
};

/// The pools page.
#[server(prefix = "/fn", endpoint = "pools_page", input = Wire, output = Wire)]
pub async fn fetch_pools() -> Result<PoolsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let form = sent(|posted| match posted {
        Posted::Pool(draft, error) => Some((draft, error)),
        _ => None,
    });
    Ok(PoolsPage {
        pools: with_status(backend.pool_list(&caller).await)?,
        draft: form.draft,
        faults: form.faults,
        error: form.error,
    })
}

/// Removes a pool that no task uses, if it still has the version that was read.
#[server(prefix = "/fn", endpoint = "pool_delete", output = Wire)]
pub async fn delete_pool(name: String, version: i64) -> Result<(), AppError> {
    with_status(
        backend()?
            .pool_delete(&caller()?, &name, Some(version))
            .await,
    )
}
