//! Tasks and their schedules.

mod change;
mod list;
mod rows;
mod schedules;
mod search;

pub use change::{Deleted, Updated};

use app::id::{ChannelId, TaskId};
use app::schedule::{DayRule, Jitter, MissedRule, Schedule};
use app::task::{Execution, Mode, Task, TaskState};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{schedule, task};
use super::secrets::SealedSecret;
use super::{Store, StoreError, Tx};
pub use list::ListedTask;
pub(super) use rows::{from_json, to_json};
use rows::{to_live, to_task};
pub use search::{SearchFault, patterns as search_patterns};

/// The column that search looks through. Not in the entity: nothing that reads tasks reads it.
const SEARCH: &str = "search";

/// A checked task, ready to be written.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// 工作内容.
    pub name: String,
    /// 称呼.
    pub nickname: String,
    /// 责任人.
    pub owners: Vec<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// 工作模式.
    pub mode: Mode,
    /// The command.
    pub command: String,
    /// IANA zone.
    pub zone: String,
    /// 工作周期, in their order; at least one.
    pub schedules: Vec<NewSchedule>,
    /// 催单工作周期.
    pub urge_cron: Option<String>,
    /// 是否开启催单.
    pub urging: bool,
    /// Where its messages go.
    pub channel_id: Option<ChannelId>,
    /// Start of the window.
    pub starts_at: Option<DateTime<Utc>>,
    /// End of the window.
    pub ends_at: Option<DateTime<Utc>>,
    /// Hard limit of a run.
    pub timeout_seconds: Option<i64>,
    /// What becomes of missed firings.
    pub missed: MissedRule,
    /// How it is executed.
    pub execution: Execution,
}

/// A checked schedule, ready to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewSchedule {
    /// Its canonical text.
    pub spec: String,
    /// Which days count.
    pub day_rule: DayRule,
    /// Name of the calendar; `None` for the built-in one.
    pub calendar: Option<String>,
    /// How far firings are spread.
    pub jitter: Jitter,
}

impl NewSchedule {
    /// A schedule without further rules.
    #[must_use]
    pub fn plain(spec: &str) -> Self {
        Self {
            spec: spec.to_owned(),
            day_rule: DayRule::Any,
            calendar: None,
            jitter: Jitter::default(),
        }
    }
}

/// A task as the loop needs it: active or paused, with the schedules in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiveTask {
    /// The task.
    pub task: Task,
    /// The schedules in force: urge while it is chased, else work.
    pub schedules: Vec<Schedule>,
    /// What it was granted, sealed.
    pub secrets: Vec<SealedSecret>,
}

impl LiveTask {
    fn new(task: Task, urge: Option<Schedule>, secrets: Vec<SealedSecret>) -> Self {
        let schedules = match urge {
            Some(urge) if task.urging => vec![urge],
            _ => task.schedules.clone(),
        };
        Self {
            task,
            schedules,
            secrets,
        }
    }
}

/// Takes the lock of a task's row until the transaction ends.
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

/// Tasks that one statement reads where all are read.
const TASKS_AT_ONCE: u64 = 500;

impl Store {
    /// All active and paused tasks with the schedules in force, and the number of the last change they show.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_tasks(&self) -> Result<(i64, Vec<LiveTask>), StoreError> {
        // The counter first: a change between the two reads is then seen again, not lost.
        let (seen, _) = self.cluster_state().await?;
        let mut secrets = self.all_granted().await?;
        let mut tasks = Vec::new();
        let mut after = 0;
        loop {
            // In parts: all rows at once, besides all tasks, would be the server's largest moment.
            let rows = task::Entity::find()
                .filter(task::Column::Id.gt(after))
                .filter(task::Column::State.ne(TaskState::Closed.as_str()))
                .order_by_asc(task::Column::Id)
                .limit(TASKS_AT_ONCE)
                .all(&self.reader)
                .await?;
            let Some(last) = rows.last().map(|row| row.id) else {
                break;
            };
            let schedules = schedule::Entity::find()
                .filter(schedule::Column::TaskId.gt(after))
                .filter(schedule::Column::TaskId.lte(last))
                .order_by_asc(schedule::Column::TaskId)
                .all(&self.reader)
                .await?;
            for row in rows {
                let granted = secrets.remove(&row.id).unwrap_or_default();
                let from = schedules.partition_point(|s| s.task_id < row.id);
                let to = schedules.partition_point(|s| s.task_id <= row.id);
                tasks.push(to_live(row, &schedules[from..to], granted)?);
            }
            after = last;
        }
        Ok((seen, tasks))
    }

    /// One task with the schedules in force; `None` when it is gone or closed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_task(&self, id: TaskId) -> Result<Option<LiveTask>, StoreError> {
        let Some(row) = task::Entity::find_by_id(id.0).one(&self.reader).await? else {
            return Ok(None);
        };
        if row.state == TaskState::Closed.as_str() {
            return Ok(None);
        }
        let schedules = schedules_of(&self.reader, &[id.0]).await?;
        let secrets = self.granted_to(id).await?;
        to_live(row, &schedules, secrets).map(Some)
    }

    /// One task.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task(&self, id: TaskId) -> Result<Option<Task>, StoreError> {
        let Some(row) = task::Entity::find_by_id(id.0).one(&self.reader).await? else {
            return Ok(None);
        };
        let schedules = schedules_of(&self.reader, &[id.0]).await?;
        to_task(row, &schedules).map(|(task, _)| Some(task))
    }
}
