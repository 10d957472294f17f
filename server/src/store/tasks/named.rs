//! Tasks by their names, by a tag and by a search, with their definitions alone.

use app::task::{Task, TaskState};
use migration::TAG_MARK;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::super::code::Code;
use super::super::entity::task;
use super::super::{Store, StoreError};
use super::search::whole;
use super::{SEARCH, TASKS_AT_ONCE, schedules_of, to_task};

impl Store {
    /// The tasks with exactly these names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tasks_named(&self, names: &[&str]) -> Result<Vec<Task>, StoreError> {
        let named = task::Entity::find().filter(task::Column::Name.is_in(names.iter().copied()));
        self.definitions(named, names.len()).await
    }

    /// The tasks with exactly this tag, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tasks_tagged(&self, tag: &str) -> Result<Vec<Task>, StoreError> {
        let pattern = whole(TAG_MARK, tag);
        let mut tagged = self.tasks_matching(&[pattern], None, usize::MAX).await?;
        // The search ignores case and width.
        tagged.retain(|task| task.tags.iter().any(|own| own == tag));
        Ok(tagged)
    }

    /// The tasks that match the patterns of [`super::search_patterns`], the oldest first, at most `most`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tasks_matching(
        &self,
        patterns: &[String],
        state: Option<TaskState>,
        most: usize,
    ) -> Result<Vec<Task>, StoreError> {
        let mut found = task::Entity::find();
        for pattern in patterns {
            let like = LikeExpr::new(pattern.as_str()).escape('!');
            found = found.filter(Expr::col(SEARCH).like(like));
        }
        if let Some(state) = state {
            found = found.filter(task::Column::State.eq(Code(state)));
        }
        self.definitions(found, most).await
    }

    async fn definitions(
        &self,
        select: Select<task::Entity>,
        most: usize,
    ) -> Result<Vec<Task>, StoreError> {
        let mut all: Vec<Task> = Vec::new();
        let mut after = 0;
        while all.len() < most {
            let limit = Ord::min(TASKS_AT_ONCE, (most - all.len()) as u64);
            let rows = select
                .clone()
                .filter(task::Column::Id.gt(after))
                .order_by_asc(task::Column::Id)
                .limit(limit)
                .all(&self.reader)
                .await?;
            let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
            let Some(last) = ids.last() else {
                break;
            };
            after = *last;
            let mut schedules = schedules_of(&self.reader, &ids).await?;
            schedules.sort_unstable_by_key(|schedule| schedule.task_id);
            for row in rows {
                let from = schedules.partition_point(|one| one.task_id < row.id);
                let to = schedules.partition_point(|one| one.task_id <= row.id);
                all.push(to_task(row, &schedules[from..to])?.0);
            }
        }
        Ok(all)
    }
}
