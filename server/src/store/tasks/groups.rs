//! How many tasks are in which state and health, and which ones a list begins with.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::page::TaskCounts;
use app::task::TaskState;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::code::Code;
use super::super::entity::{task, task_streak};
use super::super::{Store, StoreError};

/// The most failing tasks, and the most chased ones, that a list begins with: statements name their ids.
const GROUP_MAX: u64 = 5_000;

/// What changes only with a change of a task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaskStates {
    /// The number of the last change that is included.
    seen: i64,
    /// Tasks that are active, paused, closed.
    counts: [i64; 3],
    /// Active tasks that are chased.
    chased: BTreeSet<i64>,
}

/// The tasks in groups.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TaskGroups {
    /// The number of the last change before they were read; `None` if they were not.
    pub(super) seen: Option<i64>,
    /// Active tasks that are failing.
    failing: BTreeSet<i64>,
    /// Active tasks that are chased and not failing.
    chased: BTreeSet<i64>,
    /// How many there are of each.
    pub counts: TaskCounts,
}

impl TaskGroups {
    /// The ranks of the list where the worst come first, each with what its tasks have in common. A rank without tasks is
    /// omitted: nothing has to be searched for them.
    pub(super) fn ranks(&self) -> Vec<(u8, Option<Expr>)> {
        let id = || Expr::col((task::Entity, task::Column::Id));
        let first = [&self.failing, &self.chased];
        let mut ranks: Vec<(u8, Option<Expr>)> = Vec::new();
        for (rank, ids) in (0..).zip(first) {
            if !ids.is_empty() {
                ranks.push((rank, Some(id().is_in(ids.iter().copied()))));
            }
        }
        let known: Vec<i64> = first.into_iter().flatten().copied().collect();
        let others = (!known.is_empty()).then(|| id().is_not_in(known));
        ranks.push((2, others));
        ranks
    }
}

impl Store {
    /// The tasks in groups. What only a change of a task changes is taken from `known` while it is current, and is the
    /// second part of the answer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_groups(
        &self,
        known: Option<Arc<TaskStates>>,
    ) -> Result<(TaskGroups, Arc<TaskStates>), StoreError> {
        // The counter first: a change between the reads is then read twice, not lost.
        let (seen, _) = self.cluster_state().await?;
        let states = match known.filter(|known| known.seen == seen) {
            Some(known) => known,
            None => Arc::new(self.task_states(seen).await?),
        };
        let (failing, under_way) = tokio::try_join!(self.failing_ids(), self.under_way())?;
        let running = self.active_among(under_way).await?;
        let chased: BTreeSet<i64> = states.chased.difference(&failing).copied().collect();
        let [active, paused, closed] = states.counts;
        let counts = TaskCounts {
            all: active + paused + closed,
            failing: as_count(failing.len()),
            chasing: as_count(chased.len()),
            running,
            paused,
            closed,
        };
        let groups = TaskGroups {
            seen: Some(seen),
            failing,
            chased,
            counts,
        };
        Ok((groups, states))
    }

    async fn task_states(&self, seen: i64) -> Result<TaskStates, StoreError> {
        let chased: Vec<i64> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .filter(task::Column::State.eq(Code(TaskState::Active)))
            .filter(task::Column::Urging.eq(true))
            .limit(GROUP_MAX)
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(TaskStates {
            seen,
            counts: self.task_counts().await?,
            chased: chased.into_iter().collect(),
        })
    }

    /// Active tasks whose last runs failed.
    async fn failing_ids(&self) -> Result<BTreeSet<i64>, StoreError> {
        use task_streak::Column as S;
        let own =
            Expr::col((task::Entity, task::Column::Id)).equals((task_streak::Entity, S::TaskId));
        let query = Query::select()
            .column((task_streak::Entity, S::TaskId))
            .from(task_streak::Entity)
            .inner_join(task::Entity, own)
            .and_where(S::Failures.gt(0))
            .and_where(task::Column::State.eq(Code(TaskState::Active)))
            .limit(GROUP_MAX)
            .to_owned();
        let mut failing = BTreeSet::new();
        for row in self.reader.query_all(&query).await? {
            failing.insert(row.try_get_by_index(0)?);
        }
        Ok(failing)
    }

    /// How many of these tasks are active.
    async fn active_among(&self, ids: BTreeSet<i64>) -> Result<i64, StoreError> {
        if ids.is_empty() {
            return Ok(0);
        }
        let count = task::Entity::find()
            .filter(task::Column::State.eq(Code(TaskState::Active)))
            .filter(task::Column::Id.is_in(ids))
            .select_only()
            .column_as(task::Column::Id.count(), "tasks")
            .into_tuple::<i64>()
            .one(&self.reader)
            .await?;
        Ok(count.unwrap_or(0))
    }
}

fn as_count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
