//! The rules on the execution of a task that need the database or the settings of the server.

mod waits;

pub(super) use waits::{NamedTask, circle};

use std::sync::Arc;

use app::backend::Answer;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::TaskId;
use app::message::NoAnswer;
use app::task::execution::ExecutionDraft;
use app::task::{Execution, Parsed, Task, TaskDraft};

use super::Service;
use super::tasks::Lookup;
use crate::error::OrInternal;
use crate::store::WaitingTask;
use crate::texts::executions::ExecutionFault;
use crate::texts::tasks::TaskRefusal;
use crate::texts::{Fault, Refusal};

impl Service {
    /// Checks how a task is executed and looks up the tasks that it waits for.
    ///
    /// Values that the task `own` already has are not checked again: a setting of the server that became
    /// stricter must not prevent edits of other fields. They are checked again at each start.
    pub(super) async fn check_execution(
        &self,
        lang: Lang,
        draft: &TaskDraft,
        own: Option<&Task>,
        lookup: Lookup<'_>,
        parsed: &mut Parsed,
    ) -> Answer<()> {
        let kept = own.map_or_else(Execution::usual, |task| Arc::clone(&task.execution));
        let execution = Arc::clone(&parsed.spec.execution);
        let check_url = parsed.is_fine("execution.http.url");
        let check_waits = parsed.is_fine("execution.waits.tasks");
        // The check of a ticket runs as the same user, whatever the mode.
        let runs = draft.mode.runs_command() || parsed.spec.tickets.check.is_some();
        let faults = &mut parsed.faults;
        if execution.pool != kept.pool {
            self.check_pool(lang, &execution.pool, lookup, faults)
                .await?;
        }
        if execution.run_as != kept.run_as && runs {
            self.check_run_as(lang, &execution.run_as, faults).await?;
        }
        let url = |of: &Execution| of.http.as_ref().map(|call| call.url.clone());
        if check_url && url(&execution) != url(&kept) {
            self.check_url(lang, &execution, faults);
        }
        let awaited = &draft.execution.waits.tasks;
        if check_waits && !awaited.is_empty() {
            let own = own.map(|task| task.id);
            let tasks = match lookup {
                Lookup::Database => self.check_waits(lang, awaited, own, faults).await?,
                // Circles are found once all of them are read.
                Lookup::Batch(batch) => waits::find_waits(lang, awaited, batch, faults),
            };
            if !tasks.is_empty() {
                Arc::make_mut(&mut parsed.spec.execution).waits.tasks = tasks;
            }
        }
        Ok(())
    }

    async fn check_pool(
        &self,
        lang: Lang,
        name: &str,
        lookup: Lookup<'_>,
        faults: &mut Vec<FieldError>,
    ) -> Answer<()> {
        // Every run uses a slot of `*`; tasks do not name it.
        let known = match lookup {
            Lookup::Batch(batch) => batch.has_pool(name),
            Lookup::Database => {
                name != app::pool::EVERYTHING
                    && self.store.pool(name).await.or_internal(lang)?.is_some()
            }
        };
        if !name.is_empty() && !known {
            let name = name.to_owned();
            faults.push(ExecutionFault::UnknownPool { name }.on("execution.pool", lang));
        }
        Ok(())
    }

    async fn check_run_as(
        &self,
        lang: Lang,
        name: &str,
        faults: &mut Vec<FieldError>,
    ) -> Answer<()> {
        if name.is_empty() {
            return Ok(());
        }
        let fault = match &self.executor {
            None => ExecutionFault::NoServerForRunAs,
            Some(executor) => {
                let (executor, user) = (Arc::clone(executor), name.to_owned());
                // Looking up a user may query a directory server.
                let checked = tokio::task::spawn_blocking(move || executor.check_run_as(&user));
                match checked.await.or_internal(lang)? {
                    Ok(()) => return Ok(()),
                    Err(refusal) => ExecutionFault::run_as(name, &refusal),
                }
            }
        };
        faults.push(fault.on("execution.run_as", lang));
        Ok(())
    }

    fn check_url(&self, lang: Lang, execution: &Execution, faults: &mut Vec<FieldError>) {
        let Some(call) = &execution.http else { return };
        if let Err(refusal) = self.guard.parse(&call.url) {
            let reason = NoAnswer::from(refusal).code();
            faults.push(ExecutionFault::Url { reason }.on("execution.http.url", lang));
        }
    }

    /// The draft of an execution, tasks with their names.
    pub(super) async fn execution_draft(
        &self,
        lang: Lang,
        execution: &Execution,
    ) -> Answer<ExecutionDraft> {
        let ids = &execution.waits.tasks;
        let names = self.store.task_names(ids).await.or_internal(lang)?;
        let mut draft = ExecutionDraft::from(execution);
        for (text, id) in draft.waits.tasks.iter_mut().zip(ids) {
            if let Some(name) = names.get(id) {
                text.push(' ');
                text.push_str(name);
            }
        }
        Ok(draft)
    }

    /// Refuses to delete a task that others depend on: they would wait in vain each time.
    pub(super) async fn check_not_awaited(&self, lang: Lang, task: TaskId) -> Answer<()> {
        let mut waiting = self.store.waiting_tasks().await.or_internal(lang)?;
        waiting.retain(|other| other.id != task && other.tasks.contains(&task));
        if waiting.is_empty() {
            return Ok(());
        }
        Err(awaited(lang, &waiting))
    }
}

/// Refuses to delete a task that these wait for.
pub(super) fn awaited(lang: Lang, by: &[WaitingTask]) -> AppError {
    let others = by
        .iter()
        .map(|other| format!("#{} {}", other.id, other.name))
        .collect();
    TaskRefusal::Awaited { others }.answer(lang)
}
