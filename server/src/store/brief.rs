//! What the brief of a failed run reads: its streak, the runs before it, what was changed meanwhile,
//! and which other tasks failed. Nothing here walks through a history: each statement stops at a
//! number of rows or at two instants that are near each other.

use std::collections::HashMap;

use app::id::{RunId, SecretId, TaskId};
use app::run::RunState;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::audit::TaskChange;
use super::code::{Code, is_one_of};
use super::entity::{audit, node, run, secret_grant};
use super::{Store, StoreError};

/// Runs before a streak that are read.
const BEFORE_MAX: u64 = 50;
/// Entries of the audit log that are searched for secrets that a task no longer gets.
const LOG_MAX: i64 = 500;
/// Bad runs of a state that are read of some minutes.
const NEAR_MAX: u64 = 1_000;
/// A run that failed in some minutes may have started so long before.
const NEAR_STARTED: TimeDelta = TimeDelta::hours(1);

/// The index of runs by how they stand and when they started.
const BY_STATE: &str = "ix_run_state_started_at";
/// The index of the audit log by what was changed.
const BY_OBJECT: &str = "ix_audit_object_id_at";

/// A run, as its brief needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BriefRun {
    /// Its id.
    pub id: RunId,
    /// How it stands.
    pub state: RunState,
    /// When it was claimed.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Bytes that it wrote.
    pub output_bytes: i64,
    /// Where it ran.
    pub node: String,
    /// Bad runs in a row up to it; 0 where they were not counted.
    pub streak: i64,
    /// When the first of them started.
    pub streak_since: Option<DateTime<Utc>>,
}

impl BriefRun {
    /// How long it took, in milliseconds.
    #[must_use]
    pub fn millis(&self) -> Option<i64> {
        let took = self.finished_at? - self.started_at;
        Some(took.num_milliseconds().max(0))
    }
}

/// Where a run ran.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeVersion {
    /// The machine.
    pub hostname: String,
    /// The server's version.
    pub version: String,
}

/// Another task that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FailedNear {
    /// The task.
    pub task: TaskId,
    /// Its run.
    pub run: RunId,
    /// When that ended.
    pub at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    state: Code<RunState>,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    output_bytes: i64,
    node_id: String,
    streak: Option<i64>,
    streak_since: Option<DateTime<Utc>>,
}

impl From<Row> for BriefRun {
    fn from(row: Row) -> Self {
        Self {
            id: RunId(row.id),
            state: row.state.0,
            started_at: row.started_at,
            finished_at: row.finished_at,
            output_bytes: row.output_bytes,
            node: row.node_id,
            streak: row.streak.unwrap_or(0),
            streak_since: row.streak_since,
        }
    }
}

fn runs() -> sea_orm::Select<run::Entity> {
    use run::Column as R;
    run::Entity::find().select_only().columns([
        R::Id,
        R::State,
        R::StartedAt,
        R::FinishedAt,
        R::OutputBytes,
        R::NodeId,
        R::Streak,
        R::StreakSince,
    ])
}

fn change(row: audit::Model) -> TaskChange {
    TaskChange {
        who: row.who,
        action: row.action,
        detail: row.detail,
        at: row.at,
    }
}

impl Store {
    /// One run with its streak.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn brief_run(&self, id: RunId) -> Result<Option<BriefRun>, StoreError> {
        let row = runs()
            .filter(run::Column::Id.eq(id.0))
            .into_model::<Row>()
            .one(&self.reader)
            .await?;
        Ok(row.map(BriefRun::from))
    }

    /// The run of a task that began a streak of bad ones at this instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_of_streak(
        &self,
        task: TaskId,
        since: DateTime<Utc>,
    ) -> Result<Option<RunId>, StoreError> {
        use run::Column as R;
        let mut first = None;
        for state in RunState::BAD {
            let mut query = run::Entity::find()
                .select_only()
                .column(R::Id)
                .filter(is_one_of(R::State, &[state]))
                .filter(R::StartedAt.eq(since))
                .filter(R::TaskId.eq(task.0));
            // All that started at an instant are few; a task's runs may be many.
            QueryTrait::query(&mut query).force_index(BY_STATE, IndexHintScope::All);
            let ids: Vec<i64> = query.into_tuple().all(&self.reader).await?;
            first = first.into_iter().chain(ids).min();
        }
        Ok(first.map(RunId))
    }

    /// Runs of a task with smaller ids than one, newest first; at most fifty, and whether there
    /// are more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn runs_before(
        &self,
        task: TaskId,
        id: RunId,
    ) -> Result<(Vec<BriefRun>, bool), StoreError> {
        let rows = runs()
            .filter(run::Column::TaskId.eq(task.0))
            .filter(run::Column::Id.lt(id.0))
            .order_by_desc(run::Column::Id)
            .limit(BEFORE_MAX + 1)
            .into_model::<Row>()
            .all(&self.reader)
            .await?;
        let more = rows.len() as u64 > BEFORE_MAX;
        let kept = rows.into_iter().take(BEFORE_MAX as usize);
        Ok((kept.map(BriefRun::from).collect(), more))
    }

    /// Edits of a task after an instant and up to another one, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edits_between(
        &self,
        task: TaskId,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<TaskChange>, StoreError> {
        let rows = changes_of(task.0, after, until)
            .filter(audit::Column::Action.eq("task.update"))
            .limit(limit)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(change).collect())
    }

    /// The last change of a task's definition among its `limit` last entries in the audit log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_edit(
        &self,
        task: TaskId,
        limit: u64,
    ) -> Result<Option<TaskChange>, StoreError> {
        use audit::Column as A;
        let mut query = audit::Entity::find().filter(A::ObjectId.eq(task.0));
        QueryTrait::query(&mut query).force_index(BY_OBJECT, IndexHintScope::All);
        let rows = query
            .order_by_desc(A::At)
            .limit(limit)
            .all(&self.reader)
            .await?;
        // Objects of other kinds may have the same id; the action identifies the kind.
        let edit =
            |row: &audit::Model| matches!(row.action.as_str(), "task.create" | "task.update");
        Ok(rows.into_iter().find(edit).map(change))
    }

    /// Secrets that a task gets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn secret_ids_of(&self, task: TaskId) -> Result<Vec<SecretId>, StoreError> {
        let ids: Vec<i64> = secret_grant::Entity::find()
            .select_only()
            .column(secret_grant::Column::SecretId)
            .filter(secret_grant::Column::TaskId.eq(task.0))
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(ids.into_iter().map(SecretId).collect())
    }

    /// What was done to these secrets after an instant and up to another one, of each the
    /// earliest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn secret_changes_between(
        &self,
        ids: &[SecretId],
        after: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<TaskChange>, StoreError> {
        let mut all = Vec::new();
        // One statement each: the index has the order of one object only.
        for id in ids {
            let rows = changes_of(id.0, after, until)
                .filter(audit::Column::Action.is_in(["secret.create", "secret.update"]))
                .limit(limit)
                .all(&self.reader)
                .await?;
            all.extend(rows.into_iter().map(change));
        }
        Ok(all)
    }

    /// Secrets that were taken from tasks or deleted after an instant and up to another one, the
    /// latest first, of the last entries of the log before the latter: such secrets are not found
    /// by what a task gets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn secrets_taken_between(
        &self,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<TaskChange>, StoreError> {
        use audit::Column as A;
        let last: Option<i64> = audit::Entity::find()
            .select_only()
            .column(A::Id)
            .filter(A::At.lte(until))
            .order_by_desc(A::At)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await?;
        let Some(last) = last else {
            return Ok(Vec::new());
        };
        let rows = audit::Entity::find()
            .filter(A::Id.gt(last - LOG_MAX))
            .filter(A::Id.lte(last))
            .order_by_desc(A::Id)
            .all(&self.reader)
            .await?;
        let taken = rows.into_iter().filter(|row| {
            let action = row.action.as_str();
            row.at > after && row.at <= until && matches!(action, "secret.update" | "secret.delete")
        });
        Ok(taken.map(change).collect())
    }

    /// Machine and version of some server processes, by their ids; without those that are not on
    /// record any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn node_versions(
        &self,
        ids: [&str; 2],
    ) -> Result<HashMap<String, NodeVersion>, StoreError> {
        let rows: Vec<(String, String, String)> = node::Entity::find()
            .select_only()
            .columns([
                node::Column::Id,
                node::Column::Hostname,
                node::Column::Version,
            ])
            .filter(node::Column::Id.is_in(ids))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let found = rows
            .into_iter()
            .map(|(id, hostname, version)| (id, NodeVersion { hostname, version }));
        Ok(found.collect())
    }

    /// Runs of other tasks that ended badly between two instants, the first one of each task, by
    /// the time they ended. Only runs that started in these minutes or in the hour before are found.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn failed_near(
        &self,
        task: TaskId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<FailedNear>, StoreError> {
        use run::Column as R;
        let mut found: Vec<FailedNear> = Vec::new();
        for state in RunState::BAD {
            let mut query = run::Entity::find()
                .select_only()
                .columns([R::TaskId, R::Id, R::FinishedAt])
                .filter(is_one_of(R::State, &[state]))
                .filter(R::StartedAt.gte(from - NEAR_STARTED))
                .filter(R::StartedAt.lte(to))
                .filter(R::FinishedAt.gte(from))
                .filter(R::FinishedAt.lte(to))
                .filter(R::TaskId.ne(task.0))
                .order_by_desc(R::StartedAt)
                .limit(NEAR_MAX);
            QueryTrait::query(&mut query).force_index(BY_STATE, IndexHintScope::All);
            let rows: Vec<(i64, i64, DateTime<Utc>)> = query.into_tuple().all(&self.reader).await?;
            found.extend(rows.into_iter().map(|(task, run, at)| FailedNear {
                task: TaskId(task),
                run: RunId(run),
                at,
            }));
        }
        found.sort_unstable_by_key(|failed| (failed.at, failed.run.0));
        let mut seen = std::collections::HashSet::new();
        found.retain(|failed| seen.insert(failed.task));
        Ok(found)
    }
}

/// Entries of the audit log about one object, the earliest first.
fn changes_of(
    id: i64,
    after: DateTime<Utc>,
    until: DateTime<Utc>,
) -> sea_orm::Select<audit::Entity> {
    use audit::Column as A;
    let mut query = audit::Entity::find()
        .filter(A::ObjectId.eq(id))
        .filter(A::At.gt(after))
        .filter(A::At.lte(until))
        .order_by_asc(A::At);
    QueryTrait::query(&mut query).force_index(BY_OBJECT, IndexHintScope::All);
    query
}
