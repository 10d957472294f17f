//! Deletes tasks with everything that belongs to them.

use app::id::{ChannelId, RunId, TaskId};
use app::run::RunState;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::channels::{drop_of_task, robot_of_others};
use super::super::code::Code;
use super::super::dependents::{WaitingTask, waiting_for};
use super::super::entity::{message, occurrence, run, schedule, secret_grant, task};
use super::super::imports::forget_line;
use super::super::ledger::{note_change, request_stop};
use super::super::prune::forget as forget_history;
use super::super::rules::forget_task;
use super::super::start_urls::forget_start_urls;
use super::super::tickets::forget as forget_tickets;
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, Tx, streak};
use super::change::version_of;
use super::lock;

/// Runs per statement that are marked to be ended.
const ASKED_AT_ONCE: usize = 500;

/// The outcome of deleting a task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deleted {
    /// It is gone with everything that belonged to it.
    Done,
    /// It did not exist.
    Gone,
    /// So many of its runs are active on other nodes, which were asked to end them.
    RunsElsewhere(usize),
    /// Something else uses the channel that was made for it.
    RobotUsed(ChannelId),
    /// These tasks wait for it.
    Awaited(Vec<WaitingTask>),
}

impl Store {
    /// Deletes a task with everything that belongs to it, unless another task waits for it, or another node than `here`
    /// has an active run of it: then that node is asked to end the run, in the name of the actor, and nothing is
    /// deleted, because the run could not be reached any more without its row. With `read` only while it has that version.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] when it has another version; or when the database fails.
    pub async fn delete_task(
        &self,
        act: &Act,
        id: TaskId,
        read: Option<i64>,
        here: &str,
    ) -> Result<Deleted, StoreError> {
        transaction!(self, |tx| { remove(tx, act, id, read, here).await })
    }
}

/// Deletes a task in a transaction of its own or with others: see [`Store::delete_task`].
pub(super) async fn remove(
    tx: &Tx,
    act: &Act,
    id: TaskId,
    read: Option<i64>,
    here: &str,
) -> Result<Deleted, StoreError> {
    let now = act.at();
    note_change(tx, id, now).await?;
    if !lock(tx, id).await? {
        return Ok(Deleted::Gone);
    }
    if let (Some(read), Some(version)) = (read, version_of(tx, id).await?)
        && read != version
    {
        return Err(StoreError::Outdated { version });
    }
    // A save that makes another task wait for it takes the same lock, and checks again what it names.
    let awaited = waiting_for(tx, id).await?;
    if !awaited.is_empty() {
        return Ok(Deleted::Awaited(awaited));
    }
    if let Some(robot) = robot_of_others(tx, id).await? {
        return Ok(Deleted::RobotUsed(robot));
    }
    // After the lock, which every claim also takes: nothing starts after this check.
    let elsewhere: Vec<i64> = run::Entity::find()
        .select_only()
        .column(run::Column::Id)
        .filter(run::Column::TaskId.eq(id.0))
        .filter(run::Column::State.eq(Code(RunState::Running)))
        .filter(run::Column::NodeId.ne(here))
        .into_tuple()
        .all(tx)
        .await?;
    if !elsewhere.is_empty() {
        let runs: Vec<RunId> = elsewhere.into_iter().map(RunId).collect();
        for runs in runs.chunks(ASKED_AT_ONCE) {
            request_stop(tx, runs, act.who()).await?;
        }
        return Ok(Deleted::RunsElsewhere(runs.len()));
    }
    message::Entity::delete_many()
        .filter(message::Column::TaskId.eq(id.0))
        .exec(tx)
        .await?;
    forget_history(tx, id, now).await?;
    run::Entity::delete_many()
        .filter(run::Column::TaskId.eq(id.0))
        .exec(tx)
        .await?;
    occurrence::Entity::delete_many()
        .filter(occurrence::Column::TaskId.eq(id.0))
        .exec(tx)
        .await?;
    schedule::Entity::delete_many()
        .filter(schedule::Column::TaskId.eq(id.0))
        .exec(tx)
        .await?;
    secret_grant::Entity::delete_many()
        .filter(secret_grant::Column::TaskId.eq(id.0))
        .exec(tx)
        .await?;
    forget_task(tx, id).await?;
    forget_line(tx, id).await?;
    forget_start_urls(tx, id).await?;
    forget_tickets(tx, id).await?;
    streak::forget(tx, id).await?;
    drop_of_task(tx, id).await?;
    task::Entity::delete_by_id(id.0).exec(tx).await?;
    act.record(tx, Some(id.0)).await?;
    Ok(Deleted::Done)
}
