//! Active and waiting runs, to predict what would become of a start. The start itself decides in its own transaction.

use std::collections::{HashMap, HashSet};

use app::id::TaskId;
use app::run::RunState;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::code::Code;
use super::entity::{pool, run};
use super::ledger::{active, sending};
use super::{Store, StoreError};
use crate::admission::ActiveRun;

impl Store {
    /// All active and waiting runs, oldest first, those of a task whose messages are still being sent, and the slots of
    /// each pool.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn room(
        &self,
        task: TaskId,
    ) -> Result<(Vec<ActiveRun>, HashMap<String, u32>), StoreError> {
        let (mut runs, _) = active(&self.reader).await?;
        runs.extend(sending(&self.reader, &[task]).await?);
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

    /// Which of these tasks ended their last run after an instant, or their last successful one if requested. As a
    /// claim sees it, which considers the last one.
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
        let mut ended = HashSet::new();
        for task in tasks {
            let mut query = run::Entity::find()
                .select_only()
                .column(R::FinishedAt)
                .filter(R::TaskId.eq(task.0))
                .filter(R::FinishedAt.is_not_null());
            if only_success {
                query = query.filter(R::State.eq(Code(RunState::Succeeded)));
            }
            // Backwards along the task's own index, not through all of its history.
            let last = query
                .order_by_desc(R::Id)
                .limit(1)
                .into_tuple::<DateTime<Utc>>()
                .one(&self.reader)
                .await?;
            if last.is_some_and(|last| last >= since) {
                ended.insert(*task);
            }
        }
        Ok(ended)
    }
}
