//! Which runs of a task are no longer kept.

use std::collections::BTreeSet;

use app::id::TaskId;
use app::occurrence::OccurrenceState;
use app::run::RunState;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use super::super::code::{Code, is_one_of};
use super::super::entity::{occurrence, run, ticket};
use super::super::{Store, StoreError};
use super::ENDED;

/// The index of a task's runs by number.
const BY_ID: &str = "ix_run_task_id_id";
/// The index of a task's runs by state and time.
const BY_STATE: &str = "ix_run_task_id_state_started_at";
/// The index of a task's firings by the time they were due.
const BY_DUE: &str = "ix_occurrence_task_id_due_at";

/// Runs of one statement that adds up their output.
const ADDED_UP: u64 = 1_000;

/// What is kept of a task's runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KeepLimits {
    /// Runs that ended earlier are not.
    pub since: Option<DateTime<Utc>>,
    /// So many of the newest are.
    pub runs: Option<u64>,
    /// The newest with so much output together are.
    pub bytes: Option<i64>,
}

/// Runs that are no longer kept, and firings without a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExpiredRows {
    /// Some runs, the oldest first; none when there are no more.
    pub runs: Vec<i64>,
    /// Firings that were due before this and ended without a run are not kept either.
    pub unruns_before: Option<DateTime<Utc>>,
}

/// A statement that follows one index. MySQL may prefer another one, and a sort; SQLite takes it by itself, and knows no
/// such hint.
fn along<E: EntityTrait>(index: &'static str) -> Select<E> {
    let mut query = E::find().select_only();
    QueryTrait::query(&mut query).force_index(index, IndexHintScope::All);
    query
}

impl Store {
    /// The oldest runs of a task that are no longer kept, at most `limit`. Never among them: its newest run, its last
    /// success, its last failure, runs that have not ended with the earlier attempts at the same start, and runs with
    /// an open ticket.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn old_runs(
        &self,
        task: TaskId,
        kept: KeepLimits,
        limit: u64,
    ) -> Result<ExpiredRows, StoreError> {
        let mut old = ExpiredRows {
            unruns_before: kept.since,
            ..ExpiredRows::default()
        };
        let mut upto = None;
        if let Some(runs) = kept.runs {
            upto = self.beyond(task, runs).await?;
        }
        if let Some(bytes) = kept.bytes {
            upto = Ord::max(upto, self.beyond_bytes(task, bytes).await?);
        }
        if let Some((_, at)) = upto {
            old.unruns_before = Ord::max(old.unruns_before, Some(at));
        }
        if upto.is_none() && kept.since.is_none() {
            return Ok(old);
        }
        let spared = self.spared(task).await?;
        let want = limit + spared.len() as u64;
        let mut found = BTreeSet::new();
        if let Some((id, _)) = upto {
            found.extend(self.runs_up_to(task, id, want).await?);
        }
        if let Some(since) = kept.since {
            for state in ENDED {
                found.extend(self.ended_before(task, state, since, want).await?);
            }
        }
        old.runs = found
            .into_iter()
            .filter(|id| !spared.contains(id))
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect();
        Ok(old)
    }

    /// The newest run of a task that is beyond this number, and when it started.
    async fn beyond(
        &self,
        task: TaskId,
        runs: u64,
    ) -> Result<Option<(i64, DateTime<Utc>)>, StoreError> {
        use run::Column as R;
        let id: Option<i64> = along::<run::Entity>(BY_ID)
            .column(R::Id)
            .filter(R::TaskId.eq(task.0))
            .order_by_desc(R::Id)
            .offset(runs)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await?;
        match id {
            Some(id) => self.started(id).await,
            None => Ok(None),
        }
    }

    async fn started(&self, id: i64) -> Result<Option<(i64, DateTime<Utc>)>, StoreError> {
        Ok(run::Entity::find_by_id(id)
            .select_only()
            .columns([run::Column::Id, run::Column::StartedAt])
            .into_tuple()
            .one(&self.reader)
            .await?)
    }

    /// The newest run of a task whose output, with that of all newer ones, is more than this.
    async fn beyond_bytes(
        &self,
        task: TaskId,
        bytes: i64,
    ) -> Result<Option<(i64, DateTime<Utc>)>, StoreError> {
        use run::Column as R;
        let (mut sum, mut before) = (0_i64, i64::MAX);
        loop {
            let rows: Vec<(i64, i64, i64, DateTime<Utc>)> = along::<run::Entity>(BY_ID)
                .columns([R::Id, R::OutputBytes, R::OutputDropped, R::StartedAt])
                .filter(R::TaskId.eq(task.0))
                .filter(R::Id.lt(before))
                .order_by_desc(R::Id)
                .limit(ADDED_UP)
                .into_tuple()
                .all(&self.reader)
                .await?;
            for (id, written, dropped, at) in &rows {
                sum = sum.saturating_add(Ord::max(written.saturating_sub(*dropped), 0));
                if sum > bytes {
                    return Ok(Some((*id, *at)));
                }
            }
            match rows.last() {
                Some((id, ..)) => before = *id,
                None => return Ok(None),
            }
        }
    }

    async fn runs_up_to(&self, task: TaskId, id: i64, limit: u64) -> Result<Vec<i64>, StoreError> {
        use run::Column as R;
        let state = Func::coalesce([Expr::col(R::State), Expr::value("")]);
        Ok(along::<run::Entity>(BY_ID)
            .column(R::Id)
            .filter(R::TaskId.eq(task.0))
            .filter(R::Id.lte(id))
            // Compared, not looked up: these are the rows in the order of the key.
            .filter(Expr::expr(state).is_in(ENDED.map(RunState::as_str)))
            .order_by_asc(R::Id)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?)
    }

    async fn ended_before(
        &self,
        task: TaskId,
        state: RunState,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<i64>, StoreError> {
        use run::Column as R;
        let ended = Func::coalesce([Expr::col(R::FinishedAt), Expr::col(R::StartedAt)]);
        Ok(along::<run::Entity>(BY_STATE)
            .column(R::Id)
            .filter(R::TaskId.eq(task.0))
            .filter(R::State.eq(Code(state)))
            .filter(R::StartedAt.lt(before))
            // A long run may have started before, and ended after.
            .filter(Expr::expr(ended).lt(before))
            .order_by_asc(R::StartedAt)
            .order_by_asc(R::Id)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?)
    }

    /// The runs of a task that stay whatever their age.
    async fn spared(&self, task: TaskId) -> Result<BTreeSet<i64>, StoreError> {
        use run::Column as R;
        let mut newest: Vec<(RunState, DateTime<Utc>, i64)> = Vec::new();
        for state in ENDED {
            let last: Option<(DateTime<Utc>, i64)> = along::<run::Entity>(BY_STATE)
                .columns([R::StartedAt, R::Id])
                .filter(R::TaskId.eq(task.0))
                .filter(R::State.eq(Code(state)))
                .order_by_desc(R::StartedAt)
                .order_by_desc(R::Id)
                .limit(1)
                .into_tuple()
                .one(&self.reader)
                .await?;
            newest.extend(last.map(|(at, id)| (state, at, id)));
        }
        let last = |fits: fn(RunState) -> bool| {
            let fitting = newest.iter().filter(|(state, ..)| fits(*state));
            fitting
                .max_by_key(|(_, at, id)| (*at, *id))
                .map(|(.., id)| *id)
        };
        let mut spared: BTreeSet<i64> = [
            last(|state| state == RunState::Succeeded),
            last(RunState::is_bad),
            last(|_| true),
        ]
        .into_iter()
        .flatten()
        .collect();
        spared.extend(self.attempts_under_way(task).await?);
        let ticketed: Vec<Option<i64>> = ticket::Entity::find()
            .select_only()
            .column(ticket::Column::RunId)
            .filter(ticket::Column::TaskId.eq(task.0))
            .filter(ticket::Column::OpenKey.is_not_null())
            .into_tuple()
            .all(&self.reader)
            .await?;
        spared.extend(ticketed.into_iter().flatten());
        Ok(spared)
    }

    /// All attempts at starts of which one has not ended.
    async fn attempts_under_way(&self, task: TaskId) -> Result<Vec<i64>, StoreError> {
        use run::Column as R;
        let open: Vec<(i64, Option<i64>, Option<i64>)> = along::<run::Entity>(BY_STATE)
            .columns([R::Id, R::OccurrenceId, R::OriginId])
            .filter(R::TaskId.eq(task.0))
            .filter(is_one_of(R::State, &RunState::OPEN))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut found: Vec<i64> = open.iter().map(|(id, ..)| *id).collect();
        found.extend(open.iter().filter_map(|(.., origin)| *origin));
        let firings: Vec<i64> = open.iter().filter_map(|(_, firing, _)| *firing).collect();
        let origins: Vec<i64> = open.iter().filter_map(|(.., origin)| *origin).collect();
        for (column, ids) in [(R::OccurrenceId, firings), (R::OriginId, origins)] {
            if ids.is_empty() {
                continue;
            }
            let same: Vec<i64> = run::Entity::find()
                .select_only()
                .column(R::Id)
                .filter(column.is_in(ids))
                .into_tuple()
                .all(&self.reader)
                .await?;
            found.extend(same);
        }
        Ok(found)
    }

    /// Firings of a task that ended without a run and were due before an instant, the oldest first.
    pub(super) async fn old_unruns(
        &self,
        task: TaskId,
        before: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<i64>, StoreError> {
        use occurrence::Column as O;
        let state = Func::coalesce([Expr::col(O::State), Expr::value("")]);
        let words = OccurrenceState::NOT_RUN.map(OccurrenceState::as_str);
        Ok(along::<occurrence::Entity>(BY_DUE)
            .column(O::Id)
            .filter(O::TaskId.eq(task.0))
            .filter(O::DueAt.lt(before))
            .filter(Expr::expr(state).is_in(words))
            .order_by_asc(O::DueAt)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?)
    }
}
