//! Deletes history that is no longer kept: which runs, which other rows, and what they leave.
//!
//! Runs are looked for outside of a transaction, and looked at again inside of it, locked: what another server has deleted
//! meanwhile is neither deleted nor counted twice. A transaction is short, so that a start never waits for it long.

mod days;
mod find;
mod rest;
mod tickets;

use std::collections::BTreeSet;

use app::id::TaskId;
use app::occurrence::OccurrenceState;
use app::run::RunState;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::code::is_one_of;
use super::entity::{cluster, occurrence, output_gone, run, run_day, task_gone};
use super::txn::transaction;
use super::{Store, StoreError, Tx};

use days::Ended;
pub(super) use days::{durations, took};
pub use find::{ExpiredRows, KeepLimits};

/// States of runs that have ended.
const ENDED: [RunState; 5] = [
    RunState::Succeeded,
    RunState::Failed,
    RunState::TimedOut,
    RunState::Killed,
    RunState::Lost,
];

impl Store {
    /// Deletes runs of a task that are still there and have ended, with their planned firings. What they leave is written in
    /// the same transaction: their day's counts, and the names of their outputs, which are to be deleted next. How
    /// many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_runs(
        &self,
        task: TaskId,
        ids: &[i64],
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        use run::Column as R;
        if ids.is_empty() {
            return Ok(0);
        }
        transaction!(self, |tx| {
            let rows: Vec<Ended> = run::Entity::find()
                .select_only()
                .columns([
                    R::Id,
                    R::OccurrenceId,
                    R::State,
                    R::ScheduledFor,
                    R::StartedAt,
                    R::FinishedAt,
                    R::OutputBytes,
                    R::OutputObject,
                ])
                .filter(R::Id.is_in(ids.iter().copied()))
                .filter(R::TaskId.eq(task.0))
                .filter(is_one_of(R::State, &ENDED))
                .order_by_asc(R::Id)
                .lock_exclusive()
                .into_model::<Ended>()
                .all(tx)
                .await?;
            let Some(until) = rows.iter().map(Ended::named_for).max() else {
                return Ok(0);
            };
            // Locks the task's row, so that the counts of a day are added to by one transaction at a time.
            note_gone(tx, task, until).await?;
            days::count(tx, task, &rows).await?;
            let objects = rows.iter().filter_map(|row| row.output_object.clone());
            throw_away(tx, objects, now).await?;
            let gone: Vec<i64> = rows.iter().map(|row| row.id).collect();
            run::Entity::delete_many()
                .filter(R::Id.is_in(gone.iter().copied()))
                .exec(tx)
                .await?;
            let firings: BTreeSet<i64> = rows.iter().filter_map(|row| row.occurrence_id).collect();
            drop_firings(tx, &firings).await?;
            Ok(gone.len() as u64)
        })
    }

    /// Deletes firings of a task that ended without a run and were due before an instant; at most `limit`. How many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_unruns(
        &self,
        task: TaskId,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        use occurrence::Column as O;
        let ids = self.old_unruns(task, before, limit).await?;
        if ids.is_empty() {
            return Ok(0);
        }
        transaction!(self, |tx| {
            let planned = planned_until(tx).await?;
            let until: Option<DateTime<Utc>> = occurrence::Entity::find()
                .select_only()
                .column(O::ScheduledFor)
                .filter(O::Id.is_in(ids.iter().copied()))
                .order_by_desc(O::ScheduledFor)
                .limit(1)
                .into_tuple()
                .one(tx)
                .await?;
            let Some(until) = until else {
                return Ok(0);
            };
            note_gone(tx, task, until.min(before)).await?;
            let gone = occurrence::Entity::delete_many()
                .filter(O::Id.is_in(ids.iter().copied()))
                .filter(is_one_of(O::State, &OccurrenceState::NOT_RUN))
                .filter(O::ScheduledFor.lt(planned))
                .exec(tx)
                .await?;
            Ok(gone.rows_affected)
        })
    }

    /// Names of outputs that are to be deleted, after a name, in order: each with the time from which it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outputs_gone(
        &self,
        after: &str,
        limit: u64,
    ) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
        use output_gone::Column as G;
        Ok(output_gone::Entity::find()
            .select_only()
            .columns([G::Object, G::At])
            .filter(G::Object.gt(after))
            .order_by_asc(G::Object)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?)
    }

    /// Forgets the names of outputs that have been deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_outputs(&self, names: &[String]) -> Result<(), StoreError> {
        if names.is_empty() {
            return Ok(());
        }
        transaction!(self, |tx| {
            output_gone::Entity::delete_many()
                .filter(output_gone::Column::Object.is_in(names))
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// Gives space of deleted rows back to the file system, a bounded number of pages; on MySQL it is reused by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_space_back(&self) -> Result<(), StoreError> {
        use sea_orm::ConnectionTrait;
        if self.engine == super::Engine::Sqlite {
            // Without effect on a file that was made without `auto_vacuum = INCREMENTAL`: its free pages are reused, and
            // VACUUM gives them back (docs/OPERATIONS).
            self.writer
                .execute_unprepared("PRAGMA incremental_vacuum(1000)")
                .await?;
        }
        Ok(())
    }
}

/// Notes outputs that are to be deleted.
async fn throw_away(
    tx: &Tx,
    names: impl Iterator<Item = String>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rows: Vec<output_gone::ActiveModel> = names
        .map(|object| output_gone::ActiveModel {
            object: Set(object),
            at: Set(now),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let same = OnConflict::column(output_gone::Column::Object)
        .update_column(output_gone::Column::At)
        .to_owned();
    output_gone::Entity::insert_many(rows)
        .on_conflict(same)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Notes that history of a task up to an instant is gone, and locks this note until the transaction ends.
async fn note_gone(tx: &Tx, task: TaskId, until: DateTime<Utc>) -> Result<(), StoreError> {
    use task_gone::Column as G;
    let row = task_gone::ActiveModel {
        task_id: Set(task.0),
        until: Set(until),
    };
    // The key itself is written again where there is a row, which locks it on every engine.
    let same = OnConflict::column(G::TaskId)
        .update_column(G::TaskId)
        .to_owned();
    task_gone::Entity::insert(row)
        .on_conflict(same)
        .exec_without_returning(tx)
        .await?;
    task_gone::Entity::update_many()
        .col_expr(G::Until, Expr::value(until))
        .filter(G::TaskId.eq(task.0))
        .filter(G::Until.lt(until))
        .exec(tx)
        .await?;
    Ok(())
}

/// Up to where every firing of an active schedule has a row: later ones must stay, or they would be planned again.
async fn planned_until(tx: &Tx) -> Result<DateTime<Utc>, StoreError> {
    let until: Option<DateTime<Utc>> = cluster::Entity::find_by_id(1)
        .select_only()
        .column(cluster::Column::PlannedUntil)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(until.unwrap_or(DateTime::UNIX_EPOCH))
}

/// Deletes firings that have ended and have no run any more.
async fn drop_firings(tx: &Tx, ids: &BTreeSet<i64>) -> Result<(), StoreError> {
    use occurrence::Column as O;
    if ids.is_empty() {
        return Ok(());
    }
    let planned = planned_until(tx).await?;
    let ended: Vec<OccurrenceState> = OccurrenceState::ALL
        .into_iter()
        .filter(|state| match state {
            OccurrenceState::Planned => false,
            OccurrenceState::Run(run) => run.is_over(),
            OccurrenceState::Skipped | OccurrenceState::Missed => true,
        })
        .collect();
    let runs = Query::select()
        .column(run::Column::OccurrenceId)
        .from(run::Entity)
        .and_where(run::Column::OccurrenceId.is_in(ids.iter().copied()))
        .to_owned();
    occurrence::Entity::delete_many()
        .filter(O::Id.is_in(ids.iter().copied()))
        .filter(O::Id.not_in_subquery(runs))
        .filter(is_one_of(O::State, &ended))
        .filter(O::ScheduledFor.lt(planned))
        .exec(tx)
        .await?;
    Ok(())
}

/// What is deleted with a task: its counts, and the names of its outputs, which are deleted next. Before its runs are.
pub(super) async fn forget(tx: &Tx, task: TaskId, now: DateTime<Utc>) -> Result<(), StoreError> {
    throw_outputs_away(tx, task, now).await?;
    run_day::Entity::delete_many()
        .filter(run_day::Column::TaskId.eq(task.0))
        .exec(tx)
        .await?;
    task_gone::Entity::delete_many()
        .filter(task_gone::Column::TaskId.eq(task.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Outputs of one statement.
const OBJECTS: u64 = 1_000;

async fn throw_outputs_away(tx: &Tx, task: TaskId, now: DateTime<Utc>) -> Result<(), StoreError> {
    use run::Column as R;
    let mut after = 0;
    loop {
        let rows: Vec<(i64, Option<String>)> = run::Entity::find()
            .select_only()
            .columns([R::Id, R::OutputObject])
            .filter(R::TaskId.eq(task.0))
            .filter(R::Id.gt(after))
            .order_by_asc(R::Id)
            .limit(OBJECTS)
            .into_tuple()
            .all(tx)
            .await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = last.0;
        throw_away(tx, rows.into_iter().filter_map(|(_, object)| object), now).await?;
    }
}
