//! What the end of runs brings with it, in the transaction that writes it: which failure in a row it was, that a task
//! has recovered, and the pause of a task that keeps failing.

use std::collections::HashMap;

use app::id::{RunId, TaskId};
use app::message::Event;
use app::run::RunState;
use app::task::TaskState;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::code::{Code, is_one_of};
use super::super::entity::{run, task};
use super::super::ledger::lock_cluster;
use super::super::messages::Notice;
use super::super::streak::StreakPosition;
use super::super::tasks::pause_failing;
use super::super::{StoreError, Tx};
use super::Outcome;
use crate::facts::{Facts, Failures, TaskEvent};

/// Ids of one statement.
const CHUNK: usize = 500;

/// What the end of some runs brings with it.
#[derive(Debug, Default)]
pub(super) struct RunEndEffects {
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

/// The tasks that pause after some failures, of those that fail now. If there are any, takes the lock that every change
/// of a task takes first, before the counts and the rows of runs are locked.
pub(in super::super) async fn prepare(
    tx: &Tx,
    failing: &[TaskId],
) -> Result<Vec<TaskId>, StoreError> {
    let pausing = pausing(tx, failing).await?;
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
    ended: &[&Outcome],
    places: &HashMap<RunId, StreakPosition>,
    pausing: &[TaskId],
) -> Result<RunEndEffects, StoreError> {
    let mut after = RunEndEffects::default();
    for outcome in ended {
        let place = places.get(&outcome.run_id);
        for notice in &outcome.notices {
            let mut notice = notice.clone();
            if is_recovery(&notice) {
                let Some(StreakPosition::Ends(failures)) = place else {
                    continue;
                };
                if let Facts::Task { event, .. } = &mut notice.facts {
                    *event = TaskEvent::Recovered(*failures);
                }
            } else if let Some(StreakPosition::Failure { failures, .. }) = place {
                notice.facts.set_failures(*failures);
            }
            after.notices.push(notice);
        }
    }
    for failed in ended.iter().filter_map(|outcome| outcome.failed()) {
        if pausing.contains(&failed.task)
            && let Some(place) = places.get(&failed.run)
        {
            after.paused.extend(pause_after(tx, failed, place).await?);
        }
    }
    Ok(after)
}

fn is_recovery(notice: &Notice) -> bool {
    notice.event == Event::Recovered
}

/// The pause that a failure causes. A result that waited on disk, and is older than a success, causes none.
pub(in super::super) async fn pause_after(
    tx: &Tx,
    failed: Failed,
    place: &StreakPosition,
) -> Result<Option<Notice>, StoreError> {
    match place {
        StreakPosition::Failure {
            failures,
            counted: true,
        } => pause(tx, failed, *failures).await,
        StreakPosition::Failure { counted: false, .. }
        | StreakPosition::Ends(_)
        | StreakPosition::Neither => Ok(None),
    }
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
    if let Some(resumed_at) = row.resumed_at {
        // As many failures as are allowed must have started since then. By id: runs get theirs as they start.
        let first: Option<DateTime<Utc>> = run::Entity::find()
            .select_only()
            .column(R::StartedAt)
            .filter(R::TaskId.eq(failed.task.0))
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
    pause_failing(tx, row, failures, failed.at).await
}
