//! Rows of tasks and schedules as what they stand for.

use std::sync::Arc;

use app::id::{ChannelId, ScheduleId, TaskId};
use app::schedule::{Jitter, MissedRule, Purpose, Schedule};
use app::task::{Execution, Task};
use app::time::Stamp;

use super::super::StoreError;
use super::super::entity::{schedule, task};
use super::super::secrets::SealedSecret;
use super::LiveTask;

pub(in super::super) fn to_json(items: &[String]) -> String {
    serde_json::Value::from(items.to_vec()).to_string()
}

pub(in super::super) fn from_json(text: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::UnknownValue {
        what: "list",
        value: text.chars().take(80).collect(),
    })
}

pub(super) fn unknown(what: &'static str, value: &str) -> StoreError {
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

/// A task, and its chase schedule.
pub(super) fn to_task(
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

pub(super) fn to_live(
    row: task::Model,
    schedules: &[schedule::Model],
    secrets: Vec<SealedSecret>,
) -> Result<LiveTask, StoreError> {
    let (task, urge) = to_task(row, schedules)?;
    Ok(LiveTask::new(task, urge, secrets))
}
