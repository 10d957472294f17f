//! `jcrontab task`: what `insert_work.py` did, and the rest.

use axum::http::Method;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::client::Client;
use super::print::{items, print_json, print_lines, print_table, text};
use super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(super) enum TaskCommand {
    /// Enter a task; a name that exists already is refused
    Add(Box<AddTask>),
    /// List tasks
    List {
        /// Only tasks with these words
        #[arg(long, default_value = "")]
        query: String,
        /// active, paused or closed
        #[arg(long)]
        state: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a task
    Show(One),
    /// Start it now
    Run(One),
    /// 暂停: it does not fire until restored
    Pause(One),
    /// 结单: it is done
    Close(One),
    /// 恢复: back to active
    Restore(One),
    /// 加急: the urge cycle takes over
    Urge {
        #[command(flatten)]
        one: One,
        /// A new urge cycle
        #[arg(long)]
        cron: Option<String>,
    },
    /// 恢复原始周期: back to the work cycle
    Unurge(One),
    /// Delete a task with its history
    Delete(One),
}

#[derive(Args, Debug)]
pub(super) struct One {
    /// The task's id
    id: i64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub(super) struct AddTask {
    /// 工作内容, unique
    #[arg(long)]
    name: String,
    /// 工作周期, 5 or 6 fields
    #[arg(long)]
    cron: String,
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
    /// 绰号
    #[arg(long, default_value = "")]
    nickname: String,
    /// Name or id of the channel for its messages
    #[arg(long)]
    channel: Option<String>,
    /// 催单工作周期
    #[arg(long, default_value = "")]
    urge_cron: String,
    /// Start with urging on
    #[arg(long)]
    urging: bool,
    /// Start of the window: RFC 3339, or a time in the task's zone
    #[arg(long, default_value = "")]
    starts_at: String,
    /// End of the window
    #[arg(long, default_value = "")]
    ends_at: String,
    /// Hard limit of a run: 30s, 5m, 2h
    #[arg(long, default_value = "")]
    timeout: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(client: &Client, command: &TaskCommand) -> Result<(), Failure> {
    match command {
        TaskCommand::Add(add) => add_task(client, add).await,
        TaskCommand::List { query, state, json } => {
            list(client, query, state.as_deref(), *json).await
        }
        TaskCommand::Show(one) => {
            let task = client.call(Method::GET, &path(one.id, ""), None).await?;
            show(&task, one.json);
            Ok(())
        }
        TaskCommand::Run(one) => {
            let run = client
                .call(Method::POST, &path(one.id, "/run"), None)
                .await?;
            if one.json {
                print_json(&run);
            } else {
                print_lines(&[format!("Run {} started", text(&run, "id"))]);
            }
            Ok(())
        }
        TaskCommand::Pause(one) => control(client, one, "/pause", None).await,
        TaskCommand::Close(one) => control(client, one, "/close", None).await,
        TaskCommand::Restore(one) => control(client, one, "/restore", None).await,
        TaskCommand::Urge { one, cron } => {
            control(client, one, "/urge", Some(json!({ "cron": cron }))).await
        }
        TaskCommand::Unurge(one) => control(client, one, "/unurge", None).await,
        TaskCommand::Delete(one) => {
            client.call(Method::DELETE, &path(one.id, ""), None).await?;
            if !one.json {
                print_lines(&[format!("Task {} deleted", one.id)]);
            }
            Ok(())
        }
    }
}

fn path(id: i64, act: &str) -> String {
    format!("/api/v1/tasks/{id}{act}")
}

async fn control(
    client: &Client,
    one: &One,
    act: &str,
    body: Option<Value>,
) -> Result<(), Failure> {
    let task = client.call(Method::POST, &path(one.id, act), body).await?;
    if one.json {
        print_json(&task);
    } else {
        let urging = if task["urging"] == true {
            ", urging"
        } else {
            ""
        };
        print_lines(&[format!(
            "Task {} is {}{urging}",
            one.id,
            text(&task, "state")
        )]);
    }
    Ok(())
}

async fn add_task(client: &Client, add: &AddTask) -> Result<(), Failure> {
    let channel_id = match &add.channel {
        Some(name) => Some(find_channel(client, name).await?),
        None => None,
    };
    let mode = add.mode.clone().unwrap_or_else(|| {
        // Without a command there is only a message to send.
        if add.command.trim().is_empty() && channel_id.is_some() {
            "message"
        } else {
            "command"
        }
        .to_owned()
    });
    let draft = json!({
        "name": add.name, "nickname": add.nickname, "owners": split(&add.owners), "tags": split(&add.tags),
        "mode": mode, "command": add.command, "zone": add.zone.clone().unwrap_or_default(), "cron": add.cron,
        "urge_cron": add.urge_cron, "urging": add.urging, "channel_id": channel_id,
        "starts_at": add.starts_at, "ends_at": add.ends_at, "timeout": add.timeout,
    });
    let task = client
        .call(Method::POST, "/api/v1/tasks", Some(draft))
        .await?;
    if add.json {
        print_json(&task);
    } else {
        print_lines(&[format!(
            "Task {} entered: {}",
            text(&task, "id"),
            words(&task)
        )]);
    }
    Ok(())
}

fn split(values: &[String]) -> Vec<String> {
    values
        .iter()
        .flat_map(|value| app::task::split_list(value))
        .collect()
}

/// A channel by name, or by id where no channel has that name.
pub(super) async fn find_channel(client: &Client, wanted: &str) -> Result<i64, Failure> {
    let channels = client.call(Method::GET, "/api/v1/channels", None).await?;
    let by_name = items(&channels)
        .iter()
        .find(|channel| channel["name"] == wanted);
    let by_id = || {
        items(&channels)
            .iter()
            .find(|channel| channel["id"] == wanted)
    };
    by_name
        .or_else(by_id)
        .and_then(|channel| channel["id"].as_i64())
        .ok_or_else(|| Failure::not_found(format!("there is no channel {wanted:?}")))
}

async fn list(
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
        let page = client
            .call(
                Method::GET,
                &format!("/api/v1/tasks?{}", pairs.finish()),
                None,
            )
            .await?;
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
                text(task, "name"),
                text(task, "cron"),
                text(task, "next_at"),
                text(&task["last_run"], "state"),
            ]
        })
        .collect();
    print_table(&["ID", "STATE", "NAME", "CRON", "NEXT", "LAST"], &lines);
    Ok(())
}

/// The cycle in force in words.
fn words(task: &Value) -> String {
    let cron = if task["urging"] == true {
        text(task, "urge_cron")
    } else {
        text(task, "cron")
    };
    let words = app::cron::CronExpr::parse(&cron)
        .map(|expr| expr.describe(lang()))
        .unwrap_or_default();
    format!("{words} ({cron}, {})", text(task, "zone"))
}

fn show(task: &Value, json: bool) {
    if json {
        print_json(task);
        return;
    }
    let mut lines = vec![
        format!(
            "{}  {}  [{}]",
            text(task, "id"),
            text(task, "name"),
            text(task, "state")
        ),
        words(task),
    ];
    for field in [
        "mode",
        "next_at",
        "starts_at",
        "ends_at",
        "timeout_seconds",
        "channel_id",
        "nickname",
    ] {
        let value = text(task, field);
        if !value.is_empty() {
            lines.push(format!("{field}: {value}"));
        }
    }
    if let Some(command) = task["command"]
        .as_str()
        .filter(|command| !command.is_empty())
    {
        lines.push("command:".to_owned());
        lines.extend(
            command
                .lines()
                .map(|line| format!("  {}", line.replace('\u{1b}', " "))),
        );
    }
    print_lines(&lines);
}
