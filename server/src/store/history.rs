//! Reading runs and history.

mod matching;
mod recent;

use std::collections::BTreeMap;

use app::id::{OccurrenceId, RunId, TaskId};
use app::occurrence::OccurrenceState;
use app::run::{Run, RunState, RunsBeside, Trigger, Unrun, UnrunState};
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::code::{Code, is_one_of};
use super::entity::{occurrence, run, task};
use super::ledger::listed;
use super::results::StoredOutput;
use super::{Store, StoreError};

pub use matching::{RunFilter, RunPlace, RunsFound};

/// Bad runs of a state that are examined: the newest.
const BAD_MAX: u64 = 500;
/// Bad runs in one query.
const BAD_AT_ONCE: usize = 200;

/// The index of a task's firings by the time they were due.
const BY_TASK: &str = "ix_occurrence_task_id_due_at";

/// The index of a task's runs by id.
const RUNS_OF_TASK: &str = "ix_run_task_id_id";

/// Alias of a later run, in a query about another one.
const NEWER: &str = "newer";

/// All of a run except its output.
#[derive(sea_orm::FromQueryResult)]
struct RunRow {
    id: i64,
    occurrence_id: Option<i64>,
    task_id: i64,
    attempt: i32,
    trigger_kind: Code<Trigger>,
    requested_by: Option<String>,
    state: Code<RunState>,
    reason: Option<String>,
    scheduled_for: Option<DateTime<Utc>>,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    exit_code: Option<i32>,
    exit_signal: Option<i32>,
    output_bytes: i64,
    output_dropped: i64,
    due_at: Option<DateTime<Utc>>,
    origin_id: Option<i64>,
    note: Option<String>,
    parameters: Option<String>,
    excerpt: Option<String>,
}

fn unknown(what: &'static str, value: &str) -> StoreError {
    StoreError::UnknownValue {
        what,
        value: value.to_owned(),
    }
}

fn parameters(text: Option<&str>) -> Result<BTreeMap<String, String>, StoreError> {
    text.map_or_else(
        || Ok(BTreeMap::new()),
        |text| serde_json::from_str(text).map_err(|_| unknown("parameters", "JSON")),
    )
}

impl RunRow {
    fn into_run(self, task_name: String) -> Result<Run, StoreError> {
        Ok(Run {
            id: RunId(self.id),
            task_id: TaskId(self.task_id),
            task_name,
            occurrence_id: self.occurrence_id.map(OccurrenceId),
            attempt: self.attempt,
            origin_id: self.origin_id.map(RunId),
            note: self.note,
            parameters: parameters(self.parameters.as_deref())?,
            due_at: self.due_at.map(Stamp),
            trigger: self.trigger_kind.0,
            requested_by: self.requested_by,
            state: self.state.0,
            reason: self.reason,
            scheduled_for: self.scheduled_for.map(Stamp),
            started_at: Stamp(self.started_at),
            finished_at: self.finished_at.map(Stamp),
            exit_code: self.exit_code,
            signal: self.exit_signal,
            output_bytes: self.output_bytes,
            output_truncated: self.output_dropped > 0,
            excerpt: self.excerpt,
        })
    }
}

/// A query for all of a run except its output, which may be long.
fn runs() -> sea_orm::Select<run::Entity> {
    use run::Column as R;
    run::Entity::find().select_only().columns([
        R::Id,
        R::OccurrenceId,
        R::TaskId,
        R::Attempt,
        R::TriggerKind,
        R::RequestedBy,
        R::State,
        R::Reason,
        R::ScheduledFor,
        R::StartedAt,
        R::FinishedAt,
        R::ExitCode,
        R::ExitSignal,
        R::OutputBytes,
        R::OutputDropped,
        R::DueAt,
        R::OriginId,
        R::Note,
        R::Parameters,
        R::Excerpt,
    ])
}

impl Store {
    /// One run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        let rows = runs()
            .filter(run::Column::Id.eq(id.0))
            .into_model::<RunRow>()
            .all(&self.reader)
            .await?;
        Ok(self.with_names(rows).await?.pop())
    }

    /// All attempts at the occurrence of a run, or at its manual start, first attempt first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempts(&self, of: &Run) -> Result<Vec<Run>, StoreError> {
        let same = match of.occurrence_id {
            Some(id) => Condition::any().add(run::Column::OccurrenceId.eq(id.0)),
            None => {
                let first = of.origin_id.unwrap_or(of.id);
                Condition::any()
                    .add(run::Column::Id.eq(first.0))
                    .add(run::Column::OriginId.eq(first.0))
            }
        };
        let mut rows = runs()
            .filter(same)
            .into_model::<RunRow>()
            .all(&self.reader)
            .await?;
        // A handful, from two indexes neither of which has this order.
        rows.sort_by_key(|row| row.attempt);
        self.with_names(rows).await
    }

    /// The runs of a task that were made before and after one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn runs_beside(&self, of: &Run) -> Result<RunsBeside, StoreError> {
        use run::Column as R;
        let one = async |query: Select<run::Entity>| {
            let mut query = query.select_only().column(R::Id);
            QueryTrait::query(&mut query).force_index(RUNS_OF_TASK, IndexHintScope::All);
            let id: Option<i64> = query.limit(1).into_tuple().one(&self.reader).await?;
            Ok::<_, StoreError>(id.map(RunId))
        };
        let of_task = run::Entity::find().filter(R::TaskId.eq(of.task_id.0));
        let older = of_task.clone().filter(R::Id.lt(of.id.0));
        let newer = of_task.filter(R::Id.gt(of.id.0));
        Ok(RunsBeside {
            previous: one(older.order_by_desc(R::Id)).await?,
            next: one(newer.order_by_asc(R::Id)).await?,
        })
    }

    /// Runs of a task with ids below `before`, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_runs(
        &self,
        task: TaskId,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Run>, StoreError> {
        let mut query = runs().filter(run::Column::TaskId.eq(task.0));
        if let Some(before) = before {
            query = query.filter(run::Column::Id.lt(before));
        }
        let rows = query
            .order_by_desc(run::Column::Id)
            .limit(limit)
            .into_model::<RunRow>()
            .all(&self.reader)
            .await?;
        self.with_names(rows).await
    }

    /// Firings of a task that ended without a run by now, due before `before` and not before `since`, newest first.
    /// Without `since` all of the task's firings may be read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_unruns(
        &self,
        task: TaskId,
        before: Option<DateTime<Utc>>,
        since: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<Unrun>, StoreError> {
        use occurrence::Column as O;
        let mut query = occurrence::Entity::find()
            .filter(O::TaskId.eq(task.0))
            // One that a rule will skip is planned some seconds ahead.
            .filter(O::ScheduledFor.lte(now))
            .filter(is_one_of(O::State, &OccurrenceState::NOT_RUN));
        if let Some(before) = before {
            query = query.filter(O::DueAt.lt(before));
        }
        if let Some(since) = since {
            query = query.filter(O::DueAt.gte(since));
        }
        // MySQL would prefer to read the firings of all tasks in these states, and sort them.
        QueryTrait::query(&mut query).force_index(BY_TASK, IndexHintScope::All);
        let rows = listed(&self.reader, query.order_by_desc(O::DueAt), now, limit).await?;
        Ok(rows
            .into_iter()
            .map(|row| Unrun {
                id: OccurrenceId(row.id),
                task_id: task,
                scheduled_for: Stamp(row.scheduled_for),
                state: match row.state.0 {
                    OccurrenceState::Missed => UnrunState::Missed,
                    OccurrenceState::Planned
                    | OccurrenceState::Run(_)
                    | OccurrenceState::Skipped => UnrunState::Skipped,
                },
                reason: row.reason.unwrap_or_default(),
                count: row.firings,
                since: row.since.filter(|_| row.firings > 1).map(Stamp),
            })
            .collect())
    }

    /// Active runs, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn running(&self, limit: u64) -> Result<Vec<Run>, StoreError> {
        let rows = runs()
            .filter(run::Column::State.eq(Code(RunState::Running)))
            .order_by_asc(run::Column::StartedAt)
            .order_by_asc(run::Column::Id)
            .limit(limit)
            .into_model::<RunRow>()
            .all(&self.reader)
            .await?;
        self.with_names(rows).await
    }

    /// Bad runs since an instant that no later run of their task has followed, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn failing(
        &self,
        since: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Run>, StoreError> {
        let mut bad: Vec<(i64, i64)> = Vec::new();
        for state in RunState::ALL.iter().filter(|state| state.is_bad()) {
            bad.extend(
                run::Entity::find()
                    .select_only()
                    .columns([run::Column::Id, run::Column::TaskId])
                    .filter(run::Column::State.eq(Code(*state)))
                    .filter(run::Column::StartedAt.gte(since))
                    .order_by_desc(run::Column::StartedAt)
                    .limit(BAD_MAX)
                    .into_tuple::<(i64, i64)>()
                    .all(&self.reader)
                    .await?,
            );
        }
        bad.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
        // The newest bad run of a task counts if nothing newer has ended.
        let mut seen = std::collections::HashSet::new();
        bad.retain(|(_, task)| seen.insert(*task));
        let mut last_words: Vec<i64> = Vec::new();
        for chunk in bad.chunks(BAD_AT_ONCE) {
            if last_words.len() >= limit {
                break;
            }
            let mut found = self.last_words(chunk).await?;
            found.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
            last_words.extend(found);
        }
        last_words.truncate(limit);
        if last_words.is_empty() {
            return Ok(Vec::new());
        }
        let mut rows = runs()
            .filter(run::Column::Id.is_in(last_words))
            .into_model::<RunRow>()
            .all(&self.reader)
            .await?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.id));
        self.with_names(rows).await
    }

    /// Those of these runs after which no run of their task has ended.
    async fn last_words(&self, of: &[(i64, i64)]) -> Result<Vec<i64>, StoreError> {
        use run::Column as R;
        // The task's last run that has ended, backwards along the task's own index. A query for any newer one makes
        // MariaDB read the task's history from its beginning.
        // It is named, or MariaDB takes the index of the task's states, and sorts.
        let last = Query::select()
            .column((NEWER, R::Id))
            .from_as(run::Entity, NEWER)
            .and_where(Expr::col((NEWER, R::TaskId)).equals((run::Entity, R::TaskId)))
            .and_where(Expr::col((NEWER, R::State)).is_not_in(RunState::OPEN.map(Code)))
            .order_by((NEWER, R::Id), Order::Desc)
            .limit(1)
            .force_index(RUNS_OF_TASK, IndexHintScope::All)
            .to_owned();
        let last = Expr::SubQuery(None, Box::new(last.into()));
        Ok(run::Entity::find()
            .select_only()
            .column(R::Id)
            .filter(R::Id.is_in(of.iter().map(|(id, _)| *id)))
            .filter(Expr::col((run::Entity, R::Id)).eq(last))
            .into_tuple()
            .all(&self.reader)
            .await?)
    }

    /// The stored output of a run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_output(&self, id: RunId) -> Result<Option<StoredOutput>, StoreError> {
        use run::Column as R;
        let row: Option<(i64, i64, Option<Vec<u8>>, Option<String>)> = run::Entity::find()
            .select_only()
            .columns([
                R::OutputBytes,
                R::OutputDropped,
                R::OutputTail,
                R::OutputObject,
            ])
            .filter(R::Id.eq(id.0))
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(row.map(|(bytes, dropped, tail, object)| StoredOutput {
            bytes,
            dropped,
            tail: tail.unwrap_or_default(),
            object,
            excerpt: None,
        }))
    }

    async fn with_names(&self, rows: Vec<RunRow>) -> Result<Vec<Run>, StoreError> {
        let mut ids: Vec<i64> = rows.iter().map(|row| row.task_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let names: std::collections::HashMap<i64, String> = task::Entity::find()
            .select_only()
            .columns([task::Column::Id, task::Column::Name])
            .filter(task::Column::Id.is_in(ids))
            .into_tuple::<(i64, String)>()
            .all(&self.reader)
            .await?
            .into_iter()
            .collect();
        rows.into_iter()
            .map(|row| {
                let name = names.get(&row.task_id).cloned().unwrap_or_default();
                row.into_run(name)
            })
            .collect()
    }
}
