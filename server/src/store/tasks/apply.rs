//! Creates, changes and deletes many tasks in one transaction: all of it, or nothing.

mod changes;

use std::collections::HashMap;
use std::sync::Arc;

use app::id::{ChannelId, TaskId};
use app::task::TaskSpec;

use super::super::dependents::WaitingTask;
use super::super::ledger::{EVERY_TASK, change_counter, is_changed_between, lock_cluster};
use super::super::messages::Notice;
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, Tx};
pub use changes::{ChangedTask, DoomedTask, NewTask, TaskChanges};

use super::change::{CheckedSpec, Updated};
use super::create::{InitialState, begin, give_channel};
use super::delete::{Deleted, remove};
use super::replace::{announce, replace};

/// The outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Applied {
    /// All is done; the ids of the new tasks, in their order.
    Done(Vec<TaskId>),
    /// Nothing is done, because of this task.
    Refused(TaskId, NotApplied),
}

/// Why nothing is done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotApplied {
    /// It was changed or deleted since it was read.
    Outdated,
    /// So many of its runs are active on other nodes.
    RunsElsewhere(usize),
    /// These tasks wait for it.
    Awaited(Vec<WaitingTask>),
    /// Something else uses the channel that was made for it.
    RobotUsed(ChannelId),
}

impl Store {
    /// Creates, changes and deletes tasks, each with its own entry in the audit log.
    ///
    /// # Errors
    /// When the database fails or refuses a name; [`StoreError::Overtaken`] when what a definition names was changed
    /// since it was checked.
    pub async fn apply_tasks(
        &self,
        changes: &TaskChanges<'_>,
        first_notice: impl Fn(&Act, TaskId, &TaskSpec) -> Vec<Notice>,
        here: &str,
    ) -> Result<Applied, StoreError> {
        let mut refused = None;
        let applied: Result<Vec<TaskId>, StoreError> = transaction!(self, |tx| {
            refused = None;
            match apply(tx, changes, &first_notice, here).await? {
                Applied::Done(ids) => Ok(ids),
                Applied::Refused(task, why) => {
                    refused = Some((task, why));
                    // What was written is taken back.
                    Err(StoreError::Overtaken)
                }
            }
        });
        match (applied, refused) {
            (Err(StoreError::Overtaken), Some((task, why))) => Ok(Applied::Refused(task, why)),
            (applied, _) => applied.map(Applied::Done),
        }
    }
}

async fn apply(
    tx: &Tx,
    changes: &TaskChanges<'_>,
    first_notice: &impl Fn(&Act, TaskId, &TaskSpec) -> Vec<Notice>,
    here: &str,
) -> Result<Applied, StoreError> {
    // The lock of all changes: from here on no change is made but these.
    lock_cluster(tx).await?;
    let new = changes.new.iter().map(|task| task.spec);
    let specs = new.chain(changes.changed.iter().map(|task| task.spec));
    if is_outdated(tx, changes.seen, specs).await? {
        return Err(StoreError::Overtaken);
    }
    let mut ids: HashMap<TaskId, TaskId> = HashMap::new();
    let mut made = Vec::with_capacity(changes.new.len());
    for task in &changes.new {
        let spec = with_ids(task.spec, &ids);
        let checked = CheckedSpec {
            spec: &spec,
            seen: change_counter(tx).await?,
        };
        let has_own_channel = task.channel.is_some();
        let begins = match task.paused {
            true => InitialState::Paused { has_own_channel },
            false => InitialState::Active { has_own_channel },
        };
        let id = begin(tx, &task.act, checked, begins).await?;
        if let Some(channel) = task.channel {
            give_channel(tx, id, channel, task.act.at()).await?;
        }
        announce(
            tx,
            &task.act,
            id,
            &spec,
            &first_notice(&task.act, id, &spec),
        )
        .await?;
        ids.insert(task.number, id);
        made.push(id);
    }
    for task in &changes.changed {
        let spec = with_ids(task.spec, &ids);
        let checked = CheckedSpec {
            spec: &spec,
            seen: change_counter(tx).await?,
        };
        let notices = std::slice::from_ref(&task.notice);
        let checked = (task.version, checked);
        match replace(tx, &task.act, task.id, checked, None, (&[], notices)).await? {
            Updated::Done => {}
            // A channel or calendar was deleted: it is checked again.
            Updated::Outdated
                if super::change::version_of(tx, task.id).await? == Some(task.version) =>
            {
                return Err(StoreError::Overtaken);
            }
            _ => return Ok(Applied::Refused(task.id, NotApplied::Outdated)),
        }
    }
    for task in &changes.doomed {
        let why = match remove(tx, &task.act, task.id, Some(task.version), here).await {
            Ok(Deleted::Done) => continue,
            Ok(Deleted::Gone) | Err(StoreError::Outdated { .. }) => NotApplied::Outdated,
            Ok(Deleted::RunsElsewhere(runs)) => NotApplied::RunsElsewhere(runs),
            Ok(Deleted::Awaited(by)) => NotApplied::Awaited(by),
            Ok(Deleted::RobotUsed(robot)) => NotApplied::RobotUsed(robot),
            Err(error) => return Err(error),
        };
        return Ok(Applied::Refused(task.id, why));
    }
    Ok(Applied::Done(made))
}

/// Whether pools or tasks that definitions name were changed since they were checked: for a circle, it takes a change of
/// any task.
async fn is_outdated<'a>(
    tx: &Tx,
    seen: i64,
    specs: impl Iterator<Item = &'a TaskSpec>,
) -> Result<bool, StoreError> {
    let (mut waits, mut pools) = (false, false);
    for spec in specs {
        waits |= !spec.execution.waits.tasks.is_empty();
        pools |= !spec.execution.pool.is_empty();
    }
    if !waits && !pools {
        return Ok(false);
    }
    let next = change_counter(tx).await? + 1;
    is_changed_between(tx, (seen, next), (!waits).then_some(EVERY_TASK)).await
}

/// A definition with the ids of tasks that were created before it.
fn with_ids(spec: &TaskSpec, ids: &HashMap<TaskId, TaskId>) -> TaskSpec {
    let mut spec = spec.clone();
    if spec
        .execution
        .waits
        .tasks
        .iter()
        .any(|id| ids.contains_key(id))
    {
        for id in &mut Arc::make_mut(&mut spec.execution).waits.tasks {
            if let Some(made) = ids.get(id) {
                *id = *made;
            }
        }
    }
    spec
}
