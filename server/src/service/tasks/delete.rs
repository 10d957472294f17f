//! Deletes a task whose runs may be active on other nodes.

use std::time::Duration;

use app::auth::Principal;
use app::backend::Answer;
use app::i18n::Lang;
use app::id::TaskId;
use app::task::{Task, TaskState, TaskStep};

use crate::error::OrInternal;
use crate::executor::StopReason;
use crate::service::Service;
use crate::service::execution::awaited;
use crate::store::{DamagedRow, Deleted, StoreError, Updated};
use crate::texts::Refusal;
use crate::texts::channel_uses::ChannelInUse;
use crate::texts::outdated::Attempt;
use crate::texts::tasks::TaskRefusal;

/// How long to wait for runs of other nodes: those poll for stop requests every second, and most
/// commands end on SIGTERM.
const PATIENCE: Duration = Duration::from_secs(10);
/// The interval between two checks.
const PAUSE: Duration = Duration::from_millis(250);

/// A task that is to be deleted.
pub(super) struct Doomed {
    id: TaskId,
    /// For the audit log; empty if that cannot be read.
    name: String,
    is_closed: bool,
    /// Whether its row cannot be read.
    is_damaged: bool,
}

impl From<&Task> for Doomed {
    fn from(task: &Task) -> Self {
        Self {
            id: task.id,
            name: task.name.clone(),
            is_closed: task.state == TaskState::Closed,
            is_damaged: false,
        }
    }
}

impl From<&DamagedRow> for Doomed {
    fn from(row: &DamagedRow) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            is_closed: row.state == Some(TaskState::Closed),
            is_damaged: true,
        }
    }
}

impl Service {
    /// Stops the runs of a task and deletes it; false when it does not exist any more.
    ///
    /// Runs of other nodes can only be stopped through their rows. So they are stopped first, and the
    /// task is closed meanwhile, so that nothing starts. Runs of this process need no row: they are
    /// stopped once the deletion is certain.
    ///
    /// With `read` it is deleted only while it has that version, or the one that closing it here makes of it: what
    /// others change meanwhile is not lost either.
    pub(super) async fn delete_when_ended(
        &self,
        lang: Lang,
        who: &Principal,
        task: &Doomed,
        mut read: Option<i64>,
    ) -> Answer<bool> {
        let until = tokio::time::Instant::now() + PATIENCE;
        let act = self.act(who, "task.delete").detail(task.name.as_str());
        let mut is_closed = task.is_closed;
        loop {
            let deleted = self
                .store
                .delete_task(&act, task.id, read, &self.node_id)
                .await;
            if let (Err(StoreError::Outdated { .. }), Some(read)) = (&deleted, read) {
                let now = self.find_task(lang, task.id).await?;
                return Err(self.outdated(lang, &now, read, Attempt::Delete).await?);
            }
            let left = match deleted.or_internal(lang)? {
                Deleted::Done => break,
                Deleted::Gone => return Ok(false),
                Deleted::RunsElsewhere(left) => left,
                Deleted::Awaited(by) => return Err(awaited(lang, &by)),
                Deleted::RobotUsed(robot) => {
                    let uses = self.store.channel_uses(robot, Some(task.id)).await;
                    let uses = uses.or_internal(lang)?;
                    return Err(ChannelInUse { uses, own: true }.answer(lang));
                }
            };
            if let Some(executor) = &self.executor {
                executor.stop_task(task.id, &StopReason::Person(who.name.clone()));
            }
            if !is_closed {
                let close = act.clone().action("task.close");
                let (store, step) = (&self.store, TaskStep::Close);
                let closed = match task.is_damaged {
                    true => store.stop_damaged_task(&close, task.id, step).await,
                    false => store.set_task_state(&close, task.id, step, None, &[]).await,
                };
                if closed.or_internal(lang)? == Updated::Done {
                    read = read.map(|version| version + 1);
                }
                self.signals.tasks_changed();
                self.signals.publish(Some(task.id), None);
                is_closed = true;
            }
            self.signals.stops_requested();
            if tokio::time::Instant::now() >= until {
                return Err(TaskRefusal::StillRunning { left }.answer(lang));
            }
            tokio::time::sleep(PAUSE).await;
        }
        if let Some(executor) = &self.executor {
            executor.stop_task(task.id, &StopReason::Person(who.name.clone()));
        }
        self.forget_scratch(task.id);
        Ok(true)
    }
}
