//! Active and waiting runs: reads them inside a claim, starts and cancels waiting ones, requests the end of one that
//! may be active on another node.

use std::collections::HashMap;

use app::id::{OccurrenceId, RunId, TaskId};
use app::occurrence::OccurrenceStep;
use app::run::{RunEnd, RunReason, RunState, RunStep, Trigger, WaitReason};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::code::{Code, TakeStep, is_one_of};
use super::super::entity::{occurrence, run};
use super::super::streak::{RunEnding, Streaks};
use super::super::{RunInProgress, StoreError, Tx};
use super::{CHUNK, rows};
use crate::admission::{ActiveRun, Wait};

/// Means "a newer start" where a person's name is expected. No name has a colon.
pub(super) const REPLACED: &str = "replaced:";
/// Waiting runs that one claim examines.
pub(super) const WAITING_MAX: u64 = 10_000;

/// A waiting run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaitingRun {
    /// Which run.
    pub run_id: RunId,
    /// Its planned firing.
    pub occurrence_id: Option<OccurrenceId>,
    /// The task.
    pub task_id: TaskId,
    /// The earliest start.
    pub due_at: DateTime<Utc>,
    /// What it waits for.
    pub why: WaitReason,
    /// The trigger of its first attempt.
    pub trigger: Trigger,
}

/// The outcome of a request to stop a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StopOutcome {
    /// It was waiting, and is cancelled.
    Cancelled,
    /// It is active on another node, which has been asked to stop it.
    Requested,
    /// It had ended before.
    AlreadyOver,
}

/// When runs of a task last ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LastEnd {
    /// The last one that succeeded.
    pub succeeded: Option<DateTime<Utc>>,
    /// The last one at all.
    pub finished: Option<DateTime<Utc>>,
}

/// All active and waiting runs, and the waiting ones in order of arrival.
pub(in crate::store) async fn active<C: ConnectionTrait>(
    connection: &C,
) -> Result<(Vec<ActiveRun>, Vec<WaitingRun>), StoreError> {
    use run::Column as R;
    type Row = (
        i64,
        i64,
        Code<RunState>,
        Option<String>,
        Option<DateTime<Utc>>,
        Option<String>,
        Option<i64>,
        DateTime<Utc>,
        Code<Trigger>,
    );
    let rows: Vec<Row> = run::Entity::find()
        .select_only()
        .columns([
            R::Id,
            R::TaskId,
            R::State,
            R::Pool,
            R::DueAt,
            R::Reason,
            R::OccurrenceId,
            R::StartedAt,
            R::TriggerKind,
        ])
        .filter(is_one_of(R::State, &[RunState::Running, RunState::Waiting]))
        .order_by_asc(R::StartedAt)
        .order_by_asc(R::Id)
        .limit(WAITING_MAX)
        .into_tuple()
        .all(connection)
        .await?;
    let mut runs = Vec::with_capacity(rows.len());
    let mut waiting = Vec::new();
    for (id, task_id, state, pool, due_at, reason, occurrence_id, started_at, trigger) in rows {
        let (id, task_id) = (RunId(id), TaskId(task_id));
        let mut waits = None;
        if state.0 == RunState::Waiting {
            let why = match reason.as_deref().map(RunReason::read) {
                Some(RunReason::Waits(why)) => why,
                _ => WaitReason::Retry,
            };
            let due_at = due_at.unwrap_or(started_at);
            waits = Some(Wait { due_at, why });
            waiting.push(WaitingRun {
                run_id: id,
                occurrence_id: occurrence_id.map(OccurrenceId),
                task_id,
                due_at,
                why,
                trigger: trigger.0,
            });
        }
        runs.push(ActiveRun {
            id,
            task_id,
            pool,
            started_at,
            waits,
            is_sending: false,
        });
    }
    Ok((runs, waiting))
}

/// Runs of these tasks whose messages are still being sent.
pub(in crate::store) async fn sending<C: ConnectionTrait>(
    connection: &C,
    tasks: &[TaskId],
) -> Result<Vec<ActiveRun>, StoreError> {
    use run::Column as R;
    let mut runs = Vec::new();
    for chunk in tasks.chunks(CHUNK) {
        // Along the index by task and state, of which each task has few rows.
        let rows: Vec<(i64, i64, DateTime<Utc>)> = run::Entity::find()
            .select_only()
            .columns([R::Id, R::TaskId, R::StartedAt])
            .filter(R::TaskId.is_in(chunk.iter().map(|task| task.0)))
            .filter(R::State.eq(Code(RunState::Sending)))
            .limit(WAITING_MAX)
            .into_tuple()
            .all(connection)
            .await?;
        runs.extend(rows.into_iter().map(|(id, task_id, started_at)| ActiveRun {
            id: RunId(id),
            task_id: TaskId(task_id),
            pool: None,
            started_at,
            waits: None,
            is_sending: true,
        }));
    }
    Ok(runs)
}

/// When runs of tasks last ended.
pub(super) async fn last_ends(
    tx: &Tx,
    tasks: &[TaskId],
) -> Result<HashMap<TaskId, LastEnd>, StoreError> {
    use run::Column as R;
    let mut ends = HashMap::new();
    for task in tasks {
        // Backwards along the task's own index: the first match is the last one.
        let last = async |succeeded: bool| {
            let mut query = run::Entity::find()
                .select_only()
                .column(R::FinishedAt)
                .filter(R::TaskId.eq(task.0))
                .filter(R::FinishedAt.is_not_null());
            if succeeded {
                query = query.filter(R::State.eq(Code(RunState::Succeeded)));
            }
            query
                .order_by_desc(R::Id)
                .limit(1)
                .into_tuple::<Option<DateTime<Utc>>>()
                .one(tx)
                .await
        };
        let end = LastEnd {
            succeeded: last(true).await?.flatten(),
            finished: last(false).await?.flatten(),
        };
        ends.insert(*task, end);
    }
    Ok(ends)
}

/// Queues firings that have no room: a run row that waits.
pub(super) async fn queue(
    tx: &Tx,
    starts: &[(rows::Start, WaitReason)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use run::Column as R;
    let ids = starts.iter().map(|(start, _)| start.due.id.0);
    let updated = occurrence::Entity::update_many()
        .filter(occurrence::Column::Id.is_in(ids))
        .step(occurrence::Column::State, OccurrenceStep::Queue)
        .exec(tx)
        .await?;
    if updated.rows_affected != starts.len() as u64 {
        return Err(StoreError::Raced);
    }
    let mut insert = Query::insert();
    insert.into_table(run::Entity).columns([
        R::OccurrenceId,
        R::TaskId,
        R::Attempt,
        R::TriggerKind,
        R::State,
        R::Reason,
        R::NodeId,
        R::Epoch,
        R::ScheduledFor,
        R::StartedAt,
        R::DueAt,
        R::Pool,
    ]);
    for (rows::Start { due, trigger, pool }, why) in starts {
        insert.values_panic([
            due.id.0.into(),
            due.task_id.0.into(),
            1.into(),
            trigger.as_str().into(),
            RunState::Waiting.as_str().into(),
            RunReason::Waits(*why).code().into(),
            "".into(),
            0.into(),
            due.scheduled_for.into(),
            now.into(),
            now.into(),
            pool.clone().into(),
        ]);
    }
    tx.execute(&insert).await?;
    Ok(())
}

pub(super) async fn relabel(tx: &Tx, id: RunId, why: WaitReason) -> Result<(), StoreError> {
    run::Entity::update_many()
        .col_expr(
            run::Column::Reason,
            Expr::value(RunReason::Waits(why).code()),
        )
        .filter(run::Column::Id.eq(id.0))
        .filter(run::Column::State.eq(Code(RunState::Waiting)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Starts waiting runs: each becomes `running` under this node with the next epoch.
pub(super) async fn resume(
    tx: &Tx,
    runs: Vec<WaitingRun>,
    node: &str,
    now: DateTime<Utc>,
) -> Result<Vec<RunInProgress>, StoreError> {
    use run::Column as R;
    let mut resumed = Vec::with_capacity(runs.len());
    for chunk in runs.chunks(CHUNK) {
        let ids: Vec<i64> = chunk.iter().map(|run| run.run_id.0).collect();
        let updated = run::Entity::update_many()
            .col_expr(R::Reason, Expr::value(None::<String>))
            .col_expr(R::NodeId, Expr::value(node))
            .col_expr(R::Epoch, Expr::col(R::Epoch).add(1))
            .col_expr(R::StartedAt, Expr::value(now))
            .filter(R::Id.is_in(ids.iter().copied()))
            .step(R::State, RunStep::Resume)
            .exec(tx)
            .await?;
        if updated.rows_affected != chunk.len() as u64 {
            return Err(StoreError::Raced);
        }
        let occurrences: Vec<i64> = chunk
            .iter()
            .filter_map(|run| run.occurrence_id.map(|id| id.0))
            .collect();
        if !occurrences.is_empty() {
            occurrence::Entity::update_many()
                .col_expr(occurrence::Column::NodeId, Expr::value(node))
                .filter(occurrence::Column::Id.is_in(occurrences))
                .step(
                    occurrence::Column::State,
                    OccurrenceStep::Follow(RunStep::Resume),
                )
                .exec(tx)
                .await?;
        }
        let rows = run::Entity::find()
            .filter(R::Id.is_in(ids))
            .order_by_asc(R::Id)
            .all(tx)
            .await?;
        resumed.extend(rows.into_iter().map(RunInProgress::from));
    }
    Ok(resumed)
}

/// Ends waiting runs. A first attempt's firing is then skipped, or killed where a person cancelled it; a retry's
/// firing ends as its last attempt did.
pub(super) async fn cancel_waiting(
    tx: &Tx,
    ids: &[RunId],
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    use run::Column as R;
    let mut any = false;
    for id in ids {
        // The columns that are read never change.
        let Some(row) = run::Entity::find_by_id(id.0).one(tx).await? else {
            continue;
        };
        // The firing of a retry ends as its last attempt did: it has failed.
        let ending = RunEnding {
            task: TaskId(row.task_id),
            run: *id,
            state: match row.attempt > 1 {
                true => RunState::Failed,
                false => RunState::Killed,
            },
            retried: false,
            at: now,
        };
        let mut streaks = Streaks::lock(tx, &[ending]).await?;
        let place = streaks.place(&ending);
        let (streak, since) = place.columns();
        let ended = run::Entity::update_many()
            .col_expr(R::Streak, streak)
            .col_expr(R::StreakSince, since)
            .col_expr(R::Reason, Expr::value(reason))
            .col_expr(R::FinishedAt, Expr::value(now))
            .filter(R::Id.eq(id.0))
            .step(R::State, RunStep::CallOff)
            .exec(tx)
            .await?;
        if ended.rows_affected == 0 {
            continue;
        }
        any = true;
        streaks.keep(&ending, &place);
        streaks.write(tx).await?;
        let Some(occurrence_id) = row.occurrence_id else {
            continue;
        };
        let before = run::Entity::find()
            .filter(R::OccurrenceId.eq(occurrence_id))
            .filter(R::Attempt.eq(row.attempt - 1))
            .one(tx)
            .await?;
        let end = before.and_then(|before| before.state.0.end());
        let step = OccurrenceStep::CallOff(end.unwrap_or(RunEnd::Killed));
        occurrence::Entity::update_many()
            .filter(occurrence::Column::Id.eq(occurrence_id))
            .step(occurrence::Column::State, step)
            .exec(tx)
            .await?;
    }
    Ok(any)
}

/// Marks active runs to be ended by their nodes. The first requester stays.
pub(in crate::store) async fn request_stop(
    tx: &Tx,
    ids: &[RunId],
    who: &str,
) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let updated = run::Entity::update_many()
        .col_expr(run::Column::StopBy, Expr::value(who))
        .filter(run::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .filter(run::Column::State.eq(Code(RunState::Running)))
        .filter(run::Column::StopBy.is_null())
        .exec(tx)
        .await?;
    Ok(updated.rows_affected)
}
