//! `jcrontab task add`.

mod list;

use std::path::PathBuf;

use app::schedule::ScheduleDraft;
use app::task::execution::ExecutionDraft;
use app::task::{Mode, TaskDraft};
use axum::http::Method;
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use super::drafted::{drafted, split};
use super::execution::Execution;
use super::show::cycle;
use super::tickets::Tickets;
use crate::cli::channel;
use crate::cli::client::Client;
use crate::cli::cron::day_rule;
use crate::cli::print::{print_json, print_lines, text};
use crate::cli::{Failure, lang, rule, sentence};

/// Heading of the options on schedules.
const SCHEDULES: &str = "Schedules";
/// Heading of the options on missed firings.
const MISSED: &str = "Missed firings";

#[derive(Args, Debug)]
pub(in crate::cli) struct AddTask {
    #[command(flatten)]
    which: Which,
    /// Schedule (工作周期): a cron expression, `every 90s`, `at 2026-12-01 09:00`, `@startup`;
    /// repeatable
    #[arg(long, required_unless_present = "list", help_heading = SCHEDULES)]
    cron: Vec<String>,
    #[command(flatten)]
    rules: Rules,
    #[command(flatten)]
    missed: Missed,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    tickets: Tickets,
    #[command(flatten)]
    execution: Execution,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The fields of the task itself, called as in the API. What is skipped is looked up or asked for.
#[derive(Args, Serialize, Debug)]
struct Fields {
    /// Command, run by /bin/sh -c
    #[arg(long, default_value = "")]
    command: String,
    /// What a firing does: send a message, run a command and send its result, or run a command
    #[arg(long, value_parser = ["message", "message_command", "command"])]
    #[serde(skip)]
    mode: Option<String>,
    /// IANA time zone (default: the server's)
    #[arg(long = "zone", id = "task_zone", value_name = "ZONE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// Owner (负责人), mentioned in messages; repeatable
    #[arg(long = "owner")]
    #[serde(serialize_with = "split")]
    owners: Vec<String>,
    /// Tag; repeatable
    #[arg(long = "tag")]
    #[serde(serialize_with = "split")]
    tags: Vec<String>,
    /// Nickname (称呼), how messages address the recipients
    #[arg(long, default_value = "")]
    nickname: String,
    /// Channel for messages, by name or ID
    #[arg(long)]
    #[serde(skip)]
    channel: Option<String>,
    /// Webhook address of a chat robot (WeCom, DingTalk, Feishu, Slack, Teams), which makes a channel for
    /// this task alone; `-` to prompt for it, or to read it from stdin. It is a secret, and every user of
    /// the machine can read command lines
    #[arg(
        long,
        visible_alias = "wecom",
        conflicts_with = "channel",
        value_name = "URL",
        default_value = ""
    )]
    #[serde(skip)]
    robot: String,
    /// Signing secret of the robot (DingTalk, Feishu)
    #[arg(long, requires = "robot", value_name = "SECRET", default_value = "")]
    robot_secret: String,
    /// Further channel, with the events that it gets (default: those that --channel gets):
    /// CHANNEL[:EVENT,...]; repeatable
    #[arg(long, value_name = "CHANNEL[:EVENT,...]")]
    #[serde(skip)]
    notify: Vec<String>,
    /// Schedule while the task is being chased (催单工作周期)
    #[arg(long, default_value = "")]
    urge_cron: String,
    /// Create the task with chasing on
    #[arg(long)]
    urging: bool,
    /// Start of the active period: RFC 3339, or a time in the task's time zone
    #[arg(long, default_value = "")]
    starts_at: String,
    /// End of the active period
    #[arg(long, default_value = "")]
    ends_at: String,
    /// Timeout of a run, after which it is killed: 30s, 5m, 2h
    #[arg(long, default_value = "")]
    timeout: String,
    /// Pause the task after this many failures in a row, 1-1000
    #[arg(long, value_name = "N", default_value = "")]
    pause_after_failures: String,
    /// Announce each run this long ahead: 30m, 1d
    #[arg(long, value_name = "DURATION", default_value = "")]
    notice_before: String,
    /// 处理预案: what to do when it fails, as text or as a link
    #[arg(long, default_value = "")]
    runbook: String,
}

/// One task, or a list of them.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Which {
    /// Name
    #[arg(value_name = "NAME")]
    plain: Option<String>,
    /// Name, as an option
    #[arg(long = "name", value_name = "NAME")]
    named: Option<String>,
    /// Create a task of each line of a CSV or TSV file (work list): its first line names the columns, such
    /// as name, cron, owners, starts_at, ends_at, nickname, robot, command, mode. Tasks that exist are skipped
    #[arg(
        long = "file",
        id = "list",
        value_name = "FILE",
        conflicts_with_all = ["cron", "Fields", "Rules", "Missed", "Tickets", "Keep", "Retry", "Limits", "Waits", "Http"]
    )]
    list: Option<PathBuf>,
}

/// Rules for all schedules that are given.
#[derive(Args, Serialize, Debug)]
struct Rules {
    /// Dialect of the cron expressions; `quartz` has seconds first, and 1 is Sunday
    #[arg(long, value_parser = ["standard", "quartz"], help_heading = SCHEDULES)]
    #[serde(skip_serializing_if = "Option::is_none")]
    dialect: Option<String>,
    /// Day rule: any, work_days, rest_days, next_work_day, previous_work_day,
    /// nth_work_day:3, nth_work_day:-1 (the last of the month)
    #[arg(long, default_value = "", value_parser = day_rule, help_heading = SCHEDULES)]
    day_rule: String,
    /// Calendar of the day rule (default: cn)
    #[arg(long, default_value = "", help_heading = SCHEDULES)]
    calendar: String,
    /// Delay each firing by a random time up to this: 30s, 5m
    #[arg(long, default_value = "", help_heading = SCHEDULES)]
    jitter: String,
    /// Use the same random delay for every firing
    #[arg(long, requires = "jitter", help_heading = SCHEDULES)]
    jitter_stable: bool,
}

/// Misfire policy: what to do with firings missed while the server was down.
#[derive(Args, Serialize, Debug)]
struct Missed {
    /// Misfire policy: which firings missed while the server was down to run when it is back
    /// (default: latest for commands, none for reminders)
    #[arg(long, value_parser = ["none", "latest", "all"], help_heading = MISSED)]
    #[serde(rename = "policy", skip_serializing_if = "Option::is_none")]
    missed: Option<String>,
    /// Misfire grace: a firing this late is still on time (default: 60s)
    #[arg(long, default_value = "", help_heading = MISSED)]
    grace: String,
    /// With --missed all: maximum number per schedule, 1-1000 (default: 10)
    #[arg(long, default_value = "", help_heading = MISSED)]
    #[serde(rename = "max")]
    missed_max: String,
    /// With --missed latest or all: maximum age of a missed firing (default: 30d)
    #[arg(long, default_value = "", help_heading = MISSED)]
    #[serde(rename = "max_age")]
    missed_max_age: String,
}

pub(super) async fn run(client: &Client, add: &AddTask) -> Result<(), Failure> {
    if let Some(file) = &add.which.list {
        let own = add.execution.draft()?;
        if own != ExecutionDraft::default() {
            return Err(Failure::usage(lang().pick(
                "--file 里的任务不能再加其他选项",
                "--file cannot be used with options for a single task",
            )));
        }
        return list::run(client, file, add.json).await;
    }
    let mut draft = draft(add)?;
    let fields = &add.fields;
    if let Some(name) = &fields.channel {
        draft.channel_id = channel::find(client, name).await?["id"].as_i64();
    }
    let mut further = Vec::with_capacity(fields.notify.len());
    for text in &fields.notify {
        further.push(rule::notify(client, text).await?);
    }
    draft.robot = channel::given(
        &fields.robot,
        lang().pick(
            "机器人地址（不显示）：",
            "Address of the robot (not shown): ",
        ),
    )?;
    let mut draft =
        serde_json::to_value(&draft).map_err(|error| Failure::error(sentence(&error)))?;
    // A server of a former version does not know it.
    if !further.is_empty() {
        draft["notify"] = json!(further);
    }
    let task = client
        .call(Method::POST, "/api/v1/tasks", Some(draft))
        .await?;
    if add.json {
        print_json(&task);
    } else {
        let (id, cycle) = (text(&task, "id"), cycle(&task));
        let entered = lang().pick(
            format!("任务 {id} 已创建：{cycle}"),
            format!("Task {id} created: {cycle}"),
        );
        let lines: Vec<String> = std::iter::once(entered).chain(warnings(&task)).collect();
        print_lines(&lines);
    }
    Ok(())
}

/// The input that the options stand for, without what is looked up or asked for: its channel, its robot.
fn draft(add: &AddTask) -> Result<TaskDraft, Failure> {
    let name = add.which.plain.as_ref().or(add.which.named.as_ref());
    let schedule = |spec: &String| -> Result<ScheduleDraft, Failure> {
        Ok(ScheduleDraft {
            spec: spec.clone(),
            ..drafted(&add.rules)?
        })
    };
    Ok(TaskDraft {
        name: name.cloned().unwrap_or_default(),
        mode: mode(add),
        schedules: add.cron.iter().map(schedule).collect::<Result<_, _>>()?,
        missed: drafted(&add.missed)?,
        execution: add.execution.draft()?,
        tickets: add.tickets.draft(),
        ..drafted(&add.fields)?
    })
}

/// The mode; without a command or a request there is only a message to send.
fn mode(add: &AddTask) -> Mode {
    let fields = &add.fields;
    let named = Mode::ALL
        .into_iter()
        .find(|mode| Some(mode.as_str()) == fields.mode.as_deref());
    let only_message = fields.command.trim().is_empty()
        && !add.execution.calls()
        && (fields.channel.is_some() || !fields.robot.is_empty());
    named.unwrap_or(if only_message {
        Mode::Message
    } else {
        Mode::Command
    })
}

/// The warnings of the server about a saved task.
pub(super) fn warnings(task: &Value) -> Vec<String> {
    let warnings = task["warnings"].as_array().into_iter().flatten();
    warnings
        .filter_map(Value::as_str)
        .map(|text| lang().pick(format!("注意：{text}"), format!("Warning: {text}")))
        .collect()
}

#[cfg(test)]
mod tests;
