//! Which tasks wait for which, and tasks by name.

use std::collections::HashMap;

use app::id::TaskId;
use app::task::Execution;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::task;
use super::{Store, StoreError, Tx};

/// A task that waits for others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaitingTask {
    /// The task.
    pub id: TaskId,
    /// Its name.
    pub name: String,
    /// The tasks that it waits for.
    pub tasks: Vec<TaskId>,
}

/// All tasks that wait for others, including closed ones; without those that cannot be read.
async fn waiting<C: ConnectionTrait>(connection: &C) -> Result<Vec<WaitingTask>, StoreError> {
    use task::Column as T;
    let rows: Vec<(i64, String, String)> = task::Entity::find()
        .select_only()
        .columns([T::Id, T::Name, T::Execution])
        .filter(T::Execution.is_not_null())
        // Most tasks wait for nothing, and an execution may be long. Inside a value the quotation marks would be
        // preceded by backslashes.
        .filter(T::Execution.not_like("%\"tasks\":[]%"))
        .order_by_asc(T::Id)
        .into_tuple()
        .all(connection)
        .await?;
    let mut all = Vec::new();
    for (id, name, execution) in rows {
        // One that cannot be read does not fire, and must not keep the others from being changed.
        let Ok(execution) = serde_json::from_str::<Execution>(&execution) else {
            continue;
        };
        let tasks = execution.waits.tasks;
        if !tasks.is_empty() {
            let id = TaskId(id);
            all.push(WaitingTask { id, name, tasks });
        }
    }
    Ok(all)
}

/// The tasks that wait for one, besides itself.
pub(super) async fn waiting_for(tx: &Tx, id: TaskId) -> Result<Vec<WaitingTask>, StoreError> {
    let mut all = waiting(tx).await?;
    all.retain(|other| other.id != id && other.tasks.contains(&id));
    Ok(all)
}

impl Store {
    /// All tasks that wait for others, including closed ones: they can be reopened.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_tasks(&self) -> Result<Vec<WaitingTask>, StoreError> {
        waiting(&self.reader).await
    }

    /// The task with exactly this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_named(&self, name: &str) -> Result<Option<TaskId>, StoreError> {
        let id: Option<i64> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .filter(task::Column::Name.eq(name))
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(id.map(TaskId))
    }

    /// The names of those of these tasks that exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_names(&self, ids: &[TaskId]) -> Result<HashMap<TaskId, String>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(i64, String)> = task::Entity::find()
            .select_only()
            .columns([task::Column::Id, task::Column::Name])
            .filter(task::Column::Id.is_in(ids.iter().map(|id| id.0)))
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(rows
            .into_iter()
            .map(|(id, name)| (TaskId(id), name))
            .collect())
    }
}
