//! Tasks and their schedules.

mod change;
mod schedules;

use std::sync::Arc;

use app::id::{ChannelId, RunId, ScheduleId, TaskId};
use app::schedule::{DayRule, Jitter, MissedRule, Purpose, Schedule};
use app::task::{Execution, LastRun, Mode, Task, TaskQuery, TaskRow, TaskState};
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Order, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::entity::{run, schedule, task};
use super::secrets::SealedSecret;
use super::{Store, StoreError, Tx};

/// A run, in a question about which one of a task is the newest.
const NEWEST: &str = "newest";

/// A checked task, ready to be written.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// 工作内容.
    pub name: String,
    /// 绰号.
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
    /// The schedules in force: urge while urging, else work.
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

pub(super) fn to_json(items: &[String]) -> String {
    serde_json::Value::from(items.to_vec()).to_string()
}

pub(super) fn from_json(text: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::UnknownValue {
        what: "list",
        value: text.chars().take(80).collect(),
    })
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

fn unknown(what: &'static str, value: &str) -> StoreError {
    StoreError::UnknownValue {
        what,
        value: value.to_owned(),
    }
}

fn to_schedule(row: &schedule::Model) -> Result<Schedule, StoreError> {
    Ok(Schedule {
        id: ScheduleId(row.id),
        purpose: row
            .purpose
            .parse()
            .map_err(|()| unknown("purpose", &row.purpose))?,
        spec: row.expression.clone(),
        day_rule: row
            .day_rule
            .parse()
            .map_err(|_| unknown("rule of days", &row.day_rule))?,
        calendar: row.calendar.clone(),
        jitter: Jitter {
            seconds: row.jitter_seconds,
            stable: row.jitter_stable,
        },
    })
}

/// A task, and its urge schedule.
fn to_task(
    row: task::Model,
    schedules: &[schedule::Model],
) -> Result<(Task, Option<Schedule>), StoreError> {
    let mut own: Vec<&schedule::Model> = schedules.iter().filter(|s| s.task_id == row.id).collect();
    own.sort_by_key(|schedule| (schedule.position, schedule.id));
    let own = own
        .into_iter()
        .map(to_schedule)
        .collect::<Result<Vec<_>, _>>()?;
    let (mut urge, work): (Vec<_>, Vec<_>) = own
        .into_iter()
        .partition(|schedule| schedule.purpose == Purpose::Urge);
    let policy = row
        .missed_policy
        .as_deref()
        .map(|text| text.parse().map_err(|()| unknown("missed policy", text)))
        .transpose()?;
    let task = Task {
        id: TaskId(row.id),
        cron: work
            .first()
            .map(|schedule| schedule.spec.clone())
            .unwrap_or_default(),
        schedules: work,
        urge_cron: urge.first().map(|schedule| schedule.spec.clone()),
        name: row.name,
        nickname: row.nickname,
        owners: from_json(&row.owners)?,
        tags: from_json(&row.tags)?,
        mode: row.mode.parse().map_err(|()| unknown("mode", &row.mode))?,
        command: row.command,
        zone: row.zone,
        urging: row.urging,
        channel_id: row.channel_id.map(ChannelId),
        starts_at: row.starts_at.map(Stamp),
        ends_at: row.ends_at.map(Stamp),
        timeout_seconds: row.timeout_seconds,
        missed: MissedRule {
            policy,
            grace_seconds: row.grace_seconds,
            max: row.missed_max,
            max_age_seconds: row.missed_max_age,
        },
        execution: to_execution(row.execution.as_deref())?,
        state: row
            .state
            .parse()
            .map_err(|()| unknown("task state", &row.state))?,
        paused_until: row.paused_until.map(Stamp),
        finished: false,
        version: row.version,
        created_at: Stamp(row.created_at),
        updated_at: Stamp(row.updated_at),
        next_at: None,
    };
    Ok((task, urge.pop()))
}

/// The execution of a row; none is the usual one.
fn to_execution(text: Option<&str>) -> Result<Arc<Execution>, StoreError> {
    match text {
        None => Ok(Execution::usual()),
        Some(text) => serde_json::from_str(text)
            .map(Execution::shared)
            .map_err(|_| unknown("execution", &text.chars().take(80).collect::<String>())),
    }
}

fn to_live(
    row: task::Model,
    schedules: &[schedule::Model],
    secrets: Vec<SealedSecret>,
) -> Result<LiveTask, StoreError> {
    let (task, urge) = to_task(row, schedules)?;
    Ok(LiveTask::new(task, urge, secrets))
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

    /// A page of tasks, newest first, each with its last run; `limit` rows at the most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_rows(
        &self,
        query: &TaskQuery,
        limit: u64,
    ) -> Result<Vec<TaskRow>, StoreError> {
        let mut select = task::Entity::find();
        for word in query.q.split_whitespace().take(8) {
            // Lower case on both sides: SQLite's LIKE folds ASCII, MySQL's `_bin` folds nothing.
            let pattern = format!("%{}%", escape_like(&word.to_lowercase()));
            let like = |column: task::Column| {
                Expr::expr(Func::lower(Expr::col(column)))
                    .like(sea_orm::sea_query::LikeExpr::new(pattern.clone()).escape('!'))
            };
            select = select.filter(
                Condition::any()
                    .add(like(task::Column::Name))
                    .add(like(task::Column::Nickname))
                    .add(like(task::Column::Command))
                    .add(like(task::Column::Owners))
                    .add(like(task::Column::Tags)),
            );
        }
        if let Some(state) = query.state {
            select = select.filter(task::Column::State.eq(state.as_str()));
        }
        if let Some(after) = query.after {
            select = select.filter(task::Column::Id.lt(after));
        }
        let rows = select
            .order_by_desc(task::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut schedules = schedules_of(&self.reader, &ids).await?;
        schedules.sort_unstable_by_key(|schedule| schedule.task_id);
        let mut last_runs = self.last_runs(&ids).await?;
        rows.into_iter()
            .map(|row| {
                let from = schedules.partition_point(|s| s.task_id < row.id);
                let to = schedules.partition_point(|s| s.task_id <= row.id);
                let (task, _) = to_task(row, &schedules[from..to])?;
                Ok(TaskRow {
                    last_run: last_runs.remove(&task.id.0),
                    task,
                })
            })
            .collect()
    }

    /// The last run of each task: one statement, one index seek a task.
    async fn last_runs(
        &self,
        ids: &[i64],
    ) -> Result<std::collections::HashMap<i64, LastRun>, StoreError> {
        use run::Column as R;
        // Backwards along the task's own index. The newest of all of a task's runs by MAX would
        // look through them on SQLite.
        let newest = Query::select()
            .column((NEWEST, R::Id))
            .from_as(run::Entity, NEWEST)
            .and_where(Expr::col((NEWEST, R::TaskId)).equals((task::Entity, task::Column::Id)))
            .order_by((NEWEST, R::Id), Order::Desc)
            .limit(1)
            .to_owned();
        let last =
            Expr::col((run::Entity, R::Id)).eq(Expr::SubQuery(None, Box::new(newest.into())));
        let mut found = std::collections::HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(1000) {
            let query = Query::select()
                .columns(
                    [R::TaskId, R::Id, R::State, R::StartedAt, R::FinishedAt]
                        .map(|column| (run::Entity, column)),
                )
                .from(task::Entity)
                .inner_join(run::Entity, last.clone())
                .and_where(Expr::col((task::Entity, task::Column::Id)).is_in(chunk.iter().copied()))
                .to_owned();
            for row in self.reader.query_all(&query).await? {
                type Row = (i64, i64, String, DateTime<Utc>, Option<DateTime<Utc>>);
                let (task, id, state, started_at, finished_at): Row =
                    row.try_get_many_by_index()?;
                let state = state.parse().map_err(|()| unknown("run state", &state))?;
                let last = LastRun {
                    id: RunId(id),
                    state,
                    started_at: Stamp(started_at),
                    finished_at: finished_at.map(Stamp),
                };
                found.insert(task, last);
            }
        }
        Ok(found)
    }
}

fn escape_like(word: &str) -> String {
    word.replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_")
}
