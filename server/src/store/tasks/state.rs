//! Moves tasks from one state to the next, and switches chasing.

use app::id::TaskId;
use app::occurrence::SkipReason;
use app::run::{RunReason, TaskRemoval};
use app::schedule::{Purpose, Schedule};
use app::task::{TaskState, TaskStep};
use app::ticket::TicketKind;
use app::transition::Step;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::code::{Code, TakeStep};
use super::super::delivery::{withdraw_announced, withdraw_task};
use super::super::entity::task;
use super::super::ledger::{note_change, skip_due, withdraw};
use super::super::messages::{Notice, insert_notices};
use super::super::tickets::{ReconcileReason, close_of_task, follow_rule, renew_chase};
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, Tx};
use super::change::{Updated, changed, definition, follow_definition};
use super::{lock, schedules};

impl Store {
    /// Moves a task to another state, unless its current one does not allow the step, and reports that. `until` is
    /// when a paused one resumes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_task_state(
        &self,
        act: &Act,
        id: TaskId,
        step: TaskStep,
        until: Option<DateTime<Utc>>,
        notices: &[Notice],
    ) -> Result<Updated, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            note_change(tx, id, now).await?;
            if !lock(tx, id).await? {
                return Ok(Updated::Gone);
            }
            let updated = step_task(tx, act, id, (step, until), None).await?;
            if updated != Updated::Done {
                return Ok(updated);
            }
            // After the close, which withdraws what was to be sent before it.
            insert_notices(tx, notices).await?;
            Ok(Updated::Done)
        })
    }

    /// Switches chasing, with a new chase schedule if one is given; false when the task does not exist. A chase has an
    /// end, which starts anew each time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_urging(
        &self,
        act: &Act,
        id: TaskId,
        urging: bool,
        cycle: Option<&str>,
    ) -> Result<bool, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            if !urging {
                let found = stop_urging(tx, act, id).await?;
                let by = (act.who(), None);
                close_of_task(tx, id, Some(TicketKind::Chase), by, now).await?;
                return Ok(found);
            }
            note_change(tx, id, now).await?;
            if !lock(tx, id).await? {
                return Ok(false);
            }
            if let Some(cycle) = cycle {
                let urge = [Schedule::plain(cycle)];
                schedules::set(tx, id, Purpose::Urge, &urge, now).await?;
            }
            switch_urging(tx, act, id, true).await?;
            if let Some(task) = definition(tx, id).await? {
                renew_chase(tx, &task, now).await?;
                follow_rule(tx, &task, ReconcileReason::Changed, (act.who(), now)).await?;
            }
            Ok(true)
        })
    }
}

/// Moves a task to another state, in the transaction that has locked it.
pub(in super::super) async fn step_task(
    tx: &Tx,
    act: &Act,
    id: TaskId,
    (step, until): (TaskStep, Option<DateTime<Utc>>),
    word: Option<&str>,
) -> Result<Updated, StoreError> {
    let now = act.at();
    let fires = step.to() == TaskState::Active || until.is_some();
    if fires && is_held(tx, id).await? {
        return Ok(Updated::Held);
    }
    let why = match state_of(tx, id).await? {
        Some(TaskState::Closed) => ReconcileReason::Ordered,
        _ => ReconcileReason::Changed,
    };
    let mut update = task::Entity::update_many()
        .col_expr(task::Column::PausedUntil, Expr::value(until))
        .col_expr(task::Column::UpdatedAt, Expr::value(now));
    if step.to() == TaskState::Active {
        update = update.col_expr(task::Column::ResumedAt, Expr::value(now));
    }
    let updated = update
        .filter(task::Column::Id.eq(id.0))
        .step(task::Column::State, step)
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        return Ok(Updated::Outdated);
    }
    changed(tx, act, id).await?;
    withdraw(tx, id, now).await?;
    match step.to() {
        TaskState::Active => follow_definition(tx, act, id, why).await?,
        TaskState::Paused => {
            skip_due(tx, id, now, SkipReason::Paused).await?;
            withdraw_announced(tx, id).await?;
        }
        TaskState::Closed => {
            skip_due(tx, id, now, SkipReason::Closed).await?;
            let reason = RunReason::TaskGone(TaskRemoval::Closed);
            withdraw_task(tx, id, &reason, now).await?;
            close_of_task(tx, id, None, (act.who(), word), now).await?;
        }
    }
    Ok(Updated::Done)
}

/// Stops chasing a task, by its own schedules from now on; false when it does not exist.
pub(in super::super) async fn stop_urging(
    tx: &Tx,
    act: &Act,
    id: TaskId,
) -> Result<bool, StoreError> {
    note_change(tx, id, act.at()).await?;
    if !lock(tx, id).await? {
        return Ok(false);
    }
    switch_urging(tx, act, id, false).await?;
    Ok(true)
}

/// Ends the chase of a task that the same transaction closes, which notes the change.
pub(in super::super) async fn end_chasing(tx: &Tx, id: TaskId) -> Result<(), StoreError> {
    task::Entity::update_many()
        .col_expr(task::Column::Urging, Expr::value(false))
        .filter(task::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

async fn switch_urging(tx: &Tx, act: &Act, id: TaskId, urging: bool) -> Result<(), StoreError> {
    let now = act.at();
    task::Entity::update_many()
        .col_expr(task::Column::Urging, Expr::value(urging))
        .col_expr(task::Column::UpdatedAt, Expr::value(now))
        .filter(task::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    changed(tx, act, id).await?;
    withdraw(tx, id, now).await?;
    withdraw_announced(tx, id).await
}

/// The state of a task, for which this transaction holds the lock.
pub(in super::super) async fn state_of(
    tx: &Tx,
    id: TaskId,
) -> Result<Option<TaskState>, StoreError> {
    let found: Option<Code<TaskState>> = task::Entity::find_by_id(id.0)
        .select_only()
        .column(task::Column::State)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(found.map(|state| state.0))
}

/// Whether the line of a task is still in a crontab.
async fn is_held(tx: &Tx, id: TaskId) -> Result<bool, StoreError> {
    let held: Option<Option<String>> = task::Entity::find_by_id(id.0)
        .select_only()
        .column(task::Column::Held)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(held.flatten().is_some())
}

/// Opens the tickets of a task that fires again.
pub(in super::super) async fn follow_resumed(
    tx: &Tx,
    act: &Act,
    id: TaskId,
) -> Result<(), StoreError> {
    follow_definition(tx, act, id, ReconcileReason::Changed).await
}
