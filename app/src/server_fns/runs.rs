//! The page of runs of all tasks.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

use leptos::server;

use crate::error::AppError;
use crate::page::RunsPage;
use crate::run::RunQuery;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{List, backend, caller, with_status},
    error::ErrorKind,
};

/// The page of runs. A question with faults is answered on the page, with the fault.
#[server(prefix = "/fn", endpoint = "runs_page", input = Wire, output = Wire)]
pub async fn fetch_runs(query: RunQuery) -> Result<RunsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let answer = with_status(backend.run_search(&caller, &query).await);
    let (list, error) = match answer {
        Err(error) if matches!(error.kind, ErrorKind::Invalid | ErrorKind::NotFound) => {
            let nothing = List {
                items: Vec::new(),
                next: None,
            };
            (nothing, Some(error))
        }
        answer => (answer?, None),
    };
    Ok(RunsPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        query,
        items: list.items,
        next: list.next,
        error,
    })
}
