//! The page of a task's start URLs. Its form posts to the page's own path.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::use_context;
use leptos::server;

use crate::error::AppError;
use crate::id::TaskId;
use crate::page::StartUrlsPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    server_fns::{Posted, forms::split},
    start_url::StartUrlDraft,
};

/// The start URLs of a task, and the form for a new one.
#[server(prefix = "/fn", endpoint = "start_urls_page", input = Wire, output = Wire)]
pub async fn fetch_start_urls(id: TaskId) -> Result<StartUrlsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let start_urls = with_status(backend.start_url_list(&caller, id).await)?;
    let task = with_status(backend.task_get(&caller, id).await)?;
    let (mut draft, mut posted, mut made) = (StartUrlDraft::default(), None, None);
    match use_context::<Posted>() {
        Some(Posted::StartUrl(sent, error)) => (draft, posted) = (sent, Some(error)),
        Some(Posted::NewStartUrl(secrets)) => made = Some(secrets),
        _ => {}
    }
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    let parameters = task.execution.parameters.iter();
    Ok(StartUrlsPage {
        clock: super::read::clock(&backend, &caller, &task.zone).await?,
        task_id: id,
        task_name: task.name.clone(),
        parameters: parameters.map(|one| one.name.clone()).collect(),
        start_urls,
        made,
        draft,
        faults,
        error,
    })
}

/// Deletes a start URL: requests to it start nothing from then on.
#[server(prefix = "/fn", endpoint = "start_url_delete", output = Wire)]
pub async fn delete_start_url(task: TaskId, name: String) -> Result<(), AppError> {
    with_status(backend()?.start_url_delete(&caller()?, task, &name).await)
}
