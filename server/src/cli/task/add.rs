//! `jcrontab task add`.

use app::schedule::{MissedDraft, ScheduleDraft};
use axum::http::Method;
use clap::Args;
use serde_json::{Value, json};

use super::execution::Execution;
use super::show::cycle;
use crate::cli::client::Client;
use crate::cli::cron::day_rule;
use crate::cli::name::Name;
use crate::cli::print::{items, print_json, print_lines, text};
use crate::cli::{Failure, lang};

#[derive(Args, Debug)]
pub(in crate::cli) struct AddTask {
    #[command(flatten)]
    name: Name,
    /// 工作周期: a cron expression, `every 90s`, `at 2026-12-01 09:00`, `@startup`; may be given
    /// several times
    #[arg(long, required = true)]
    cron: Vec<String>,
    #[command(flatten)]
    rules: Rules,
    #[command(flatten)]
    missed: Missed,
    /// The command, run by /bin/sh -c
    #[arg(long, default_value = "")]
    command: String,
    /// message, message_command or command
    #[arg(long, value_parser = ["message", "message_command", "command"])]
    mode: Option<String>,
    /// IANA zone
    #[arg(long = "zone", id = "task_zone")]
    zone: Option<String>,
    /// 责任人; may be given several times
    #[arg(long = "owner")]
    owners: Vec<String>,
    /// Label; may be given several times
    #[arg(long = "tag")]
    tags: Vec<String>,
    /// 称呼: how messages address the owners
    #[arg(long, default_value = "")]
    nickname: String,
    /// Name or id of the channel for its messages
    #[arg(long)]
    channel: Option<String>,
    /// 催单工作周期
    #[arg(long, default_value = "")]
    urge_cron: String,
    /// Start with chasing on
    #[arg(long)]
    urging: bool,
    /// Start of the active period: RFC 3339, or a time in the task's zone
    #[arg(long, default_value = "")]
    starts_at: String,
    /// End of the active period
    #[arg(long, default_value = "")]
    ends_at: String,
    /// Timeout of a run: 30s, 5m, 2h
    #[arg(long, default_value = "")]
    timeout: String,
    #[command(flatten)]
    execution: Execution,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Rules for all schedules that are given.
#[derive(Args, Debug)]
struct Rules {
    /// How the cron expressions are read: `quartz` has seconds first, and 1 is Sunday
    #[arg(long, value_parser = ["standard", "quartz"])]
    dialect: Option<String>,
    /// Which days count: any, work_days, rest_days, next_work_day, previous_work_day,
    /// nth_work_day:3, nth_work_day:-1 (the last of the month)
    #[arg(long, default_value = "", value_parser = day_rule)]
    day_rule: String,
    /// Calendar of the day rule (default: cn)
    #[arg(long, default_value = "")]
    calendar: String,
    /// Jitter: delay each firing by a random time of up to this: 30s, 5m
    #[arg(long, default_value = "")]
    jitter: String,
    /// Use the same delay for every firing
    #[arg(long, requires = "jitter")]
    jitter_stable: bool,
}

/// Misfire policy: what to do with firings missed while the server was down.
#[derive(Args, Debug)]
struct Missed {
    /// What to catch up after an outage: none, latest, all (default: latest for commands, none
    /// for reminders)
    #[arg(long, value_parser = ["none", "latest", "all"])]
    missed: Option<String>,
    /// A firing may be this late and still count as on time (default: 60s)
    #[arg(long, default_value = "")]
    grace: String,
    /// With --missed all: at most how many of each schedule, 1-1000 (default: 10)
    #[arg(long, default_value = "")]
    missed_max: String,
    /// With --missed latest or all: nothing older than this (default: 30d)
    #[arg(long, default_value = "")]
    missed_max_age: String,
}

pub(super) async fn run(client: &Client, add: &AddTask) -> Result<(), Failure> {
    let channel_id = match &add.channel {
        Some(name) => Some(find_channel(client, name).await?),
        None => None,
    };
    let mode = add.mode.clone().unwrap_or_else(|| {
        // Without a command or a request there is only a message to send.
        if add.command.trim().is_empty() && !add.execution.calls() && channel_id.is_some() {
            "message"
        } else {
            "command"
        }
        .to_owned()
    });
    let draft = json!({
        "name": add.name.as_str(), "nickname": add.nickname, "owners": split(&add.owners), "tags": split(&add.tags),
        "mode": mode, "command": add.command, "zone": add.zone.clone().unwrap_or_default(),
        "schedules": schedules(add), "missed": missed(&add.missed),
        "urge_cron": add.urge_cron, "urging": add.urging, "channel_id": channel_id,
        "starts_at": add.starts_at, "ends_at": add.ends_at, "timeout": add.timeout,
        "execution": add.execution.draft().map_err(Failure::usage)?,
    });
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
        let warnings = task["warnings"].as_array().into_iter().flatten();
        let warnings = warnings
            .filter_map(Value::as_str)
            .map(|text| lang().pick(format!("注意：{text}"), format!("Warning: {text}")));
        let lines: Vec<String> = std::iter::once(entered).chain(warnings).collect();
        print_lines(&lines);
    }
    Ok(())
}

fn schedules(add: &AddTask) -> Vec<ScheduleDraft> {
    let rules = &add.rules;
    add.cron
        .iter()
        .map(|spec| ScheduleDraft {
            spec: spec.clone(),
            dialect: rules.dialect.clone().unwrap_or_default(),
            day_rule: rules.day_rule.clone(),
            calendar: rules.calendar.clone(),
            jitter: rules.jitter.clone(),
            jitter_stable: rules.jitter_stable,
        })
        .collect()
}

fn missed(missed: &Missed) -> MissedDraft {
    MissedDraft {
        policy: missed.missed.clone().unwrap_or_default(),
        grace: missed.grace.clone(),
        max: missed.missed_max.clone(),
        max_age: missed.missed_max_age.clone(),
    }
}

fn split(values: &[String]) -> Vec<String> {
    values
        .iter()
        .flat_map(|value| app::task::split_list(value))
        .collect()
}

/// A channel by name, or by id where no channel has that name.
pub(in crate::cli) async fn find_channel(client: &Client, wanted: &str) -> Result<i64, Failure> {
    let channels = client.call(Method::GET, "/api/v1/channels", None).await?;
    let by_name = items(&channels)
        .iter()
        .find(|channel| channel["name"] == wanted);
    let by_id = || {
        items(&channels)
            .iter()
            .find(|channel: &&Value| wanted.parse().is_ok_and(|id: i64| channel["id"] == id))
    };
    by_name
        .or_else(by_id)
        .and_then(|channel| channel["id"].as_i64())
        .ok_or_else(|| Failure::not_found(format!("there is no channel {wanted:?}")))
}
