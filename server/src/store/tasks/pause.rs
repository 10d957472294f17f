//! Pauses: that of a task that keeps failing, and the end of those whose time has come.

use app::id::TaskId;
use app::occurrence::SkipReason;
use app::task::{TaskState, TaskStep};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::code::{Code, TakeStep};
use super::super::delivery::withdraw_announced;
use super::super::entity::task;
use super::super::ledger::{note_change, skip_due, withdraw};
use super::super::messages::{Notice, insert_notices};
use super::super::tickets::{ReconcileReason, follow_rule};
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, Tx};
use super::change::changed;
use super::rows::to_task;
use crate::facts::{Facts, Failures, TaskEvent};

/// Paused tasks read at once.
const RESUMED_AT_ONCE: u64 = 1_000;

/// Pauses a task, as `row` has it, after these failures, and returns the notice of it; `None` if the task cannot be
/// read. Starts the transaction over if the task was changed since the row was read.
pub(in super::super) async fn pause_failing(
    tx: &Tx,
    row: task::Model,
    failures: Failures,
    failed_at: DateTime<Utc>,
) -> Result<Option<Notice>, StoreError> {
    use task::Column as T;
    let id = TaskId(row.id);
    // A result that waited on disk is older than what was done meanwhile.
    let at = failed_at.max(row.updated_at);
    note_change(tx, id, at).await?;
    let paused = task::Entity::update_many()
        .col_expr(T::PausedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(T::UpdatedAt, Expr::value(at))
        .filter(T::Id.eq(id.0))
        .filter(T::Version.eq(row.version))
        .step(T::State, TaskStep::Pause)
        .exec(tx)
        .await?;
    if paused.rows_affected == 0 {
        return Err(StoreError::Raced);
    }
    let act = Act::of_its_own("task.pause", at);
    let act = act.detail(format!("{} failures in a row", failures.count));
    changed(tx, &act, id).await?;
    withdraw(tx, id, at).await?;
    skip_due(tx, id, at, SkipReason::Paused).await?;
    withdraw_announced(tx, id).await?;
    // Its schedules are not part of a message.
    let task = match to_task(row, &[]) {
        Ok((task, _)) => task,
        // The results of other runs are in the same transaction.
        Err(error) if error.is_unreadable() => return Ok(None),
        Err(error) => return Err(error),
    };
    let facts = Facts::of_task(&task, None, at, TaskEvent::Paused(failures));
    Ok(Some(Notice::about(&task, facts)))
}

impl Store {
    /// Resumes paused tasks whose time has come; returns them.
    ///
    /// # Errors
    /// When the database fails; calling again does the rest.
    pub async fn resume_paused(&self, now: DateTime<Utc>) -> Result<Vec<TaskId>, StoreError> {
        let mut resumed = Vec::new();
        loop {
            let due = self.paused_until(now).await?;
            let full = due.len() as u64 == RESUMED_AT_ONCE;
            let before = resumed.len();
            for id in due {
                let done = self.resume(id, now).await;
                if self.read_part_of_task(id.0, done)? == Some(true) {
                    resumed.push(id);
                }
            }
            // A page of which nothing can be resumed would be read again endlessly.
            if !full || resumed.len() == before {
                return Ok(resumed);
            }
        }
    }

    async fn paused_until(&self, now: DateTime<Utc>) -> Result<Vec<TaskId>, StoreError> {
        let due: Vec<i64> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .filter(task::Column::State.eq(Code(TaskState::Paused)))
            .filter(task::Column::PausedUntil.lte(now))
            .limit(RESUMED_AT_ONCE)
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(due.into_iter().map(TaskId).collect())
    }

    async fn resume(&self, id: TaskId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        use task::Column as T;
        let act = Act::of_its_own("task.resume", now);
        transaction!(self, |tx| {
            note_change(tx, id, now).await?;
            // A second node, or one that meets a person's newer decision, changes nothing.
            let resumed = task::Entity::update_many()
                .col_expr(T::PausedUntil, Expr::value(None::<DateTime<Utc>>))
                .col_expr(T::UpdatedAt, Expr::value(now))
                .col_expr(T::ResumedAt, Expr::value(now))
                .filter(T::Id.eq(id.0))
                .step(T::State, TaskStep::Resume)
                .filter(T::PausedUntil.lte(now))
                .exec(tx)
                .await?;
            if resumed.rows_affected == 0 {
                return Ok(false);
            }
            changed(tx, &act, id).await?;
            withdraw(tx, id, now).await?;
            if let Some(row) = task::Entity::find_by_id(id.0).one(tx).await? {
                // Its schedules are not part of a message.
                let (task, _) = to_task(row, &[])?;
                let event = TaskEvent::restored(act.who());
                let facts = Facts::of_task(&task, None, now, event);
                insert_notices(tx, &[Notice::about(&task, facts)]).await?;
                follow_rule(tx, &task, ReconcileReason::Changed, (act.who(), now)).await?;
            }
            Ok(true)
        })
    }
}
