//! What runs and waits now, for telling people what a start would come to. The start itself
//! decides in its own transaction.

use std::collections::{HashMap, HashSet};

use app::id::{RunId, TaskId};
use app::run::RunReason;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{pool, run};
use super::{Store, StoreError};
use crate::admission::{ActiveRun, Wait, WaitsFor};

type Row = (
    i64,
    i64,
    Option<String>,
    String,
    Option<String>,
    Option<DateTime<Utc>>,
    DateTime<Utc>,
);

impl Store {
    /// All runs that are under way or wait, oldest first, and the slots of each pool.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn room(&self) -> Result<(Vec<ActiveRun>, HashMap<String, u32>), StoreError> {
        use run::Column as R;
        let rows: Vec<Row> = run::Entity::find()
            .select_only()
            .columns([
                R::Id,
                R::TaskId,
                R::Pool,
                R::State,
                R::Reason,
                R::DueAt,
                R::StartedAt,
            ])
            .filter(R::State.is_in(["running", "waiting"]))
            .order_by_asc(R::Id)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let runs = rows
            .into_iter()
            .map(|(id, task_id, pool, state, reason, due_at, started_at)| {
                let why = || match reason.as_deref().map(RunReason::read) {
                    Some(RunReason::Waits(why)) => WaitsFor::read(&why),
                    _ => WaitsFor::Retry,
                };
                ActiveRun {
                    id: RunId(id),
                    task_id: TaskId(task_id),
                    pool,
                    waits: (state == "waiting").then(|| Wait {
                        due_at: due_at.unwrap_or(started_at),
                        why: why(),
                    }),
                }
            })
            .collect();
        Ok((runs, self.slots().await?))
    }

    /// The slots of each pool; [`app::pool::EVERYTHING`] is the cap on all runs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn slots(&self) -> Result<HashMap<String, u32>, StoreError> {
        let pools = pool::Entity::find().all(&self.reader).await?;
        Ok(pools
            .into_iter()
            .map(|pool| (pool.name, u32::try_from(pool.slots).unwrap_or(0)))
            .collect())
    }

    /// Which of these tasks have had a run that ended after an instant; only those with a
    /// successful one where that is asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ended_since(
        &self,
        tasks: &[TaskId],
        since: DateTime<Utc>,
        only_success: bool,
    ) -> Result<HashSet<TaskId>, StoreError> {
        use run::Column as R;
        let mut query = run::Entity::find()
            .select_only()
            .column(R::TaskId)
            .distinct()
            .filter(R::TaskId.is_in(tasks.iter().map(|id| id.0)))
            .filter(R::FinishedAt.gte(since));
        if only_success {
            query = query.filter(R::State.eq("succeeded"));
        }
        let ids: Vec<i64> = query.into_tuple().all(&self.reader).await?;
        Ok(ids.into_iter().map(TaskId).collect())
    }
}
