//! The page for a manual start of a task. Its form posts to the page's own path.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::use_context;
use leptos::server;

use crate::error::AppError;
use crate::id::{RunId, TaskId};
use crate::page::StartPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{Answer, Caller, SharedBackend, backend, caller, with_status},
    error::ErrorKind,
    server_fns::{Posted, forms::split},
    task::{
        RunRequest,
        execution::{ParameterKind, parameter::MASK},
    },
};

/// The form: empty, as sent, or with what an earlier run of the task was started with.
#[server(prefix = "/fn", endpoint = "start_page", input = Wire, output = Wire)]
pub async fn fetch_start(
    id: TaskId,
    #[server(default)] again: Option<RunId>,
) -> Result<StartPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let task = with_status(backend.task_get(&caller, id).await)?;
    let form = with_status(backend.task_run_form(&caller, id).await)?;
    let (mut typed, posted) = match use_context::<Posted>() {
        Some(Posted::Start(typed, error)) => (typed, Some(error)),
        _ => (of_run(&backend, &caller, id, again).await?, None),
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

/// What a run of this task was started with; nothing for a run that is not of this task, or is no longer there.
#[cfg(feature = "ssr")]
async fn of_run(
    backend: &SharedBackend,
    caller: &Caller,
    task: TaskId,
    run: Option<RunId>,
) -> Answer<RunRequest> {
    let Some(id) = run else {
        return Ok(RunRequest::default());
    };
    let run = match backend.run_get(caller, id).await {
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(RunRequest::default()),
        answer => answer?,
    };
    if run.task_id != task {
        return Ok(RunRequest::default());
    }
    let mut parameters = run.parameters;
    // What was a secret then may be a plain text today.
    parameters.retain(|_, value| value != MASK);
    Ok(RunRequest {
        parameters,
        ..RunRequest::default()
    })
}
