//! The page of runs of all tasks, and how those of one task went over a year.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

use leptos::server;

#[cfg(feature = "ssr")]
use crate::backend::{backend, caller, with_status};
use crate::error::AppError;
use crate::id::TaskId;
use crate::page::RunsPage;
use crate::run::RunQuery;
use crate::run::days::RunTrend;
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

/// How the runs of a task went over a year.
#[server(prefix = "/fn", endpoint = "run_trend", input = Wire, output = Wire)]
pub async fn fetch_run_trend(id: TaskId) -> Result<RunTrend, AppError> {
    with_status(backend()?.run_trend(&caller()?, id).await)
}
