//! The page of runs of all tasks.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

use leptos::server;

#[cfg(feature = "ssr")]
use crate::backend::{backend, caller};
use crate::error::AppError;
use crate::page::RunsPage;
use crate::run::RunQuery;
use crate::wire::Wire;

/// The page of runs. A question with faults is answered on the page, with the fault.
#[server(prefix = "/fn", endpoint = "runs_page", input = Wire, output = Wire)]
pub async fn fetch_runs(query: RunQuery) -> Result<RunsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let (list, error) = super::read::or_fault(backend.run_search(&caller, &query).await)?;
    Ok(RunsPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        query,
        items: list.items,
        next: list.next,
        error,
    })
}
