//! The page for a manual start of a task. Its form posts to the page's own path.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::use_context;
use leptos::server;

use crate::error::AppError;
use crate::id::TaskId;
use crate::page::StartPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    server_fns::{Posted, forms::split},
    task::{RunRequest, execution::ParameterKind},
};

/// The form, empty or as sent.
#[server(prefix = "/fn", endpoint = "start_page", input = Wire, output = Wire)]
pub async fn fetch_start(id: TaskId) -> Result<StartPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let task = with_status(backend.task_get(&caller, id).await)?;
    let form = with_status(backend.task_run_form(&caller, id).await)?;
    let (mut typed, posted) = match use_context::<Posted>() {
        Some(Posted::Start(typed, error)) => (typed, Some(error)),
        _ => (RunRequest::default(), None),
    };
    // A secret has to be typed again; it is never sent back to a page.
    for one in &form.parameters {
        if one.kind == ParameterKind::Secret {
            typed.parameters.remove(&one.name);
        }
    }
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(StartPage {
        task_id: id,
        task_name: task.name.clone(),
        form,
        typed,
        faults,
        error,
    })
}
