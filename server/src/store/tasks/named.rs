//! Tasks by their names, by a tag and by a search, with their definitions alone.

use app::id::TaskId;
use app::task::{Task, TaskState};
use migration::TAG_MARK;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::super::code::Code;
use super::super::entity::task;
use super::super::{Store, StoreError};
use super::search::{TaskSearch, matches, whole};
use super::{TASKS_AT_ONCE, schedules_of, to_task};

/// Tasks that were found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FoundTasks {
    /// Those that can be read.
    pub tasks: Vec<Task>,
    /// Those whose rows cannot be.
    pub damaged: Vec<TaskId>,
}

impl Store {
    /// The tasks with exactly these names.
    ///
    /// # Errors
    /// [`StoreError::Row`] when the row of one cannot be read; or when the database fails.
    pub async fn tasks_named(&self, names: &[&str]) -> Result<Vec<Task>, StoreError> {
        let named = task::Entity::find().filter(task::Column::Name.is_in(names.iter().copied()));
        let found = self.definitions(named, names.len()).await?;
        self.complete(found).await
    }

    /// The tasks with exactly this tag, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Row`] when the row of one may have it and cannot be read; or when the database fails.
    pub async fn tasks_tagged(&self, tag: &str) -> Result<Vec<Task>, StoreError> {
        let pattern = whole(TAG_MARK, tag);
        let tagged = task::Entity::find().filter(matches(&pattern));
        let found = self.definitions(tagged, usize::MAX).await?;
        let mut tagged = self.complete(found).await?;
        // The search ignores case and width.
        tagged.retain(|task| task.tags.iter().any(|own| own == tag));
        Ok(tagged)
    }

    /// The tasks that a search finds, the oldest first, at most `most`; and those of them whose rows cannot be read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tasks_matching(
        &self,
        search: &TaskSearch,
        state: Option<TaskState>,
        most: usize,
    ) -> Result<FoundTasks, StoreError> {
        let mut found = self.searched(task::Entity::find(), search).await?;
        if let Some(state) = state {
            found = found.filter(task::Column::State.eq(Code(state)));
        }
        self.definitions(found, most).await
    }

    async fn definitions(
        &self,
        select: Select<task::Entity>,
        most: usize,
    ) -> Result<FoundTasks, StoreError> {
        let mut found = FoundTasks::default();
        let mut after = 0;
        while found.tasks.len() < most {
            let limit = Ord::min(TASKS_AT_ONCE, (most - found.tasks.len()) as u64);
            let page = select
                .clone()
                .filter(task::Column::Id.gt(after))
                .order_by_asc(task::Column::Id)
                .limit(limit);
            let rows = self.each_task(page).await?;
            let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
            let Some(last) = ids.last() else {
                break;
            };
            after = *last;
            let mut schedules = schedules_of(&self.reader, &ids).await?;
            schedules.sort_unstable_by_key(|schedule| schedule.task_id);
            for (id, row) in rows {
                let from = schedules.partition_point(|one| one.task_id < id);
                let to = schedules.partition_point(|one| one.task_id <= id);
                let read = row.and_then(|row| to_task(row, &schedules[from..to]));
                match self.read_task(id, read)? {
                    Some((task, _)) => found.tasks.push(task),
                    None => found.damaged.push(TaskId(id)),
                }
            }
        }
        Ok(found)
    }

    /// The tasks of a list that must not lack any.
    async fn complete(&self, found: FoundTasks) -> Result<Vec<Task>, StoreError> {
        match found.damaged.first() {
            None => Ok(found.tasks),
            // Its error; or it was repaired meanwhile, and the list lacks it.
            Some(id) => match self.task(*id).await {
                Ok(_) => Err(StoreError::Raced),
                Err(error) => Err(error),
            },
        }
    }
}
