//! How many consecutive runs of a task have failed. Runs are numbered in the order in which they end: the row of
//! `task_streak` is locked by the transaction that ends a run, so that two servers never read the same count
//! (`docs/adr/0042-failures-are-counted-as-runs-end.md`).

mod position;

pub(super) use position::{RunEnding, StreakPosition};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::id::{RunId, TaskId};
use app::run::RunState;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, OnConflict, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::code::Code;
use super::entity::{run, task_streak};
use super::{StoreError, Tx};
use crate::facts::Failures;
use position::{First, Streak};

/// Ids of one statement.
const CHUNK: usize = 500;
/// Alias of the first attempt at the firing of a run.
const FIRST: &str = "first_attempt";
/// Alias of a run that started after another one.
const LATER: &str = "later";

/// The counts of the tasks of some runs that are about to end, locked until the transaction ends.
#[derive(Debug, Default)]
pub(super) struct Streaks {
    counts: HashMap<TaskId, Streak>,
    firsts: HashMap<RunId, First>,
    changed: BTreeSet<TaskId>,
}

impl Streaks {
    /// Locks and reads the counts. Called before the rows of those runs are locked: every transaction that ends runs
    /// takes the two in this order.
    pub(super) async fn lock(tx: &Tx, endings: &[RunEnding]) -> Result<Self, StoreError> {
        // By task, in one order for all transactions: whether it is counted on.
        let mut tasks: BTreeMap<TaskId, bool> = BTreeMap::new();
        for ending in endings.iter().filter(|ending| ending.matters()) {
            *tasks.entry(ending.task).or_default() |= ending.counts();
        }
        let ids: Vec<TaskId> = tasks.keys().copied().collect();
        let mut counts = locked(tx, &ids).await?;
        if tx.get_database_backend() == DatabaseBackend::MySql {
            // A row that does not exist cannot be locked. SQLite has one writer at a time.
            let missing: Vec<TaskId> = tasks
                .iter()
                .filter(|(task, counts_on)| **counts_on && !counts.contains_key(task))
                .map(|(task, _)| *task)
                .collect();
            create(tx, &missing).await?;
            counts.extend(locked(tx, &missing).await?);
        }
        let ended: BTreeSet<TaskId> = endings
            .iter()
            .filter(|ending| ending.state == RunState::Succeeded)
            .map(|ending| ending.task)
            .collect();
        let may_be_first: Vec<RunId> = endings
            .iter()
            .filter(|ending| ending.state.is_bad())
            .filter(|ending| {
                let count = counts.get(&ending.task).copied().unwrap_or_default();
                count.failures.is_none() || ended.contains(&ending.task)
            })
            .map(|ending| ending.run)
            .collect();
        Ok(Self {
            firsts: firsts(tx, &may_be_first).await?,
            counts,
            changed: BTreeSet::new(),
        })
    }

    /// What a run is among the failures of its task if it ends now.
    pub(super) fn place(&self, ending: &RunEnding) -> StreakPosition {
        let count = self.counts.get(&ending.task).copied().unwrap_or_default();
        StreakPosition::of(count, ending, self.firsts.get(&ending.run))
    }

    /// Counts a run that has ended.
    pub(super) fn keep(&mut self, ending: &RunEnding, place: &StreakPosition) {
        let count = self.counts.entry(ending.task).or_default();
        if let Some(next) = place.next(*count, ending.at) {
            *count = next;
            self.changed.insert(ending.task);
        }
    }

    /// Writes the counts that have changed: one statement for all of them.
    pub(super) async fn write(self, tx: &Tx) -> Result<(), StoreError> {
        use task_streak::Column as C;
        let changed: Vec<TaskId> = self.changed.into_iter().collect();
        for chunk in changed.chunks(CHUNK) {
            let rows = chunk.iter().map(|task| {
                let count = self.counts.get(task).copied().unwrap_or_default();
                task_streak::ActiveModel {
                    task_id: Set(task.0),
                    failures: Set(count.failures.map_or(0, |failures| failures.count)),
                    since: Set(count.failures.map(|failures| failures.since)),
                    ended_at: Set(count.ended_at),
                }
            });
            let replace = OnConflict::column(C::TaskId)
                .update_columns([C::Failures, C::Since, C::EndedAt])
                .to_owned();
            task_streak::Entity::insert_many(rows)
                .on_conflict(replace)
                .exec_without_returning(tx)
                .await?;
        }
        Ok(())
    }
}

/// The rows of some tasks, locked.
async fn locked(tx: &Tx, tasks: &[TaskId]) -> Result<HashMap<TaskId, Streak>, StoreError> {
    let mut found = HashMap::with_capacity(tasks.len());
    for chunk in tasks.chunks(CHUNK) {
        let rows = task_streak::Entity::find()
            .filter(task_streak::Column::TaskId.is_in(chunk.iter().map(|task| task.0)))
            .order_by_asc(task_streak::Column::TaskId)
            .lock_exclusive()
            .all(tx)
            .await?;
        found.extend(rows.into_iter().map(|row| {
            let failures = row.since.filter(|_| row.failures > 0);
            let streak = Streak {
                failures: failures.map(|since| Failures {
                    count: row.failures,
                    since,
                }),
                ended_at: row.ended_at,
            };
            (TaskId(row.task_id), streak)
        }));
    }
    Ok(found)
}

/// Creates the rows of tasks that fail for the first time; on another server they may fail at the same time.
async fn create(tx: &Tx, tasks: &[TaskId]) -> Result<(), StoreError> {
    use task_streak::Column as C;
    for chunk in tasks.chunks(CHUNK) {
        let rows = chunk.iter().map(|task| task_streak::ActiveModel {
            task_id: Set(task.0),
            failures: Set(0),
            ..Default::default()
        });
        // An update that changes nothing locks the row of the other one for writing; ignoring it would share the lock.
        let same = OnConflict::column(C::TaskId)
            .update_column(C::TaskId)
            .to_owned();
        task_streak::Entity::insert_many(rows)
            .on_conflict(same)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// What the database knows of runs that may be the first failures of their tasks.
async fn firsts(tx: &Tx, runs: &[RunId]) -> Result<HashMap<RunId, First>, StoreError> {
    use run::Column as R;
    let own = |column: R| Expr::col((run::Entity, column));
    let of_firing = Query::select()
        .column((FIRST, R::StartedAt))
        .from_as(run::Entity, FIRST)
        .and_where(Expr::col((FIRST, R::OccurrenceId)).eq(own(R::OccurrenceId)))
        .and_where(Expr::col((FIRST, R::Attempt)).eq(1))
        .to_owned();
    let of_manual = Query::select()
        .column((FIRST, R::StartedAt))
        .from_as(run::Entity, FIRST)
        .and_where(Expr::col((FIRST, R::Id)).eq(own(R::OriginId)))
        .to_owned();
    let success = Query::select()
        .column((LATER, R::FinishedAt))
        .from_as(run::Entity, LATER)
        .and_where(Expr::col((LATER, R::TaskId)).eq(own(R::TaskId)))
        .and_where(Expr::col((LATER, R::Id)).gt(own(R::Id)))
        .and_where(Expr::col((LATER, R::State)).eq(Code(RunState::Succeeded)))
        .order_by((LATER, R::Id), Order::Desc)
        .limit(1)
        .to_owned();
    let read =
        |query: sea_orm::sea_query::SelectStatement| Expr::SubQuery(None, Box::new(query.into()));
    let started = Func::coalesce([read(of_firing), read(of_manual), own(R::StartedAt)]);
    let success = read(success);
    let mut found = HashMap::with_capacity(runs.len());
    for chunk in runs.chunks(CHUNK) {
        let rows: Vec<(i64, DateTime<Utc>, Option<DateTime<Utc>>)> = run::Entity::find()
            .select_only()
            .column(R::Id)
            .expr_as(Expr::from(started.clone()), "first_started_at")
            .expr_as(success.clone(), "succeeded_at")
            .filter(R::Id.is_in(chunk.iter().map(|id| id.0)))
            .into_tuple()
            .all(tx)
            .await?;
        found.extend(rows.into_iter().map(|(id, started_at, succeeded_at)| {
            let first = First {
                started_at,
                succeeded_at,
            };
            (RunId(id), first)
        }));
    }
    Ok(found)
}

/// Forgets the count of a task that is deleted.
pub(super) async fn forget(tx: &Tx, task: TaskId) -> Result<(), StoreError> {
    task_streak::Entity::delete_by_id(task.0).exec(tx).await?;
    Ok(())
}
