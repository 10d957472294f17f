//! `jcrontab task list` and `jcrontab task show`.

use std::collections::HashMap;

use app::id::TaskId;
use app::schedule::{Schedule, ScheduleSpec, describe_schedule};
use app::task::{Execution, InForce, Notes};
use axum::http::Method;
use serde_json::{Value, json};

use super::path;
use crate::cli::client::Client;
use crate::cli::print::{items, print_json, print_lines, print_table, text};
use crate::cli::when::local_text;
use crate::cli::{Failure, lang};

pub(super) async fn list(
    client: &Client,
    query: &str,
    state: Option<&str>,
    json: bool,
) -> Result<(), Failure> {
    let mut rows: Vec<Value> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        pairs.append_pair("limit", "200").append_pair("q", query);
        if let Some(state) = state {
            pairs.append_pair("state", state);
        }
        if let Some(after) = &after {
            pairs.append_pair("after", after);
        }
        let path = format!("/api/v1/tasks?{}", pairs.finish());
        let page = client.call(Method::GET, &path, None).await?;
        rows.extend_from_slice(items(&page));
        after = page["next"].as_str().map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    if json {
        print_json(&json!({ "items": rows, "next": null }));
        return Ok(());
    }
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|task| {
            vec![
                text(task, "id"),
                text(task, "state"),
                health(task),
                text(task, "name"),
                cron(task),
                text(task, "next_at"),
                text(&task["last_run"], "state"),
            ]
        })
        .collect();
    let heading = ["ID", "STATE", "HEALTH", "NAME", "CRON", "NEXT", "LAST"];
    print_table(&heading, &lines);
    Ok(())
}

/// How it is doing: `failing ×10 since …`, `ok`; empty from a server that does not say so.
fn health(task: &Value) -> String {
    let health = &task["health"];
    let zone = text(task, "zone");
    let mut words = text(health, "state");
    if let Some(times) = health["times"].as_i64() {
        words.push_str(&format!(" ×{times}"));
    }
    for field in ["since", "until"] {
        let at = local_text(&health[field], &zone);
        if !at.is_empty() {
            words.push_str(&format!(" {field} {at}"));
        }
    }
    words
}

/// The first schedule, and how many more there are.
fn cron(task: &Value) -> String {
    let more = task["schedules"]
        .as_array()
        .map_or(0, |all| all.len().saturating_sub(1));
    let first = text(task, "cron");
    if more > 0 {
        format!("{first} (+{more})")
    } else {
        first
    }
}

/// The schedules in force in words, each with its text.
pub(super) fn cycle(task: &Value) -> String {
    let zone = text(task, "zone");
    let lines = match in_force(task) {
        InForce::Urge(urge) => vec![urge_line(urge)],
        InForce::Work(task) => work_lines(task),
    };
    format!("{} ({zone})", lines.join("; "))
}

/// What holds of the schedules: the text of the urge cycle, or the task with those for work.
fn in_force(task: &Value) -> InForce<&str, &Value> {
    InForce::of(task["urging"] == true, task["urge_cron"].as_str(), task)
}

/// An urge cycle in words, with its text.
fn urge_line(spec: &str) -> String {
    let words = ScheduleSpec::parse(spec)
        .map(|spec| spec.describe(lang()))
        .unwrap_or_default();
    format!("{words} [{}]", spec.replace(char::is_control, " "))
}

/// The schedules for work in words, one line each.
fn work_lines(task: &Value) -> Vec<String> {
    // A server of another version may say it in another way; its texts are still told.
    serde_json::from_value::<Vec<Schedule>>(task["schedules"].clone()).map_or_else(
        |_| vec![text(task, "cron")],
        |schedules| {
            schedules
                .iter()
                .map(|one| format!("{} [{}]", describe_schedule(one, lang()), one.spec))
                .collect()
        },
    )
}

pub(super) async fn show(client: &Client, task: &Value, json: bool) -> Result<(), Failure> {
    if json {
        print_json(task);
        return Ok(());
    }
    let (lang, zone) = (lang(), text(task, "zone"));
    let state = match task["finished"] == true {
        true => lang.pick("，不会再执行", ", finished"),
        false => "",
    };
    let mut all = vec![format!(
        "{}  {}  [{}{state}]",
        text(task, "id"),
        text(task, "name"),
        text(task, "state")
    )];
    let health = health(task);
    if !health.is_empty() {
        all.push(format!("health: {health}"));
    }
    all.extend(work_lines(task));
    if let Some(urge) = task["urge_cron"].as_str() {
        let line = urge_line(urge);
        all.push(match in_force(task) {
            InForce::Urge(_) => lang.pick(format!("正在催单：{line}"), format!("urging: {line}")),
            InForce::Work(_) => {
                lang.pick(format!("催单周期：{line}"), format!("urge cycle: {line}"))
            }
        });
    }
    all.push(format!("zone: {zone}"));
    for field in ["next_at", "paused_until", "starts_at", "ends_at"] {
        if let Some(at) = task[field].as_str() {
            all.push(format!(
                "{field}: {at}  ({})",
                local_text(&task[field], &zone)
            ));
        }
    }
    if let Some(missed) = missed(&task["missed"]) {
        all.push(missed);
    }
    all.extend(execution(client, &task["execution"]).await?);
    for field in ["mode", "timeout_seconds", "channel_id", "nickname"] {
        let value = text(task, field);
        if !value.is_empty() {
            all.push(format!("{field}: {value}"));
        }
    }
    all.extend(notes(task));
    if let Some(command) = task["command"]
        .as_str()
        .filter(|command| !command.is_empty())
    {
        all.push("command:".to_owned());
        all.extend(
            command
                .lines()
                .map(|line| format!("  {}", line.replace('\u{1b}', " "))),
        );
    }
    print_lines(&all);
    Ok(())
}

/// What people should know about it, each note below its name.
fn notes(task: &Value) -> Vec<String> {
    // A server of another version may write them in another way.
    let notes = serde_json::from_value::<Notes>(task.clone()).unwrap_or_default();
    let notes = json!(notes);
    let filled = notes.as_object().into_iter().flatten();
    let filled = filled.filter_map(|(name, text)| Some((name, text.as_str()?)));
    let mut lines = Vec::new();
    for (name, text) in filled.filter(|(_, text)| !text.is_empty()) {
        lines.push(format!("{name}:"));
        let text = text.lines().map(|line| line.replace(char::is_control, " "));
        lines.extend(text.map(|line| format!("  {line}")));
    }
    lines
}

/// What differs from the usual execution, in words; tasks that it waits for have their names.
async fn execution(client: &Client, execution: &Value) -> Result<Vec<String>, Failure> {
    // A server of another version may say what this program does not know.
    let Ok(execution) = serde_json::from_value::<Execution>(execution.clone()) else {
        return Ok(vec![format!("execution: {execution}")]);
    };
    let mut names: HashMap<TaskId, String> = HashMap::new();
    for id in &execution.waits.tasks {
        match client.call(Method::GET, &path(id.0, ""), None).await {
            Ok(task) => drop(names.insert(*id, text(&task, "name"))),
            // Deleted meanwhile: its id is shown all the same.
            Err(failure) if failure.is_not_found() => {}
            Err(failure) => return Err(failure),
        }
    }
    let mut told = execution.describe_with(lang(), |id| names.get(&id).cloned());
    told.extend(execution.credential_hints(lang()));
    let plain = |line: String| line.replace(char::is_control, " ");
    Ok(told.into_iter().map(plain).collect())
}

/// The rule of missed firings, where it is not the usual one.
fn missed(rule: &Value) -> Option<String> {
    let rule: app::schedule::MissedRule = serde_json::from_value(rule.clone()).ok()?;
    if rule == app::schedule::MissedRule::default() {
        return None;
    }
    let policy = rule.policy.map_or("-", |policy| policy.as_str());
    let length = app::duration::format_duration;
    Some(format!(
        "missed: {policy}, grace {}, max {}, max age {}",
        length(rule.grace_seconds),
        rule.max,
        length(rule.max_age_seconds)
    ))
}
