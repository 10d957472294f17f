//! What the end of runs brings with it, in the transaction that writes it: which failure in a row it was, that a task
//! has recovered, and the pause of a task that keeps failing.

use std::borrow::Cow;
use std::collections::HashMap;

use app::id::{RunId, TaskId};
use app::message::Event;
use app::run::RunState;
use app::task::TaskState;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::code::{Code, is_one_of};
use super::super::entity::{run, task};
use super::super::ledger::lock_cluster;
use super::super::messages::Notice;
use super::super::rules::Wanted;
use super::super::tasks::pause_failing;
use super::super::{StoreError, Tx};
use super::Outcome;
use crate::facts::{Facts, Failures, TaskEvent};

/// Ids of one statement.
const CHUNK: usize = 500;
/// Alias of the run that ended before another one.
const BEFORE: &str = "before";

/// What the end of some runs brings with it.
#[derive(Debug, Default)]
pub(super) struct Aftermath {
    /// What they give notice of.
    pub(super) notices: Vec<Notice>,
    /// Tasks that they have paused.
    pub(super) paused: Vec<Notice>,
}

/// A run that ended badly for good.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Failed {
    pub(in super::super) task: TaskId,
    pub(in super::super) run: RunId,
    pub(in super::super) at: DateTime<Utc>,
}

/// The run, if it ended badly and is not repeated.
fn failed(outcome: &Outcome) -> Option<Failed> {
    (outcome.state.is_bad() && outcome.retry_at.is_none()).then_some(Failed {
        task: outcome.task_id,
        run: outcome.run_id,
        at: outcome.finished_at,
    })
}

/// The tasks that pause after some failures, of those that fail now. If there are any, takes the lock that every change
/// of a task takes first, before the rows of runs are locked.
pub(super) async fn prepare(
    tx: &Tx,
    outcomes: &[Cow<'_, Outcome>],
) -> Result<Vec<TaskId>, StoreError> {
    let failing: Vec<TaskId> = outcomes
        .iter()
        .filter_map(|outcome| failed(outcome))
        .map(|failed| failed.task)
        .collect();
    let pausing = pausing(tx, &failing).await?;
    if !pausing.is_empty() {
        lock_cluster(tx).await?;
    }
    Ok(pausing)
}

/// Those of some tasks that are active and pause after some failures.
async fn pausing(tx: &Tx, tasks: &[TaskId]) -> Result<Vec<TaskId>, StoreError> {
    let mut found = Vec::new();
    for chunk in tasks.chunks(CHUNK) {
        let ids: Vec<i64> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .filter(task::Column::Id.is_in(chunk.iter().map(|id| id.0)))
            .filter(task::Column::PauseAfterFailures.is_not_null())
            .filter(task::Column::State.eq(Code(TaskState::Active)))
            .into_tuple()
            .all(tx)
            .await?;
        found.extend(ids.into_iter().map(TaskId));
    }
    Ok(found)
}

/// What runs that have just ended give notice of, completed by what only the database knows, and the pauses that they
/// cause. `pausing` is from [`prepare`].
pub(super) async fn follow(
    tx: &Tx,
    wanted: Wanted,
    ended: &[&Outcome],
    pausing: &[TaskId],
) -> Result<Aftermath, StoreError> {
    let mut bad: Vec<RunId> = Vec::new();
    let mut well: Vec<RunId> = Vec::new();
    for outcome in ended {
        let may_go = outcome.notices.iter().any(|notice| wanted.may_go(notice));
        if outcome.state.is_bad() && (may_go || pausing.contains(&outcome.task_id)) {
            bad.push(outcome.run_id);
        } else if outcome.notices.iter().any(is_recovery) && may_go {
            well.push(outcome.run_id);
        }
    }
    let failures = failures_of(tx, &bad).await?;
    let recovered = failures_before(tx, &well).await?;
    let mut after = Aftermath::default();
    for outcome in ended {
        for notice in &outcome.notices {
            let mut notice = notice.clone();
            if is_recovery(&notice) {
                let Some(failures) = recovered.get(&outcome.run_id) else {
                    continue;
                };
                if let Facts::Task { event, .. } = &mut notice.facts {
                    *event = TaskEvent::Recovered(*failures);
                }
            } else if let Some(failures) = failures.get(&outcome.run_id) {
                notice.facts.set_failures(*failures);
            }
            after.notices.push(notice);
        }
    }
    for failed in ended.iter().filter_map(|outcome| failed(outcome)) {
        if pausing.contains(&failed.task)
            && let Some(failures) = failures.get(&failed.run)
        {
            after.paused.extend(pause(tx, failed, *failures).await?);
        }
    }
    Ok(after)
}

/// The pause that a failure causes which was written elsewhere.
pub(in super::super) async fn after_failure(
    tx: &Tx,
    failed: Failed,
) -> Result<Option<Notice>, StoreError> {
    if pausing(tx, &[failed.task]).await?.is_empty() {
        return Ok(None);
    }
    lock_cluster(tx).await?;
    match failures_of(tx, &[failed.run]).await?.get(&failed.run) {
        Some(failures) => pause(tx, failed, *failures).await,
        None => Ok(None),
    }
}

fn is_recovery(notice: &Notice) -> bool {
    notice.event == Event::Recovered
}

/// The failures in a row that runs are the last of.
async fn failures_of(tx: &Tx, runs: &[RunId]) -> Result<HashMap<RunId, Failures>, StoreError> {
    use run::Column as R;
    let mut found = HashMap::new();
    for chunk in runs.chunks(CHUNK) {
        let rows: Vec<(i64, Option<i64>, Option<DateTime<Utc>>)> = run::Entity::find()
            .select_only()
            .columns([R::Id, R::Streak, R::StreakSince])
            .filter(R::Id.is_in(chunk.iter().map(|id| id.0)))
            .into_tuple()
            .all(tx)
            .await?;
        found.extend(rows.into_iter().filter_map(|(id, count, since)| {
            let failures = Failures {
                count: count.filter(|count| *count > 0)?,
                since: since?,
            };
            Some((RunId(id), failures))
        }));
    }
    Ok(found)
}

/// The failures in a row that runs which succeeded have ended. Earlier attempts at the same firing are no failures:
/// nothing was reported of them.
async fn failures_before(tx: &Tx, runs: &[RunId]) -> Result<HashMap<RunId, Failures>, StoreError> {
    use run::Column as R;
    let before = |column: R| {
        let query = Query::select()
            .column((BEFORE, column))
            .from_as(run::Entity, BEFORE)
            .and_where(Expr::col((BEFORE, R::TaskId)).equals((run::Entity, R::TaskId)))
            .and_where(Expr::col((BEFORE, R::Id)).lt(Expr::col((run::Entity, R::Id))))
            .and_where(Expr::col((BEFORE, R::FinishedAt)).is_not_null())
            .order_by((BEFORE, R::Id), Order::Desc)
            .limit(1)
            .to_owned();
        Expr::SubQuery(None, Box::new(query.into()))
    };
    let mut found = HashMap::new();
    for chunk in runs.chunks(CHUNK) {
        let rows: Vec<(i64, i32, Option<i64>, Option<DateTime<Utc>>)> = run::Entity::find()
            .select_only()
            .columns([R::Id, R::Attempt])
            .expr_as(before(R::Streak), "failures")
            .expr_as(before(R::StreakSince), "failing_since")
            .filter(R::Id.is_in(chunk.iter().map(|id| id.0)))
            .into_tuple()
            .all(tx)
            .await?;
        found.extend(rows.into_iter().filter_map(|(id, attempt, streak, since)| {
            let count = streak? - i64::from(attempt > 1);
            let since = since?;
            (count > 0).then_some((RunId(id), Failures { count, since }))
        }));
    }
    Ok(found)
}

/// Pauses a task that has failed as often in a row as it may, since it was last resumed.
async fn pause(tx: &Tx, failed: Failed, failures: Failures) -> Result<Option<Notice>, StoreError> {
    use run::Column as R;
    let Some(row) = task::Entity::find_by_id(failed.task.0).one(tx).await? else {
        return Ok(None);
    };
    let Some(limit) = row.pause_after_failures.filter(|limit| *limit > 0) else {
        return Ok(None);
    };
    if row.state != Code(TaskState::Active) || failures.count < i64::from(limit) {
        return Ok(None);
    }
    // A result that waited on disk may be older than a success on another node.
    let success = run::Entity::find()
        .select_only()
        .column(R::Id)
        .filter(R::TaskId.eq(failed.task.0))
        .filter(R::Id.gt(failed.run.0))
        .filter(R::State.eq(Code(RunState::Succeeded)))
        .into_tuple::<i64>()
        .one(tx)
        .await?;
    if success.is_some() {
        return Ok(None);
    }
    if let Some(resumed_at) = row.resumed_at {
        // The first of as many failures as are allowed, counted back from this one.
        let first: Option<DateTime<Utc>> = run::Entity::find()
            .select_only()
            .column(R::StartedAt)
            .filter(R::TaskId.eq(failed.task.0))
            .filter(R::Id.lte(failed.run.0))
            .filter(R::Attempt.eq(1))
            .filter(is_one_of(R::State, &RunState::BAD))
            .order_by_desc(R::Id)
            .offset(u64::from(limit.unsigned_abs()) - 1)
            .limit(1)
            .into_tuple()
            .one(tx)
            .await?;
        if first.is_none_or(|first| first < resumed_at) {
            return Ok(None);
        }
    }
    pause_failing(tx, row, failures, failed.at).await.map(Some)
}
