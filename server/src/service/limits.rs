//! API tokens that are limited to some tasks: what is not of those tasks does not exist for them.

use app::auth::{Principal, TaskLimits};
use app::backend::Answer;
use app::i18n::Lang;
use app::id::{RunId, TaskId, TicketId};

use super::Service;
use crate::error::OrInternal;
use crate::texts::Missing;

/// What a request is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// A task.
    Task(TaskId),
    /// A run.
    Run(RunId),
    /// A ticket.
    Ticket(TicketId),
}

impl Service {
    /// Whether something is of a task that the caller's token is limited to.
    ///
    /// # Errors
    /// The answer that it does not exist: the same for what is not permitted, which is recorded, and for what is not there.
    pub async fn check_limits(
        &self,
        lang: Lang,
        who: &Principal,
        limits: &TaskLimits,
        subject: Subject,
    ) -> Answer<()> {
        let (task, missing, what) = match subject {
            Subject::Task(id) => (Some(id), Missing::Task, format!("task {id}")),
            Subject::Run(id) => {
                let run = self.store.run(id).await.or_internal(lang)?;
                (
                    run.map(|run| run.task_id),
                    Missing::Run,
                    format!("run {id}"),
                )
            }
            Subject::Ticket(id) => {
                let ticket = self.store.ticket(id).await.or_internal(lang)?;
                let task = ticket.map(|ticket| ticket.task_id);
                (task, Missing::Ticket, format!("ticket {id}"))
            }
        };
        let task = match task {
            Some(id) => self.store.task(id).await.or_internal(lang)?,
            None => None,
        };
        let Some(task) = task else {
            return Err(missing.answer(lang));
        };
        if limits.permit(task.id, &task.tags) {
            return Ok(());
        }
        self.note_forbidden(who, &format!("{what}, beyond the limits of the token"))
            .await;
        Err(missing.answer(lang))
    }
}
