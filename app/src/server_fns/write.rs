//! Controls: small forms that also work as plain POSTs, after which the browser returns to the page it came from.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::done::Done;
use crate::error::AppError;
use crate::id::{RunId, TaskId};
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status, with_word},
    error::ErrorKind,
    response::SharedSink,
    routes,
    task::Control,
};

/// Pauses, closes, resumes or chases a task: `verb` is the action (`reopen` resumes a closed task, and reports it as
/// such); `urge_cron` is used by `urge`, `until` by `pause`.
#[server(prefix = "/fn", endpoint = "task_control", output = Wire)]
pub async fn control_task(
    id: TaskId,
    verb: String,
    #[server(default)] urge_cron: String,
    #[server(default)] until: String,
) -> Result<Done, AppError> {
    let (control, done) = match verb.as_str() {
        "pause" => {
            let until = Some(until).filter(|until| !until.trim().is_empty());
            (Control::Pause(until), Done::Paused)
        }
        "close" => (Control::Close, Done::Closed),
        "restore" => (Control::Restore, Done::Restored),
        "reopen" => (Control::Restore, Done::Reopened),
        "urge" => {
            let cron = Some(urge_cron).filter(|cron| !cron.trim().is_empty());
            (Control::Urge(cron), Done::Urged)
        }
        "unurge" => (Control::Unurge, Done::Unurged),
        _ => {
            let message = caller()?
                .lang
                .pick("没有这个操作", "There is no such action");
            return with_status(Err(AppError::new(
                ErrorKind::Invalid,
                "control.unknown",
                message,
            )));
        }
    };
    let changed = backend()?.task_control_any(&caller()?, id, &control).await;
    with_word(with_status(changed.map(|_| done)), |done| *done)
}

/// Starts a task now and returns the run's id.
#[server(prefix = "/fn", endpoint = "task_run", output = Wire)]
pub async fn run_task(id: TaskId) -> Result<RunId, AppError> {
    let started = backend()?
        .task_run(&caller()?, id, &Default::default())
        .await;
    with_word(with_status(started.map(|run| run.id)), |id| {
        Done::Started(*id)
    })
}

/// Deletes a task, if it still has the version that was read, and returns to the list.
#[server(prefix = "/fn", endpoint = "task_delete", output = Wire)]
pub async fn delete_task(id: TaskId, version: i64) -> Result<(), AppError> {
    with_status(backend()?.task_delete(&caller()?, id, Some(version)).await)?;
    if let Some(sink) = use_context::<SharedSink>() {
        sink.redirect(routes::TASKS);
        sink.done(Done::Deleted);
    }
    Ok(())
}

/// Stops a run.
#[server(prefix = "/fn", endpoint = "run_stop", output = Wire)]
pub async fn stop_run(id: RunId) -> Result<(), AppError> {
    let stopped = backend()?.run_stop(&caller()?, id).await;
    with_word(with_status(stopped.map(|_| ())), |()| Done::Stopped)
}
