//! The pause of a task that keeps failing.

use app::id::TaskId;
use app::occurrence::SkipReason;
use app::task::TaskStep;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::super::code::TakeStep;
use super::super::delivery::withdraw_announced;
use super::super::entity::task;
use super::super::ledger::{note_change, skip_due, withdraw};
use super::super::messages::Notice;
use super::super::{Act, StoreError, Tx};
use super::change::changed;
use super::rows::to_task;
use crate::facts::{Facts, Failures, TaskEvent};

/// Pauses a task, as `row` has it, after these failures, and returns the notice of it. Starts the transaction over if
/// the task was changed since the row was read.
pub(in super::super) async fn pause_failing(
    tx: &Tx,
    row: task::Model,
    failures: Failures,
    failed_at: DateTime<Utc>,
) -> Result<Notice, StoreError> {
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
    let (task, _) = to_task(row, &[])?;
    let facts = Facts::of_task(&task, None, at, TaskEvent::Paused(failures));
    Ok(Notice::about(&task, facts))
}
