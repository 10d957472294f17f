//! Reads the ledger: planned firings and explanations.

use std::collections::HashMap;

use app::id::{OccurrenceId, RunId, ScheduleId, TaskId};
use app::occurrence::OccurrenceState;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::code::Code;
use super::entity::{audit, occurrence, run, schedule};
use super::ledger::listed;
use super::{Store, StoreError};

/// Rows read on each side of an instant, by when they were due.
const AROUND: u64 = 50;
/// Rows of a schedule before an instant that are searched for one that covers many.
const BEHIND: u64 = 20;

/// A row of the ledger, with its run.
#[derive(Clone, Debug)]
pub struct StoredOccurrence {
    /// Its id.
    pub id: OccurrenceId,
    /// The schedule that named it.
    pub schedule_id: ScheduleId,
    /// The instant it named; the last one if the row covers several.
    pub scheduled_for: DateTime<Utc>,
    /// When it was to start before jitter or a blackout postponed it.
    pub base_at: DateTime<Utc>,
    /// When it was to start.
    pub due_at: DateTime<Utc>,
    /// Its state.
    pub state: OccurrenceState,
    /// Why, as a stable code.
    pub reason: Option<String>,
    /// How many firings it covers.
    pub firings: i64,
    /// The first of them.
    pub since: Option<DateTime<Utc>>,
    /// Its last attempt.
    pub run_id: Option<RunId>,
}

impl StoredOccurrence {
    /// Whether the row covers a firing that was named for a time between two instants.
    #[must_use]
    pub fn covers(&self, at: DateTime<Utc>, until: DateTime<Utc>) -> bool {
        let first = self
            .since
            .filter(|_| self.firings > 1)
            .unwrap_or(self.scheduled_for);
        first <= until && at <= self.scheduled_for
    }
}

impl Store {
    /// Rows of a task in a state, or in any, older than the cursor, newest first. Firings that a rule will skip are
    /// history when their time has come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_occurrences(
        &self,
        task: TaskId,
        state: Option<OccurrenceState>,
        before: Option<(DateTime<Utc>, i64)>,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<StoredOccurrence>, StoreError> {
        use occurrence::Column as O;
        let skipped = Code(OccurrenceState::Skipped);
        let is_past = O::ScheduledFor.lte(now);
        let mut query = occurrence::Entity::find().filter(O::TaskId.eq(task.0));
        query = match state {
            None => query.filter(O::State.ne(skipped).or(is_past)),
            Some(OccurrenceState::Skipped) => query.filter(O::State.eq(skipped)).filter(is_past),
            Some(state) => query.filter(O::State.eq(Code(state))),
        };
        if let Some((at, id)) = before {
            query = query.filter(
                Condition::any()
                    .add(O::DueAt.lt(at))
                    .add(O::DueAt.eq(at).and(O::Id.lt(id))),
            );
        }
        let query = query.order_by_desc(O::DueAt).order_by_desc(O::Id);
        let rows = listed(&self.reader, query, now, limit).await?;
        self.with_runs(rows).await
    }

    /// Rows of a task that may cover a time, in no order: those named for it, those due in it, and the first rows of
    /// each schedule after its start, one of which may cover many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn occurrences_about(
        &self,
        task: TaskId,
        at: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<StoredOccurrence>, StoreError> {
        use occurrence::Column as O;
        // The ids of schedules that have been removed since are in the nearby rows.
        let mut schedules: Vec<i64> = schedule::Entity::find()
            .select_only()
            .column(schedule::Column::Id)
            .filter(schedule::Column::TaskId.eq(task.0))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let of_task = || occurrence::Entity::find().filter(O::TaskId.eq(task.0));
        let mut rows = of_task()
            .filter(O::DueAt.gte(at))
            .order_by_asc(O::DueAt)
            .limit(AROUND)
            .all(&self.reader)
            .await?;
        rows.extend(
            of_task()
                .filter(O::DueAt.lt(at))
                .order_by_desc(O::DueAt)
                .limit(AROUND)
                .all(&self.reader)
                .await?,
        );
        schedules.extend(rows.iter().map(|row| row.schedule_id));
        schedules.sort_unstable();
        schedules.dedup();
        for schedule in schedules {
            // A moved or postponed row is due far from the instant that it is named for.
            let named = occurrence::Entity::find()
                .filter(O::ScheduleId.eq(schedule))
                .filter(O::ScheduledFor.gte(at))
                .order_by_asc(O::ScheduledFor)
                .limit(BEHIND)
                .all(&self.reader)
                .await?;
            rows.extend(named.into_iter().filter(|row| {
                row.task_id == task.0
                    && (row.scheduled_for <= until || row.since.is_some_and(|since| since <= until))
            }));
        }
        rows.sort_unstable_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        self.with_runs(rows).await
    }

    /// The next firing of each of these tasks that is planned and not due yet. What jitter or a blackout postpones is
    /// only here: its instant has passed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn planned_next(
        &self,
        tasks: &[TaskId],
        now: DateTime<Utc>,
    ) -> Result<HashMap<TaskId, DateTime<Utc>>, StoreError> {
        use occurrence::Column as O;
        let mut next = HashMap::new();
        for chunk in tasks.chunks(500) {
            let rows: Vec<(i64, DateTime<Utc>)> = occurrence::Entity::find()
                .select_only()
                .columns([O::TaskId, O::DueAt])
                .filter(O::State.eq(Code(OccurrenceState::Planned)))
                .filter(O::DueAt.gt(now))
                .filter(O::TaskId.is_in(chunk.iter().map(|id| id.0)))
                .into_tuple()
                .all(&self.reader)
                .await?;
            // Few rows: firings of seconds, and postponed ones. Grouping them in the database would need a sort.
            for (id, at) in rows {
                let soonest = next.entry(TaskId(id)).or_insert(at);
                *soonest = Ord::min(*soonest, at);
            }
        }
        Ok(next)
    }

    /// Firings of a task whose instant has passed and which start later, soonest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_off_occurrences(
        &self,
        task: TaskId,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<StoredOccurrence>, StoreError> {
        use occurrence::Column as O;
        let rows = occurrence::Entity::find()
            .filter(O::TaskId.eq(task.0))
            .filter(O::State.eq(Code(OccurrenceState::Planned)))
            .filter(O::BaseAt.lte(now))
            .filter(O::DueAt.gt(now))
            .order_by_asc(O::DueAt)
            .order_by_asc(O::Id)
            .limit(limit)
            .all(&self.reader)
            .await?;
        self.with_runs(rows).await
    }

    /// The last act of a person on a task, at or before an instant, that decides whether it fires: what, when, by
    /// whom.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_control(
        &self,
        task: TaskId,
        at: DateTime<Utc>,
    ) -> Result<Option<(String, DateTime<Utc>, String)>, StoreError> {
        let row = audit::Entity::find()
            .filter(audit::Column::ObjectId.eq(task.0))
            .filter(audit::Column::Action.is_in([
                "task.create",
                "task.pause",
                "task.close",
                "task.restore",
                "task.resume",
            ]))
            .filter(audit::Column::At.lte(at))
            .order_by_desc(audit::Column::At)
            .order_by_desc(audit::Column::Id)
            .limit(1)
            .one(&self.reader)
            .await?;
        Ok(row.map(|row| (row.action, row.at, row.who)))
    }

    /// The last time an action was recorded since an instant, with its detail.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_noted(
        &self,
        action: &str,
        since: DateTime<Utc>,
    ) -> Result<Option<(DateTime<Utc>, String)>, StoreError> {
        let mut newest = audit::Entity::find()
            .filter(audit::Column::Action.eq(action))
            .order_by_desc(audit::Column::Id)
            .limit(1);
        QueryTrait::query(&mut newest).force_index("ix_audit_action_id", IndexHintScope::All);
        let row = newest.one(&self.reader).await?;
        let row = row.filter(|row| row.at >= since);
        Ok(row.map(|row| (row.at, row.detail)))
    }

    async fn with_runs(
        &self,
        rows: Vec<occurrence::Model>,
    ) -> Result<Vec<StoredOccurrence>, StoreError> {
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut runs: HashMap<i64, i64> = HashMap::new();
        for chunk in ids.chunks(500) {
            let mut found: Vec<(i32, Option<i64>, i64)> = run::Entity::find()
                .select_only()
                .columns([
                    run::Column::Attempt,
                    run::Column::OccurrenceId,
                    run::Column::Id,
                ])
                .filter(run::Column::OccurrenceId.is_in(chunk.iter().copied()))
                .into_tuple()
                .all(&self.reader)
                .await?;
            // The last attempt stays.
            found.sort_unstable();
            runs.extend(found.into_iter().filter_map(|(_, of, id)| Some((of?, id))));
        }
        Ok(rows
            .into_iter()
            .map(|row| StoredOccurrence {
                id: OccurrenceId(row.id),
                schedule_id: ScheduleId(row.schedule_id),
                scheduled_for: row.scheduled_for,
                base_at: row.base_at.unwrap_or(row.due_at),
                due_at: row.due_at,
                state: row.state.0,
                reason: row.reason,
                firings: row.firings,
                since: row.since,
                run_id: runs.get(&row.id).copied().map(RunId),
            })
            .collect())
    }
}
