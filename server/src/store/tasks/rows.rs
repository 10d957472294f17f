//! Converts rows of tasks and schedules.

use std::sync::Arc;

use app::id::{ChannelId, ScheduleId, TaskId};
use app::schedule::{Jitter, MissedRule, Purpose, Schedule};
use app::task::{Execution, HeldBy, Notes, Task, TaskSpec};
use app::ticket::TicketRule;
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::Set;

use super::super::StoreError;
use super::super::entity::{schedule, task};
use super::super::secrets::SealedSecret;
use super::LiveTask;

pub(in super::super) fn to_json(items: &[String]) -> String {
    serde_json::Value::from(items.to_vec()).to_string()
}

pub(in super::super) fn from_json(text: &str) -> Result<Vec<String>, StoreError> {
    list("list", text)
}

/// A list as JSON, from a column with this name.
fn list(column: &'static str, text: &str) -> Result<Vec<String>, StoreError> {
    let read = serde_json::from_str(text);
    read.map_err(|_| unknown(column, &text.chars().take(80).collect::<String>()))
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
            .map_err(|()| unknown("schedule.purpose", &row.purpose))?,
        spec: row.expression.clone(),
        day_rule: row
            .day_rule
            .parse()
            .map_err(|_| unknown("schedule.day_rule", &row.day_rule))?,
        calendar: row.calendar.clone(),
        jitter: Jitter {
            seconds: row.jitter_seconds,
            stable: row.jitter_stable,
        },
    })
}

/// A task, and its chase schedule.
pub(in super::super) fn to_task(
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
        .map(|text| {
            text.parse()
                .map_err(|()| unknown("task.missed_policy", text))
        })
        .transpose()?;
    let spec = TaskSpec {
        name: row.name,
        nickname: row.nickname,
        owners: list("task.owners", &row.owners)?,
        tags: list("task.tags", &row.tags)?,
        mode: row
            .mode
            .parse()
            .map_err(|()| unknown("task.mode", &row.mode))?,
        command: row.command,
        zone: row.zone,
        schedules: work,
        urge_cron: urge.first().map(|schedule| schedule.spec.clone()),
        urging: row.urging,
        channel_id: row.channel_id.map(ChannelId),
        starts_at: row.starts_at.map(Stamp),
        ends_at: row.ends_at.map(Stamp),
        timeout_seconds: row.timeout_seconds,
        pause_after_failures: row.pause_after_failures,
        notice_before_seconds: row.notice_before_seconds,
        missed: MissedRule {
            policy,
            grace_seconds: row.grace_seconds,
            max: row.missed_max,
            max_age_seconds: row.missed_max_age,
        },
        execution: to_execution(row.execution.as_deref())?,
        tickets: to_tickets(row.tickets.as_deref())?,
        notes: to_notes(row.notes.as_deref())?,
    };
    let task = Task {
        id: TaskId(row.id),
        spec,
        state: row.state.0,
        paused_until: row.paused_until.map(Stamp),
        held: to_held(row.held.as_deref())?,
        version: row.version,
        created_at: Stamp(row.created_at),
        updated_at: Stamp(row.updated_at),
    };
    Ok((task, urge.pop()))
}

/// The columns of a definition. The caller adds what a new row needs besides.
pub(super) fn columns(spec: &TaskSpec, now: DateTime<Utc>) -> task::ActiveModel {
    // Each by its name: a field that is not stored is unused, which the compiler reports.
    let TaskSpec {
        name,
        nickname,
        owners,
        tags,
        mode,
        command,
        zone,
        urging,
        channel_id,
        starts_at,
        ends_at,
        timeout_seconds,
        pause_after_failures,
        notice_before_seconds,
        missed,
        execution,
        tickets,
        notes,
        // Rows of their own: `schedules::set_all`.
        schedules: _,
        urge_cron: _,
    } = spec;
    task::ActiveModel {
        name: Set(name.clone()),
        nickname: Set(nickname.clone()),
        owners: Set(to_json(owners)),
        tags: Set(to_json(tags)),
        mode: Set(mode.as_str().to_owned()),
        command: Set(command.clone()),
        zone: Set(zone.clone()),
        channel_id: Set(channel_id.map(|id| id.0)),
        starts_at: Set(starts_at.map(|at| at.0)),
        ends_at: Set(ends_at.map(|at| at.0)),
        timeout_seconds: Set(*timeout_seconds),
        pause_after_failures: Set(*pause_after_failures),
        notice_before_seconds: Set(*notice_before_seconds),
        urging: Set(*urging),
        missed_policy: Set(missed.policy.map(|policy| policy.as_str().to_owned())),
        grace_seconds: Set(missed.grace_seconds),
        missed_max: Set(missed.max),
        missed_max_age: Set(missed.max_age_seconds),
        execution: Set(Some(serde_json::json!(execution).to_string())),
        tickets: Set(tickets_column(tickets)),
        notes: Set(Some(serde_json::json!(notes).to_string())),
        updated_at: Set(now),
        ..Default::default()
    }
}

/// The execution of a row; the default if there is none.
pub(in super::super) fn to_execution(text: Option<&str>) -> Result<Arc<Execution>, StoreError> {
    match text {
        None => Ok(Execution::usual()),
        Some(text) => serde_json::from_str(text)
            .map(Execution::shared)
            .map_err(|_| unknown("task.execution", &text.chars().take(80).collect::<String>())),
    }
}

/// A rule about tickets as it is stored: no value for the default.
pub(in super::super) fn tickets_column(rule: &TicketRule) -> Option<String> {
    (*rule != *TicketRule::usual()).then(|| serde_json::json!(rule).to_string())
}

/// The rule about tickets of a row; the default if there is none.
pub(in super::super) fn to_tickets(text: Option<&str>) -> Result<Arc<TicketRule>, StoreError> {
    match text {
        None => Ok(TicketRule::usual()),
        Some(text) => serde_json::from_str(text)
            .map(TicketRule::shared)
            .map_err(|_| unknown("task.tickets", text)),
    }
}

/// The crontab that still has the line of a task.
fn to_held(text: Option<&str>) -> Result<Option<HeldBy>, StoreError> {
    text.map(|text| serde_json::from_str(text).map_err(|_| unknown("task.held", text)))
        .transpose()
}

/// The notes of a row; empty if an older version wrote it.
fn to_notes(text: Option<&str>) -> Result<Notes, StoreError> {
    let Some(text) = text else {
        return Ok(Notes::default());
    };
    serde_json::from_str(text).map_err(|_| unknown("task.notes", text))
}

pub(super) fn to_live(
    row: task::Model,
    schedules: &[schedule::Model],
    secrets: Vec<SealedSecret>,
) -> Result<LiveTask, StoreError> {
    let (task, urge) = to_task(row, schedules)?;
    Ok(LiveTask::new(task, urge, secrets))
}
