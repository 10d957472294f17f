//! What a summary counts. Nothing here walks through a history: each statement stops at a number of rows, or at the
//! ends of the period along an index, and a task's runs are read along its own.

use std::collections::HashMap;

use app::id::{RunId, TaskId};
use app::occurrence::OccurrenceState;
use app::run::RunState;
use app::summary::Selection;
use app::task::TaskState;
use app::ticket::{TicketKind, TicketState};
use chrono::{DateTime, TimeDelta, Utc};
use migration::{OWNER_MARK, TAG_MARK};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::super::code::{Code, is_one_of};
use super::super::entity::{occurrence, run, task, ticket};
use super::super::overview::was_retried;
use super::super::tasks::{SEARCH, whole};
use super::super::{Store, StoreError};

/// Rows of one state that are read of a period; of more, the newest are read, and what was counted is a lower bound.
const PERIOD_MAX: u64 = 20_000;
/// Tasks that a summary is about.
const TASKS_MAX: u64 = 50_000;
/// Of a task's runs so many are read to find what is usual.
const RUNS_MAX: u64 = 200;
/// A run that ended in the period may have started so long before it.
const LONGEST: TimeDelta = TimeDelta::days(7);

/// The index of runs by how they stand and when they started.
const RUNS_BY_STATE: &str = "ix_run_state_started_at";
/// The index of planned firings by how they stand and when they were due.
const FIRINGS_BY_STATE: &str = "ix_occurrence_state_due_at";
/// The index of tickets by their state.
const TICKETS_BY_STATE: &str = "ix_ticket_state";
/// The index of a task's runs.
const RUNS_BY_TASK: &str = "ix_run_task_id_id";

/// What was found, and whether that is all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WithinLimit<T> {
    /// What was found, the newest first.
    pub found: Vec<T>,
    /// Whether the limit was reached, so that older rows of the period are missing.
    pub cut: bool,
}

impl<T> Default for WithinLimit<T> {
    fn default() -> Self {
        Self {
            found: Vec::new(),
            cut: false,
        }
    }
}

impl<T> WithinLimit<T> {
    fn add(&mut self, mut rows: Vec<T>) {
        if rows.len() as u64 > PERIOD_MAX {
            rows.truncate(PERIOD_MAX as usize);
            self.cut = true;
        }
        self.found.append(&mut rows);
    }
}

/// A task, as a summary needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SummaryTask {
    /// Its id.
    pub id: TaskId,
    /// Its name.
    pub name: String,
    /// Whether it is being chased now.
    pub chased: bool,
}

/// The open tickets of a task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenTickets {
    /// The task.
    pub task: TaskId,
    /// How many.
    pub count: u64,
    /// When the oldest was opened.
    pub since: DateTime<Utc>,
}

/// A run that ended badly, and was not retried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnsuccessfulRun {
    /// Its task.
    pub task: TaskId,
    /// The run.
    pub run: RunId,
    /// When it ended.
    pub at: DateTime<Utc>,
}

/// Planned firings that ended without a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotStarted {
    /// Their task.
    pub task: TaskId,
    /// When the last of them was to start.
    pub due_at: DateTime<Utc>,
    /// Whether they were missed; else a rule skipped them.
    pub missed: bool,
    /// Why: a code of [`app::occurrence::SkipReason`] or of [`app::occurrence::MissReason`].
    pub reason: Option<String>,
    /// How many they are.
    pub firings: u64,
}

/// A run that has ended, and how long it took.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RunDuration {
    /// The run.
    pub run: RunId,
    /// How it ended.
    pub state: RunState,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// From its claim to its end, in milliseconds.
    pub millis: i64,
}

/// A row of the query for firings: task, when it was due, why it did not start, how many.
type FiringRow = (i64, DateTime<Utc>, Option<String>, i64);
/// A row of the query for a task's runs: id, state, start, end.
type RunRow = (i64, Code<RunState>, DateTime<Utc>, Option<DateTime<Utc>>);

fn millis(started_at: DateTime<Utc>, finished_at: DateTime<Utc>) -> i64 {
    Ord::max((finished_at - started_at).num_milliseconds(), 0)
}

impl Store {
    /// The tasks that a summary is about. Names of owners and tags are compared as in the search: case and width do
    /// not matter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tasks_of_summary(
        &self,
        selection: &Selection,
    ) -> Result<Vec<SummaryTask>, StoreError> {
        use task::Column as T;
        let mut query =
            task::Entity::find()
                .select_only()
                .columns([T::Id, T::Name, T::State, T::Urging]);
        let pattern = match selection {
            Selection::All => None,
            Selection::Owner(owner) => Some(whole(OWNER_MARK, owner)),
            Selection::Tag(tag) => Some(whole(TAG_MARK, tag)),
        };
        if let Some(pattern) = pattern {
            let like = LikeExpr::new(pattern).escape('!');
            query = query.filter(Expr::col(SEARCH).like(like));
        }
        let rows: Vec<(i64, String, Code<TaskState>, bool)> = query
            .order_by_asc(T::Id)
            .limit(TASKS_MAX)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let task = |(id, name, state, urging): (i64, String, Code<TaskState>, bool)| SummaryTask {
            id: TaskId(id),
            name,
            chased: urging && state.0 == TaskState::Active,
        };
        Ok(rows.into_iter().map(task).collect())
    }

    /// The open tickets of each task, those of chases excepted; with more than [`TASKS_MAX`] of them, not of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_tickets_by_task(&self) -> Result<Vec<OpenTickets>, StoreError> {
        use ticket::Column as C;
        let mut query = ticket::Entity::find()
            .select_only()
            .columns([C::TaskId, C::OpenedAt])
            .filter(is_one_of(C::State, &TicketState::OPEN))
            .filter(C::Kind.ne(Code(TicketKind::Chase)))
            .limit(TASKS_MAX);
        // Few tickets are open, and those that are over are kept for long.
        QueryTrait::query(&mut query).force_index(TICKETS_BY_STATE, IndexHintScope::All);
        let rows: Vec<(i64, DateTime<Utc>)> = query.into_tuple().all(&self.reader).await?;
        let mut open: HashMap<i64, OpenTickets> = HashMap::new();
        for (task, opened_at) in rows {
            let tickets = open.entry(task).or_insert(OpenTickets {
                task: TaskId(task),
                count: 0,
                since: opened_at,
            });
            tickets.count += 1;
            tickets.since = Ord::min(tickets.since, opened_at);
        }
        Ok(open.into_values().collect())
    }

    /// Runs that ended badly from `from` on and before `to`. Attempts that were followed by another one are not
    /// among them: together they count as one run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bad_ends(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<WithinLimit<UnsuccessfulRun>, StoreError> {
        use run::Column as R;
        let mut ends = WithinLimit::default();
        for state in RunState::BAD {
            let mut query = run::Entity::find()
                .select_only()
                .columns([R::TaskId, R::Id, R::FinishedAt])
                .filter(is_one_of(R::State, &[state]))
                .filter(R::StartedAt.gte(from - LONGEST))
                .filter(R::StartedAt.lt(to))
                .filter(R::FinishedAt.gte(from))
                .filter(R::FinishedAt.lt(to))
                .filter(was_retried().not())
                .order_by_desc(R::StartedAt)
                .limit(PERIOD_MAX + 1);
            QueryTrait::query(&mut query).force_index(RUNS_BY_STATE, IndexHintScope::All);
            let rows: Vec<(i64, i64, DateTime<Utc>)> = query.into_tuple().all(&self.reader).await?;
            let end = |(task, run, at): (i64, i64, DateTime<Utc>)| UnsuccessfulRun {
                task: TaskId(task),
                run: RunId(run),
                at,
            };
            ends.add(rows.into_iter().map(end).collect());
        }
        Ok(ends)
    }

    /// Firings that were due from `from` on and before `to`, and ended without a run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn not_started(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<WithinLimit<NotStarted>, StoreError> {
        use occurrence::Column as O;
        let mut firings = WithinLimit::default();
        for state in OccurrenceState::NOT_RUN {
            let mut query = occurrence::Entity::find()
                .select_only()
                .columns([O::TaskId, O::DueAt, O::Reason, O::Firings])
                .filter(is_one_of(O::State, &[state]))
                .filter(O::DueAt.gte(from))
                .filter(O::DueAt.lt(to))
                .order_by_desc(O::DueAt)
                .limit(PERIOD_MAX + 1);
            QueryTrait::query(&mut query).force_index(FIRINGS_BY_STATE, IndexHintScope::All);
            let rows: Vec<FiringRow> = query.into_tuple().all(&self.reader).await?;
            let firing = |(task, due_at, reason, firings): FiringRow| NotStarted {
                task: TaskId(task),
                due_at,
                missed: state == OccurrenceState::Missed,
                reason,
                firings: u64::try_from(firings).unwrap_or(1),
            };
            firings.add(rows.into_iter().map(firing).collect());
        }
        Ok(firings)
    }

    /// Of these tasks, those that started no run from an instant on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn without_start_since(
        &self,
        tasks: &[TaskId],
        from: DateTime<Utc>,
    ) -> Result<Vec<TaskId>, StoreError> {
        use run::Column as R;
        let mut idle = Vec::new();
        for task in tasks {
            let mut query = run::Entity::find()
                .select_only()
                .column(R::StartedAt)
                .filter(R::TaskId.eq(task.0))
                .order_by_desc(R::Id)
                .limit(1);
            QueryTrait::query(&mut query).force_index(RUNS_BY_TASK, IndexHintScope::All);
            let newest: Option<DateTime<Utc>> = query.into_tuple().one(&self.reader).await?;
            if newest.is_none_or(|at| at < from) {
                idle.push(*task);
            }
        }
        Ok(idle)
    }

    /// Tasks that succeeded from `from` on and before `to`, those with the longest runs first; at most `limit`. Of a
    /// busy installation the newest runs of the period are looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn longest_successes(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<TaskId>, StoreError> {
        use run::Column as R;
        let mut query = run::Entity::find()
            .select_only()
            .columns([R::TaskId, R::StartedAt, R::FinishedAt])
            .filter(is_one_of(R::State, &[RunState::Succeeded]))
            .filter(R::StartedAt.gte(from - LONGEST))
            .filter(R::StartedAt.lt(to))
            .filter(R::FinishedAt.gte(from))
            .filter(R::FinishedAt.lt(to))
            .order_by_desc(R::StartedAt)
            .limit(PERIOD_MAX);
        QueryTrait::query(&mut query).force_index(RUNS_BY_STATE, IndexHintScope::All);
        let rows: Vec<(i64, DateTime<Utc>, DateTime<Utc>)> =
            query.into_tuple().all(&self.reader).await?;
        let mut longest: HashMap<TaskId, i64> = HashMap::new();
        for (task, started_at, finished_at) in rows {
            let entry = longest.entry(TaskId(task)).or_default();
            *entry = Ord::max(*entry, millis(started_at, finished_at));
        }
        let mut tasks: Vec<(i64, TaskId)> = longest.into_iter().map(|(id, ms)| (ms, id)).collect();
        tasks.sort_unstable_by_key(|(ms, id)| (std::cmp::Reverse(*ms), id.0));
        tasks.truncate(limit);
        Ok(tasks.into_iter().map(|(_, id)| id).collect())
    }

    /// The last runs of a task that have ended, the newest first; at most two hundred.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_runs(&self, task: TaskId) -> Result<Vec<RunDuration>, StoreError> {
        use run::Column as R;
        let mut query = run::Entity::find()
            .select_only()
            .columns([R::Id, R::State, R::StartedAt, R::FinishedAt])
            .filter(R::TaskId.eq(task.0))
            .order_by_desc(R::Id)
            .limit(RUNS_MAX);
        QueryTrait::query(&mut query).force_index(RUNS_BY_TASK, IndexHintScope::All);
        let rows: Vec<RunRow> = query.into_tuple().all(&self.reader).await?;
        let took = |(run, state, started_at, finished_at): RunRow| {
            let ended_at = finished_at?;
            Some(RunDuration {
                run: RunId(run),
                state: state.0,
                ended_at,
                millis: millis(started_at, ended_at),
            })
        };
        Ok(rows.into_iter().filter_map(took).collect())
    }
}
