//! The runs of a task by the day on which they started, in UTC: those that were deleted, from their counts, and those
//! that are still there. Both are read in one snapshot, so that a run that is deleted meanwhile is counted once.

use std::collections::BTreeMap;

use app::id::TaskId;
use app::run::RunState;
use app::run::days::{CountsByDay, RunCounts};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::{
    AccessMode, ColumnTrait, EntityTrait, IsolationLevel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, TransactionOptions, TransactionTrait,
};

use super::code::Code;
use super::entity::{run, run_day};
use super::prune::{durations, took};
use super::{Engine, Store, StoreError, Tx};

/// The index of a task's runs by state and time.
const BY_STATE: &str = "ix_run_task_id_state_started_at";
/// States of runs that have ended, those that are usually few first, so that they are seen whole.
const ENDED: [RunState; 5] = [
    RunState::Lost,
    RunState::TimedOut,
    RunState::Killed,
    RunState::Failed,
    RunState::Succeeded,
];

/// A row of the query for runs: start, end, bytes.
type RunRow = (DateTime<Utc>, Option<DateTime<Utc>>, i64);

/// What is known of a day's runs that are still there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownDay {
    /// The counts of those that are there.
    pub there: RunCounts,
    /// How many were deleted when they were counted: as long as that is so, none of them has been.
    pub deleted: i64,
}

/// The runs of some days.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RunDaysFound {
    /// Runs that were deleted.
    pub deleted: CountsByDay,
    /// Runs that are there, of the days that were read.
    pub there: CountsByDay,
    /// The first day that was read; those before it are as they were known.
    pub read_from: Option<NaiveDate>,
    /// The newest day of which not all runs were read, because there are too many.
    pub cut: Option<NaiveDate>,
    /// When the oldest run started that has not ended.
    pub open_since: Option<DateTime<Utc>>,
}

/// Runs of a task in a state, along their index.
fn along(task: TaskId, state: RunState) -> Select<run::Entity> {
    use run::Column as R;
    let mut query = run::Entity::find().select_only();
    QueryTrait::query(&mut query).force_index(BY_STATE, IndexHintScope::All);
    query
        .filter(R::TaskId.eq(task.0))
        .filter(R::State.eq(Code(state)))
}

/// The instant at which a day begins.
fn begin(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

impl Store {
    /// The ended runs of a task that started from one day to another, both included. Days that are `known`, and still
    /// are as they were, are not read again. Of runs that are there at most `limit` are read, the newest of each state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_days(
        &self,
        task: TaskId,
        (from, to): (NaiveDate, NaiveDate),
        known: &BTreeMap<NaiveDate, KnownDay>,
        limit: u64,
    ) -> Result<RunDaysFound, StoreError> {
        let options = match self.engine {
            Engine::Sqlite => TransactionOptions::default(),
            Engine::Mysql => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        let tx = self.reader.begin_with_options(options).await?;
        let mut found = RunDaysFound {
            deleted: deleted(&tx, task, from, to).await?,
            ..RunDaysFound::default()
        };
        let is_known = |day: &NaiveDate| {
            let gone = found.deleted.get(day).map_or(0, RunCounts::runs);
            known.get(day).is_some_and(|known| known.deleted == gone)
        };
        found.read_from = from
            .iter_days()
            .take_while(|day| *day <= to)
            .find(|day| !is_known(day));
        if let Some(first) = found.read_from {
            there(&tx, task, (first, to), limit, &mut found).await?;
            for state in RunState::OPEN {
                let oldest: Option<DateTime<Utc>> = along(task, state)
                    .column(run::Column::StartedAt)
                    .order_by_asc(run::Column::StartedAt)
                    .limit(1)
                    .into_tuple()
                    .one(&tx)
                    .await?;
                found.open_since = [found.open_since, oldest].into_iter().flatten().min();
            }
        }
        tx.commit().await?;
        Ok(found)
    }
}

async fn deleted(
    tx: &Tx,
    task: TaskId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<CountsByDay, StoreError> {
    use run_day::Column as D;
    let rows = run_day::Entity::find()
        .filter(D::TaskId.eq(task.0))
        .filter(D::Day.gte(from.to_string()))
        .filter(D::Day.lte(to.to_string()))
        .order_by_asc(D::Day)
        .all(tx)
        .await?;
    let mut days = CountsByDay::new();
    for row in rows {
        let day = row.day.parse().map_err(|_| StoreError::UnknownValue {
            what: "a day",
            value: row.day.clone(),
        })?;
        let counts = RunCounts {
            succeeded: row.succeeded,
            failed: row.failed,
            timed_out: row.timed_out,
            killed: row.killed,
            lost: row.lost,
            output_bytes: row.output_bytes,
            took: durations(&row.took)?,
        };
        days.insert(day, counts);
    }
    Ok(days)
}

async fn there(
    tx: &Tx,
    task: TaskId,
    (from, to): (NaiveDate, NaiveDate),
    limit: u64,
    found: &mut RunDaysFound,
) -> Result<(), StoreError> {
    use run::Column as R;
    let mut left = limit;
    for state in ENDED {
        let mut query = along(task, state)
            .columns([R::StartedAt, R::FinishedAt, R::OutputBytes])
            .filter(R::StartedAt.gte(begin(from)));
        if let Some(after) = to.succ_opt() {
            query = query.filter(R::StartedAt.lt(begin(after)));
        }
        // One more than there is room for shows that some are missing.
        let rows: Vec<RunRow> = query
            .order_by_desc(R::StartedAt)
            .limit(left + 1)
            .into_tuple()
            .all(tx)
            .await?;
        if rows.len() as u64 > left {
            let last = rows.last().map(|(at, ..)| at.date_naive());
            found.cut = Ord::max(found.cut, last);
        }
        left = left.saturating_sub(rows.len() as u64);
        for (started_at, finished_at, bytes) in rows {
            let day = found.there.entry(started_at.date_naive()).or_default();
            day.add(state, took(state, started_at, finished_at), bytes);
        }
    }
    Ok(())
}
