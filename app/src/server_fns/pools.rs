//! The pools page and its controls.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::page::PoolsPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    pool::PoolDraft,
    server_fns::forms::{Posted, split},
};

/// The pools page.
#[server(prefix = "/fn", endpoint = "pools_page", input = Wire, output = Wire)]
pub async fn fetch_pools() -> Result<PoolsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let (draft, posted) = match use_context::<Posted>() {
        Some(Posted::Pool(draft, error)) => (draft, Some(error)),
        _ => (PoolDraft::default(), None),
    };
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(PoolsPage {
        pools: with_status(backend.pool_list(&caller).await)?,
        draft,
        faults,
        error,
    })
}

/// Removes a pool that no task uses.
#[server(prefix = "/fn", endpoint = "pool_delete", output = Wire)]
pub async fn delete_pool(name: String) -> Result<(), AppError> {
    with_status(backend()?.pool_delete(&caller()?, &name).await)
}
