//! `jcrontab task list` and `jcrontab task show`.

use std::collections::HashMap;

use app::i18n::Lang;
use app::id::{ChannelId, TaskId};
use app::schedule::{Schedule, ScheduleSpec, describe_schedule};
use app::task::{Execution, Health, HealthFilter, InForce, Notes, TaskSpec};
use app::texts::Ui;
use app::texts::facts::{Fact, FactValue};
use app::texts::fields::label;
use app::texts::health::{self, HealthUi};
use app::transition::Word;
use axum::http::Method;
use serde_json::{Value, json};

use super::path;
use crate::cli::client::Client;
use crate::cli::print::{block, items, print_json, print_lines, print_table, text};
use crate::cli::when::here_text;
use crate::cli::words::{self, labelled, title};
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
        if let Some(word) = state {
            let is_health = HealthFilter::read(word).is_some();
            pairs.append_pair(if is_health { "health" } else { "state" }, word);
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
                here_text(&task["next_at"]),
                text(&task["last_run"], "state"),
            ]
        })
        .collect();
    let heading = ["ID", "STATE", "HEALTH", "NAME", "CRON", "NEXT", "LAST"];
    let empty = match query.trim().is_empty() && state.is_none() {
        true => (
            "还没有任务。添加：jcrontab task add 名称 --cron '0 4 * * *' --command 命令",
            "No tasks yet. Add one: jcrontab task add NAME --cron '0 4 * * *' --command COMMAND",
        ),
        false => ("没有符合条件的任务", "No tasks match"),
    };
    print_table(&heading, &lines, empty);
    Ok(())
}

/// The health: `failing ×10 since …`, `ok`; empty from a server that does not report it. A task that does not fire
/// because its line is still in a crontab is `held`.
fn health(task: &Value) -> String {
    if task["held"].is_object() {
        return lang().pick("暂不执行", "held").to_owned();
    }
    let (health, lang) = (&task["health"], lang());
    let ui = HealthUi::of(Lang::Zh);
    let mut words = match (lang, serde_json::from_value::<Health>(health.clone())) {
        (Lang::Zh, Ok(health)) => match health {
            Health::Failing { .. } => ui.failing,
            Health::Chasing => Ui::of(lang).urging,
            Health::Running { .. } => ui.running,
            Health::Ok => ui.ok,
            Health::Stopped => ui.stopped,
            Health::Waiting => ui.waiting,
            Health::Paused { .. } => Ui::of(lang).task_paused,
            Health::Done => ui.finished,
        }
        .to_owned(),
        // The code, in English and for a state that this version does not know.
        _ => text(health, "state"),
    };
    if let Some(times) = health["times"].as_i64() {
        words.push_str(&format!(" ×{times}"));
    }
    let at = |field: &str| {
        let at = here_text(&health[field]);
        (!at.is_empty()).then_some(at)
    };
    let since = at("since").map(|at| health::since(lang, &at));
    let until = at("until").map(|at| health::until(lang, &at));
    for part in since.into_iter().chain(until) {
        words.push(' ');
        words.push_str(&part);
    }
    words
}

/// The first schedule, and the number of further ones.
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

/// The task's own schedules in words, also while it is chased.
pub(super) fn own_cycle(task: &Value) -> String {
    format!("{} ({})", work_lines(task).join("; "), text(task, "zone"))
}

/// The chase schedule in words, where it is in force.
pub(super) fn chase(task: &Value) -> Option<String> {
    match in_force(task) {
        InForce::Urge(urge) => Some(urge_line(urge)),
        InForce::Work(_) => None,
    }
}

/// The schedules in force: the text of the chase schedule, or the task with its own ones.
fn in_force(task: &Value) -> InForce<&str, &Value> {
    InForce::of(task["urging"] == true, task["urge_cron"].as_str(), task)
}

/// A chase schedule in words, with its text.
fn urge_line(spec: &str) -> String {
    let words = ScheduleSpec::parse(spec)
        .map(|spec| spec.describe(lang()))
        .unwrap_or_default();
    format!("{words} [{}]", spec.replace(char::is_control, " "))
}

/// The task's own schedules in words, one per line.
fn work_lines(task: &Value) -> Vec<String> {
    // A server of another version may use another format; its texts are still shown.
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
    let lang = lang();
    let ui = Ui::of(lang);
    let state = match task["finished"] == true {
        true => lang.pick("，不会再执行", ", finished"),
        false => "",
    };
    let mut all = vec![format!(
        "{}  {}  [{}{state}]",
        text(task, "id"),
        text(task, "name"),
        words::state(&text(task, "state"))
    )];
    let health = health(task);
    if !health.is_empty() {
        all.push(labelled(lang.pick("状况", "Health"), health));
    }
    all.extend(work_lines(task));
    if let Some(urge) = task["urge_cron"].as_str() {
        let line = urge_line(urge);
        all.push(match in_force(task) {
            InForce::Urge(_) => labelled(lang.pick("正在催单", "Chasing"), line),
            InForce::Work(_) => labelled(ui.urge_cycle, line),
        });
    }
    if let Ok(held) = serde_json::from_value::<app::task::HeldBy>(task["held"].clone()) {
        all.push(held.text(lang));
    }
    let paused = lang.pick("暂停到", "Paused until");
    for (label, field) in [(ui.next_firing, "next_at"), (paused, "paused_until")] {
        let at = here_text(&task[field]);
        if !at.is_empty() {
            all.push(labelled(label, at));
        }
    }
    all.extend(facts(client, task).await?);
    all.extend(execution(client, &task["execution"]).await?);
    all.extend(notes(task));
    if let Some(command) = task["command"]
        .as_str()
        .filter(|command| !command.is_empty())
    {
        all.push(title(ui.command));
        all.extend(block(command));
    }
    print_lines(&all);
    Ok(())
}

/// The definition of a task as on its page; schedules are listed further up.
async fn facts(client: &Client, task: &Value) -> Result<Vec<String>, Failure> {
    let lang = lang();
    let ui = Ui::of(lang);
    let (spec, unread) = definition(task);
    let mut lines = Vec::new();
    for Fact {
        field,
        label,
        value,
    } in spec.facts(lang)
    {
        if unread.contains(&field) {
            lines.push(labelled(label, text(task, field)));
            continue;
        }
        match value {
            FactValue::Schedules(_) | FactValue::Urge(_) | FactValue::Unset(_) => {}
            FactValue::Window(..) => {
                let ends = [(ui.field_starts, "starts_at"), (ui.field_ends, "ends_at")];
                let set = ends.map(|(label, field)| (label, here_text(&task[field])));
                let set = set.into_iter().filter(|(_, at)| !at.is_empty());
                lines.extend(set.map(|(label, at)| labelled(label, at)));
            }
            FactValue::Mode(mode) => lines.push(labelled(label, ui.mode_text(mode).0)),
            FactValue::Channel(id) => lines.push(labelled(label, channel(client, id).await?)),
            FactValue::Text(value) => {
                lines.push(labelled(label, value.replace(char::is_control, " ")));
            }
        }
    }
    Ok(lines)
}

/// The definition in the answer of a server, and the fields of it that this program cannot read: a server of another
/// version may use another format for them.
fn definition(task: &Value) -> (TaskSpec, Vec<&str>) {
    let (mut read, mut unread) = (serde_json::Map::new(), Vec::new());
    for (name, value) in task.as_object().into_iter().flatten() {
        let alone = json!({ name.as_str(): value });
        if serde_json::from_value::<TaskSpec>(alone).is_ok() {
            read.insert(name.clone(), value.clone());
        } else {
            unread.push(name.as_str());
        }
    }
    let spec = serde_json::from_value(Value::Object(read)).unwrap_or_default();
    (spec, unread)
}

/// The name of the channel that messages go to.
async fn channel(client: &Client, id: ChannelId) -> Result<String, Failure> {
    let path = format!("/api/v1/channels/{id}");
    match client.call(Method::GET, &path, None).await {
        Ok(channel) => Ok(format!("{} (#{id})", text(&channel, "name"))),
        // Deleted meanwhile, or not visible to this caller.
        Err(failure) if failure.is_not_found() || failure.is_refused() => Ok(format!("#{id}")),
        Err(failure) => Err(failure),
    }
}

/// The notes of a task, each below its label.
fn notes(task: &Value) -> Vec<String> {
    // A server of another version may use another format.
    let notes = serde_json::from_value::<Notes>(task.clone()).unwrap_or_default();
    let mut lines = Vec::new();
    for (field, text) in notes.written() {
        lines.push(title(label(field, lang()).unwrap_or(field)));
        lines.extend(block(text));
    }
    lines
}

/// The settings of the execution that differ from the defaults, in words; dependencies by their names.
async fn execution(client: &Client, execution: &Value) -> Result<Vec<String>, Failure> {
    // A server of another version may send fields that this program does not know.
    let Ok(execution) = serde_json::from_value::<Execution>(execution.clone()) else {
        return Ok(vec![labelled(
            lang().pick("执行方式", "Execution"),
            execution,
        )]);
    };
    let mut names: HashMap<TaskId, String> = HashMap::new();
    for id in &execution.waits.tasks {
        match client.call(Method::GET, &path(id.0, ""), None).await {
            Ok(task) => drop(names.insert(*id, text(&task, "name"))),
            // Deleted meanwhile: its id is shown anyway.
            Err(failure) if failure.is_not_found() => {}
            Err(failure) => return Err(failure),
        }
    }
    let mut lines = execution.describe_with(lang(), |id| names.get(&id).cloned());
    lines.extend(execution.credential_hints(lang()));
    let plain = |line: String| line.replace(char::is_control, " ");
    Ok(lines.into_iter().map(plain).collect())
}
