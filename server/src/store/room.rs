//! What runs and waits now, for telling people what a start would come to. The start itself
//! decides in its own transaction.

use std::collections::{HashMap, HashSet};

use app::id::TaskId;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::entity::{pool, run};
use super::ledger::active;
use super::{Store, StoreError};
use crate::admission::ActiveRun;

impl Store {
    /// All runs that are under way or wait, oldest first, and the slots of each pool.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn room(&self) -> Result<(Vec<ActiveRun>, HashMap<String, u32>), StoreError> {
        let (runs, _) = active(&self.reader).await?;
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
