//! The ledger: plan, claim, withdraw.

mod active;
mod claim;
mod ids;
mod manual;
mod missed;
mod rows;
mod skipped;
mod stops;

pub use active::{LastEnd, StopOutcome, WaitingRun};
pub(super) use active::{active, request_stop, sending};
pub use claim::{Claimed, Claims, Decide, Decision, Verdict, View, WaitVerdict};
pub use manual::{Manual, ManualStart};
pub use missed::MissedFirings;
pub(super) use skipped::listed;

use std::collections::HashMap;

use app::id::{OccurrenceId, ScheduleId, TaskId};
use app::occurrence::{MissReason, NotRun, OccurrenceState, OccurrenceStep, SkipReason};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::code::{Code, TakeStep, is_one_of};
use super::entity::{cluster, occurrence, task_change};
use super::messages::{Notice, insert_notices};
use super::txn::transaction;
use super::{Store, StoreError, Tx};

/// A firing to be written ahead of time, or one (or a range) that was missed.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The task.
    pub task_id: TaskId,
    /// The schedule that names it.
    pub schedule_id: ScheduleId,
    /// The instant the schedule names; the last one if the row covers several.
    pub scheduled_for: DateTime<Utc>,
    /// When it starts, before jitter or a blackout postpones it.
    pub base_at: DateTime<Utc>,
    /// When it starts.
    pub due_at: DateTime<Utc>,
    /// The kind of row.
    pub entry: PlannedEntry,
}

/// A row written by planning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlannedEntry {
    /// It is to fire.
    Planned,
    /// A rule skips it. Firings close together share a row.
    Skipped(SkipReason),
    /// No server ran for so many firings, the first of which is this one.
    Missed {
        /// Why.
        reason: MissReason,
        /// How many.
        count: i64,
        /// The first of them.
        since: DateTime<Utc>,
    },
    /// A rule skipped so many firings, the first of which is this one.
    SkippedMany {
        /// Why.
        reason: SkipReason,
        /// How many.
        count: i64,
        /// The first of them.
        since: DateTime<Utc>,
    },
}

/// A planned firing that is due.
#[derive(Clone, Debug)]
pub struct Due {
    /// Its row in the ledger.
    pub id: OccurrenceId,
    /// The task.
    pub task_id: TaskId,
    /// The schedule that named it.
    pub schedule_id: ScheduleId,
    /// The instant the schedule names.
    pub scheduled_for: DateTime<Utc>,
    /// When it was to start before jitter or a blackout postponed it.
    pub base_at: DateTime<Utc>,
    /// When it was to start, even if it has waited since.
    pub due_at: DateTime<Utc>,
}

/// A change of a task, or of something that applies to all ([`EVERY_TASK`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Changed {
    /// Its number.
    pub seq: i64,
    /// The task.
    pub task_id: TaskId,
    /// When it was made: what was planned for later was withdrawn.
    pub at: DateTime<Utc>,
}

fn to_changed(row: task_change::Model) -> Changed {
    Changed {
        seq: row.seq,
        task_id: TaskId(row.task_id),
        at: row.at,
    }
}

/// How many firings did not run, by reason.
pub type NotRunCounts = HashMap<NotRun, u64>;

/// What came of planning.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PlannedRows {
    /// Firings that were recorded as skipped or missed by this transaction, and by no other node.
    pub not_run: NotRunCounts,
    /// Whether missed firings wait for the claim that reports them.
    pub has_unreported: bool,
    /// Whether it put messages into the outbox.
    pub has_messages: bool,
}

/// Why a plan or a claim was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stale {
    /// Tasks changed since this node read them; reload and try again.
    TasksChanged,
    /// Another node has recorded missed firings since this one read up to when everything is planned; start again.
    PlannedMeanwhile,
}

/// Rows of one INSERT: well under SQLite's 32,766 variables and MySQL's packet size.
const CHUNK: usize = 500;
/// Changes read at start-up: far more than people make in the seconds planned ahead.
pub(super) const CHANGES_MAX: u64 = 10_000;
/// Firings claimed in one transaction.
const CLAIM_MAX: u64 = 1_000;

pub(super) async fn change_counter(tx: &Tx) -> Result<i64, StoreError> {
    Ok(cluster(tx).await?.change_counter)
}

async fn cluster<C: ConnectionTrait>(connection: &C) -> Result<cluster::Model, StoreError> {
    cluster::Entity::find_by_id(1)
        .one(connection)
        .await?
        .ok_or(StoreError::UnknownValue {
            what: "cluster row",
            value: "none".to_owned(),
        })
}

/// Stands for "calendars or blackouts" in the list of changes: everything is planned again.
pub const EVERY_TASK: TaskId = TaskId(0);

/// Takes the cluster row's lock for a transaction that may change a task later on.
pub(super) async fn lock_cluster(tx: &Tx) -> Result<(), StoreError> {
    cluster::Entity::update_many()
        .col_expr(
            cluster::Column::ChangeCounter,
            Expr::col(cluster::Column::ChangeCounter),
        )
        .filter(cluster::Column::Id.eq(1))
        .exec(tx)
        .await?;
    Ok(())
}

/// Records a change of a task; returns its number. Takes the cluster row's lock, so it must be the first call in a
/// transaction.
pub(super) async fn note_change(
    tx: &Tx,
    task_id: TaskId,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    cluster::Entity::update_many()
        .col_expr(
            cluster::Column::ChangeCounter,
            Expr::col(cluster::Column::ChangeCounter).add(1),
        )
        .filter(cluster::Column::Id.eq(1))
        .exec(tx)
        .await?;
    let seq = change_counter(tx).await?;
    task_change::Entity::insert(task_change::ActiveModel {
        seq: sea_orm::Set(seq),
        task_id: sea_orm::Set(task_id.0),
        at: sea_orm::Set(now),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(seq)
}

/// Whether something was changed between two changes: tasks, or what applies to all; with `only`, that one.
pub(super) async fn is_changed_between(
    tx: &Tx,
    (after, before): (i64, i64),
    only: Option<TaskId>,
) -> Result<bool, StoreError> {
    use task_change::Column as C;
    if before <= after + 1 {
        return Ok(false);
    }
    let mut changes = task_change::Entity::find()
        .filter(C::Seq.gt(after))
        .filter(C::Seq.lt(before));
    if let Some(only) = only {
        changes = changes.filter(C::TaskId.eq(only.0));
    }
    Ok(changes.count(tx).await? > 0)
}

/// Withdraws what was to start later than now; the scheduler plans again. What jitter or a blackout only postponed
/// stays: its instant has passed, and would not be planned again.
pub(super) async fn withdraw(
    tx: &Tx,
    task_id: TaskId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use occurrence::Column as C;
    let to_come = [OccurrenceState::Planned, OccurrenceState::Skipped];
    let mut mine = Condition::all().add(is_one_of(C::State, &to_come));
    if task_id != EVERY_TASK {
        mine = mine.add(C::TaskId.eq(task_id.0));
    }
    // A row that is only a record also blocks its instant, which the new plan may need: one that was moved to an
    // earlier day is written long before it.
    let later = Condition::any()
        .add(C::DueAt.gt(now).and(C::BaseAt.gt(now)))
        .add(
            C::State
                .eq(Code(OccurrenceState::Skipped))
                .and(C::ScheduledFor.gt(now)),
        );
    // Rows of several firings are past; only earlier versions wrote some that reach beyond now.
    occurrence::Entity::update_many()
        .col_expr(C::ScheduledFor, Expr::value(now))
        .col_expr(C::BaseAt, Expr::value(now))
        .col_expr(C::DueAt, Expr::value(now))
        .filter(mine.clone())
        .filter(later.clone())
        .filter(C::Firings.gt(1).and(C::Since.lte(now)))
        .exec(tx)
        .await?;
    occurrence::Entity::delete_many()
        .filter(mine)
        .filter(later)
        .exec(tx)
        .await?;
    if task_id == EVERY_TASK {
        return Ok(());
    }
    skipped::settle(tx, task_id, now).await
}

/// Ends due firings that have not been claimed, with a reason.
pub(super) async fn skip_due(
    tx: &Tx,
    task_id: TaskId,
    now: DateTime<Utc>,
    reason: SkipReason,
) -> Result<(), StoreError> {
    let step = OccurrenceStep::LeaveOut(NotRun::Skipped(reason));
    occurrence::Entity::update_many()
        .col_expr(occurrence::Column::Reason, Expr::value(reason.as_str()))
        .filter(occurrence::Column::TaskId.eq(task_id.0))
        .step(occurrence::Column::State, step)
        .filter(occurrence::Column::DueAt.lte(now))
        .exec(tx)
        .await?;
    Ok(())
}

/// Locks the cluster row, so that no edit comes between this and the rows; false when tasks changed.
async fn lock_plan(tx: &Tx, until: Option<DateTime<Utc>>, seen: i64) -> Result<bool, StoreError> {
    let mut lock = cluster::Entity::update_many()
        .col_expr(
            cluster::Column::ChangeCounter,
            Expr::col(cluster::Column::ChangeCounter),
        )
        .filter(cluster::Column::Id.eq(1))
        .filter(cluster::Column::ChangeCounter.eq(seen));
    if let Some(until) = until {
        lock = lock.col_expr(cluster::Column::PlannedUntil, Expr::value(until));
    }
    Ok(lock.exec(tx).await?.rows_affected == 1)
}

impl Store {
    /// The number of the last change, and the time up to which everything is planned.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cluster_state(&self) -> Result<(i64, DateTime<Utc>), StoreError> {
        let row = cluster(&self.reader).await?;
        Ok((row.change_counter, row.planned_until))
    }

    /// Changes after number `seen`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes_since(&self, seen: i64) -> Result<Vec<Changed>, StoreError> {
        let rows = task_change::Entity::find()
            .filter(task_change::Column::Seq.gt(seen))
            .order_by_asc(task_change::Column::Seq)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(to_changed).collect())
    }

    /// Changes made after an instant, up to some thousands: those after which a process that stopped may not have
    /// planned again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes_made_after(&self, at: DateTime<Utc>) -> Result<Vec<Changed>, StoreError> {
        let rows = task_change::Entity::find()
            .order_by_desc(task_change::Column::Seq)
            .limit(CHANGES_MAX)
            .all(&self.reader)
            .await?;
        Ok(rows
            .into_iter()
            .map(to_changed)
            .filter(|change| change.at > at)
            .collect())
    }

    /// Writes firings ahead of time. Existing rows stay as they are.
    ///
    /// `since`: when everything was planned up to, as it was read, if rows of missed firings start there; `until`:
    /// everything up to here is planned now; `None` when only one task was planned again. `notice`: what is to be
    /// reported about a firing that a rule skips. `now` decides which skipped firings are past.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plan(
        &self,
        rows: &[Planned],
        since: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
        seen: i64,
        now: DateTime<Utc>,
        notice: &(dyn Fn(&Planned) -> Option<Notice> + Sync),
    ) -> Result<Result<PlannedRows, Stale>, StoreError> {
        transaction!(self, |tx| {
            let has_missed = rows
                .iter()
                .any(|row| matches!(row.entry, PlannedEntry::Missed { .. }));
            let mut misses = Vec::new();
            if has_missed {
                // Up to where another node has recorded them meanwhile, read under the lock.
                if !lock_plan(tx, None, seen).await? {
                    return Ok(Err(Stale::TasksChanged));
                }
                let planned_until = cluster(tx).await?.planned_until;
                // A row that covers many firings would count those of the other node once more.
                if since.is_some_and(|since| since != planned_until) {
                    return Ok(Err(Stale::PlannedMeanwhile));
                }
                misses = missed::recorded_after(planned_until, rows);
            }
            if !lock_plan(tx, until, seen).await? {
                return Ok(Err(Stale::TasksChanged));
            }
            let mut not_run = NotRunCounts::new();
            for one in &misses {
                let count = u64::try_from(one.count).unwrap_or_default();
                *not_run.entry(NotRun::Missed(one.reason)).or_default() += count;
            }
            missed::keep(tx, &misses).await?;
            let (skipped, plain): (Vec<&Planned>, Vec<&Planned>) = rows
                .iter()
                .partition(|row| matches!(row.entry, PlannedEntry::Skipped(_)));
            for chunk in plain.chunks(CHUNK) {
                rows::insert_planned(tx, chunk).await?;
            }
            let first_skipped = skipped::insert(tx, &skipped, now, &mut not_run).await?;
            let notices: Vec<Notice> = first_skipped.iter().filter_map(notice).collect();
            Ok(Ok(PlannedRows {
                not_run,
                has_unreported: !misses.is_empty(),
                has_messages: insert_notices(tx, &notices).await?,
            }))
        })
    }

    /// Removes rows that a clock which was ahead recorded as skipped after `now`: their time comes after all. A row
    /// that starts earlier stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_back_skipped(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        use occurrence::Column as C;
        transaction!(self, |tx| {
            occurrence::Entity::delete_many()
                .filter(C::State.eq(Code(OccurrenceState::Missed)))
                .filter(C::Reason.eq(MissReason::Clock.as_str()))
                .filter(C::ScheduledFor.gt(now))
                .filter(
                    Condition::any()
                        .add(C::Since.is_null())
                        .add(C::Since.gt(now)),
                )
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// All instants at which planned firings are due: rows of a few seconds, because planning is short.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn planned_instants(&self) -> Result<Vec<DateTime<Utc>>, StoreError> {
        Ok(occurrence::Entity::find()
            .select_only()
            .column(occurrence::Column::DueAt)
            .filter(occurrence::Column::State.eq(Code(OccurrenceState::Planned)))
            .distinct()
            .into_tuple::<DateTime<Utc>>()
            .all(&self.reader)
            .await?)
    }
}
