//! Tasks and their schedules.

mod apply;
mod change;
mod create;
mod damaged;
mod definitions;
mod delete;
mod groups;
mod list;
mod named;
mod pause;
mod replace;
mod rows;
mod schedules;
mod search;
mod state;

pub use apply::{Applied, ChangedTask, DoomedTask, NewTask, NotApplied, TaskChanges};
pub(super) use change::changed;
pub use change::{CheckedSpec, Updated};
pub use create::Inserted;
pub(super) use create::{InitialState, begin};
pub use damaged::DamagedRow;
pub(super) use state::{end_chasing, follow_resumed, state_of, step_task, stop_urging};

use std::collections::BTreeSet;

use app::id::TaskId;
use app::schedule::Schedule;
use app::task::{InForce, Task, TaskState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::code::Code;
use super::entity::{schedule, task};
use super::secrets::SealedSecret;
use super::unreadable::RowKind;
use super::{Store, StoreError, Tx};
pub(super) use definitions::Definitions;
pub use delete::Deleted;
pub use groups::{TaskGroups, TaskStates};
pub use list::ListedTask;
pub use named::FoundTasks;
pub(super) use pause::pause_failing;
use rows::to_live;
pub(super) use rows::to_task;
pub(super) use rows::{from_json, tickets_column, to_execution, to_json, to_tickets};
pub use search::{
    CHARS_MAX as SEARCH_CHARS_MAX, SearchFault, TaskSearch, WORDS_MAX as SEARCH_WORDS_MAX,
};
pub(super) use search::{part, whole};

/// The column that the search matches. Not in the entity: nothing that reads tasks needs it.
pub(super) const SEARCH: &str = "search";

/// A task as the scheduler needs it: active or paused, with the schedules in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiveTask {
    /// The task.
    pub task: Task,
    /// The schedules in force.
    pub schedules: Vec<Schedule>,
    /// The secrets granted to it, sealed.
    pub secrets: Vec<SealedSecret>,
}

/// All active and paused tasks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiveTasks {
    /// The number of the last change that they include.
    pub seen: i64,
    /// Those that can be read.
    pub tasks: Vec<LiveTask>,
    /// Those that cannot.
    pub unreadable: BTreeSet<TaskId>,
}

/// What became of a task that was live or has changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LiveRow {
    /// It is active or paused.
    Live(Box<LiveTask>),
    /// It is closed, or does not exist.
    Gone,
    /// Its row cannot be read.
    Unreadable,
}

impl LiveTask {
    fn new(task: Task, urge: Option<Schedule>, secrets: Vec<SealedSecret>) -> Self {
        let schedules = match InForce::of(task.urging, urge, &task.schedules) {
            InForce::Urge(urge) => vec![urge],
            InForce::Work(schedules) => schedules.clone(),
        };
        Self {
            task,
            schedules,
            secrets,
        }
    }
}

/// Locks a task's row until the transaction ends.
pub(super) async fn lock(tx: &Tx, id: TaskId) -> Result<bool, StoreError> {
    let touched = task::Entity::update_many()
        .col_expr(task::Column::Version, Expr::col(task::Column::Version))
        .filter(task::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(touched.rows_affected == 1)
}

pub(super) async fn schedules_of<C: ConnectionTrait>(
    connection: &C,
    ids: &[i64],
) -> Result<Vec<schedule::Model>, StoreError> {
    let mut all = Vec::new();
    for chunk in ids.chunks(1000) {
        all.extend(
            schedule::Entity::find()
                .filter(schedule::Column::TaskId.is_in(chunk.iter().copied()))
                .all(connection)
                .await?,
        );
    }
    Ok(all)
}

/// The id of a task, and its row, unless that cannot be read.
pub(super) type TaskRow = (i64, Result<task::Model, StoreError>);

/// Tasks per statement where all are read.
pub(super) const TASKS_AT_ONCE: u64 = 500;

impl Store {
    /// The ids of all tasks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_ids(&self) -> Result<Vec<TaskId>, StoreError> {
        let ids: Vec<i64> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(ids.into_iter().map(TaskId).collect())
    }

    /// All active and paused tasks with the schedules in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_tasks(&self) -> Result<LiveTasks, StoreError> {
        // The counter first: a change between the two reads is then read twice, not lost.
        let (seen, _) = self.cluster_state().await?;
        let mut secrets = self.all_granted().await?;
        let (mut tasks, mut unreadable) = (Vec::new(), BTreeSet::new());
        let mut after = 0;
        loop {
            // In parts: all rows at once, in addition to all tasks, would be the server's peak of memory.
            let select = task::Entity::find()
                .filter(task::Column::Id.gt(after))
                .filter(task::Column::State.ne(Code(TaskState::Closed)))
                .order_by_asc(task::Column::Id)
                .limit(TASKS_AT_ONCE);
            let rows = self.each_task(select).await?;
            let Some(last) = rows.last().map(|(id, _)| *id) else {
                break;
            };
            let schedules = schedule::Entity::find()
                .filter(schedule::Column::TaskId.gt(after))
                .filter(schedule::Column::TaskId.lte(last))
                .order_by_asc(schedule::Column::TaskId)
                .all(&self.reader)
                .await?;
            for (id, row) in rows {
                let granted = secrets.remove(&id).unwrap_or_default();
                let from = schedules.partition_point(|s| s.task_id < id);
                let to = schedules.partition_point(|s| s.task_id <= id);
                let live = row.and_then(|row| to_live(row, &schedules[from..to], granted));
                match self.read_task(id, live)? {
                    Some(live) => tasks.push(live),
                    None => {
                        unreadable.insert(TaskId(id));
                    }
                }
            }
            after = last;
        }
        let keys = unreadable.iter().map(TaskId::to_string).collect();
        self.unreadable.only(RowKind::Task, &keys);
        Ok(LiveTasks {
            seen,
            tasks,
            unreadable,
        })
    }

    /// A task that was read, or `None` for one whose row cannot be.
    pub(super) fn read_task<T>(
        &self,
        id: i64,
        read: Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.unreadable.skip(RowKind::Task, &id.to_string(), read)
    }

    /// The same for a part of a task.
    pub(super) fn read_part_of_task<T>(
        &self,
        id: i64,
        read: Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.unreadable
            .skip_part(RowKind::Task, &id.to_string(), read)
    }

    /// The rows of tasks that a query names, each with its id; one by one where one of them spoils the query.
    pub(super) async fn each_task(
        &self,
        select: Select<task::Entity>,
    ) -> Result<Vec<TaskRow>, StoreError> {
        let all = select.clone().all(&self.reader).await;
        match all.map_err(StoreError::from) {
            Ok(rows) => return Ok(rows.into_iter().map(|row| (row.id, Ok(row))).collect()),
            Err(error) if error.is_unreadable() => {}
            Err(error) => return Err(error),
        }
        let ids: Vec<i64> = select
            .select_only()
            .column(task::Column::Id)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            let row = task::Entity::find_by_id(id).one(&self.reader).await;
            match row.map_err(StoreError::from) {
                Ok(row) => rows.extend(row.map(|row| (id, Ok(row)))),
                Err(error) if error.is_unreadable() => rows.push((id, Err(error))),
                Err(error) => return Err(error),
            }
        }
        Ok(rows)
    }

    /// One task with the schedules in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_task(&self, id: TaskId) -> Result<LiveRow, StoreError> {
        let read = self.read_live(id).await;
        Ok(match self.read_task(id.0, read)? {
            Some(Some(live)) => LiveRow::Live(Box::new(live)),
            Some(None) => LiveRow::Gone,
            None => LiveRow::Unreadable,
        })
    }

    async fn read_live(&self, id: TaskId) -> Result<Option<LiveTask>, StoreError> {
        let Some(row) = task::Entity::find_by_id(id.0).one(&self.reader).await? else {
            return Ok(None);
        };
        if row.state == Code(TaskState::Closed) {
            return Ok(None);
        }
        let schedules = schedules_of(&self.reader, &[id.0]).await?;
        let secrets = self.granted_to(id).await?;
        to_live(row, &schedules, secrets).map(Some)
    }

    /// One task.
    ///
    /// # Errors
    /// [`StoreError::Row`] when its row cannot be read; or when the database fails.
    pub async fn task(&self, id: TaskId) -> Result<Option<Task>, StoreError> {
        self.read_one(id).await.map_err(|error| {
            if !error.is_unreadable() {
                return error;
            }
            let key = id.to_string();
            self.unreadable.note(RowKind::Task, &key, &error);
            StoreError::Row {
                kind: RowKind::Task,
                key,
                source: Box::new(error),
            }
        })
    }

    async fn read_one(&self, id: TaskId) -> Result<Option<Task>, StoreError> {
        let Some(row) = task::Entity::find_by_id(id.0).one(&self.reader).await? else {
            return Ok(None);
        };
        let schedules = schedules_of(&self.reader, &[id.0]).await?;
        to_task(row, &schedules).map(|(task, _)| Some(task))
    }
}
