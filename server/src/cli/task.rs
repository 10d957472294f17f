//! `jcrontab task`: what `insert_work.py` did, and the rest.

mod add;
mod execution;
mod plan;
mod show;
mod start;

use axum::http::Method;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::client::Client;
use super::print::{print_json, print_lines, text};
use super::when::local_text;
use super::{Failure, lang};

pub(super) use add::find_channel;

#[derive(Subcommand, Debug)]
pub(super) enum TaskCommand {
    /// Create a task; its name must be new
    #[command(visible_alias = "create")]
    Add(Box<add::AddTask>),
    /// List tasks
    List {
        /// Only tasks that contain these words
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
    Run(start::StartTask),
    /// 暂停: pause it until it is restored, or until a given time
    Pause {
        #[command(flatten)]
        one: One,
        /// Until when: 18:00, 2026-12-01 18:00 (in the task's zone), or RFC 3339
        #[arg(long)]
        until: Option<String>,
    },
    /// 结单: close it, it is done
    Close(One),
    /// 恢复: reopen or resume it
    Restore(One),
    /// 加急: chase; the chase schedule replaces its own
    Urge {
        #[command(flatten)]
        one: One,
        /// A new chase schedule
        #[arg(long)]
        cron: Option<String>,
    },
    /// 恢复原始周期: restore the original schedule
    Unurge(One),
    /// Delete a task with its history
    Delete(One),
    /// Explain why it did (not) run at a time, or will (not) run
    Explain {
        #[command(flatten)]
        one: One,
        /// 09:00 (today), 2026-12-01 09:00 (in the task's zone), or RFC 3339 (default: now)
        #[arg(long)]
        at: Option<String>,
    },
    /// Show its planned runs, newest first, whether they ran or not
    Occurrences {
        #[command(flatten)]
        one: One,
        /// planned, running, succeeded, failed, timed_out, killed, lost, skipped or missed
        #[arg(long)]
        state: Option<String>,
        /// How many, 1-200
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// `next` of the page before
        #[arg(long)]
        after: Option<String>,
    },
    /// Show its upcoming firings, soonest first, including skipped ones
    Next {
        #[command(flatten)]
        one: One,
        /// How many, 1-200
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
    },
}

#[derive(Args, Debug)]
pub(super) struct One {
    /// The task's id
    id: i64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(client: &Client, command: &TaskCommand) -> Result<(), Failure> {
    match command {
        TaskCommand::Add(task) => add::run(client, task).await,
        TaskCommand::List { query, state, json } => {
            show::list(client, query, state.as_deref(), *json).await
        }
        TaskCommand::Show(one) => {
            let task = client.call(Method::GET, &path(one.id, ""), None).await?;
            show::show(client, &task, one.json).await
        }
        TaskCommand::Run(start) => start::run(client, start).await,
        TaskCommand::Pause { one, until } => {
            let body = until.as_ref().map(|until| json!({ "until": until }));
            control(client, one, "/pause", body).await
        }
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
        TaskCommand::Explain { one, at } => plan::explain(client, one, at.as_deref()).await,
        TaskCommand::Occurrences {
            one,
            state,
            limit,
            after,
        } => {
            let query = plan::query(state.as_deref(), *limit, after.as_deref());
            plan::occurrences(client, one, &query).await
        }
        TaskCommand::Next { one, limit } => plan::next(client, one, *limit).await,
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
        return Ok(());
    }
    let mut line = format!("Task {} is {}", one.id, text(&task, "state"));
    let until = local_text(&task["paused_until"], &text(&task, "zone"));
    if !until.is_empty() {
        line.push_str(&lang().pick(format!("，到 {until} 为止"), format!(" until {until}")));
    }
    if task["urging"] == true {
        line.push_str(", urging");
    }
    print_lines(&[line]);
    Ok(())
}
