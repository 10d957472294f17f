//! `jcrontab task`: create, show, edit and control tasks.

mod add;
mod drafted;
mod edit;
mod execution;
mod find;
mod messages;
mod plan;
mod show;
mod start;
mod stats;
mod tickets;
mod url;

use app::task::{HealthFilter, TaskState};
use axum::http::Method;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

pub(super) use find::id_of;
pub(super) use tickets::Tickets;

use super::client::Client;
use super::confirm::Confirm;
use super::message::{self, MessageCommand};
use super::print::{print_done, print_json, print_lines, text};
use super::when::here_text;
use super::{Failure, lang, words};

/// The words of a task's states, and those of health that a list can be filtered by.
fn states_and_health() -> PossibleValuesParser {
    let states = TaskState::ALL.iter().map(|state| state.as_str());
    PossibleValuesParser::new(states.chain(HealthFilter::ALL.iter().map(|health| health.as_str())))
}

#[derive(Subcommand, Debug)]
pub(super) enum TaskCommand {
    /// Create a task; a name that is in use is refused
    #[command(visible_alias = "create")]
    Add(Box<add::AddTask>),
    /// Change a task in an editor, by --set, or from a file
    ///
    /// Without --set and --file it opens the definition as TOML in $VISUAL, $EDITOR or vi. A
    /// definition with faults is opened again with the faults on top. When others have changed the
    /// task in the meantime nothing is saved, and the text stays in a file
    Edit(edit::EditTask),
    /// List tasks
    List {
        /// Only tasks that contain these words; owner:NAME and tag:NAME match a whole owner or tag
        #[arg(long, default_value = "")]
        query: String,
        /// Only tasks in this state, or active ones that are failing, being chased, or running
        #[arg(long, value_parser = states_and_health())]
        state: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a task
    Show(Named),
    /// Start a task now
    Run(start::StartTask),
    /// Pause a task (暂停) until it is resumed, or until a given time
    Pause {
        #[command(flatten)]
        task: Named,
        /// End of the pause: 30m or 2h from now, 18:00, 2026-12-01 18:00 (in the task's time zone), or RFC
        /// 3339
        #[arg(long)]
        until: Option<String>,
    },
    /// Mark a task done (结单)
    Close(Named),
    /// Resume a paused task or reopen a closed one (恢复)
    Restore(Named),
    /// Chase a task (加急): its chase schedule, or that of --cron, replaces its own schedules
    Urge {
        #[command(flatten)]
        task: Named,
        /// New chase schedule, such as "*/30 9-18 * * *"; required where the task has none
        #[arg(long)]
        cron: Option<String>,
    },
    /// Stop chasing a task (恢复原始周期): switch back to its own schedules
    Unurge(Named),
    /// Delete a task with its history
    Delete {
        #[command(flatten)]
        task: Named,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Explain why a task ran or did not run at a time, or whether it will
    Explain {
        #[command(flatten)]
        task: Named,
        /// Time: 09:00 (today), 2026-12-01 09:00 (in the task's time zone), or RFC 3339 (default: now)
        #[arg(long)]
        at: Option<String>,
    },
    /// List the messages about a task, newest first; or which ones it would send now, and why
    Messages {
        #[command(flatten)]
        task: Named,
        /// Show each event with its channels and the rule that decides, instead of what was sent
        #[arg(long)]
        explain: bool,
        /// Number of messages, 1-200
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200),
            conflicts_with = "explain")]
        limit: u32,
    },
    /// List planned runs of a task, newest first, with their outcome
    Occurrences {
        #[command(flatten)]
        task: Named,
        /// Only firings in this state: planned, running, succeeded, failed, timed_out, killed (shown as
        /// Stopped, 被停止, on pages), lost, skipped or missed
        #[arg(long)]
        state: Option<String>,
        /// Number of firings, 1-200
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// Continue after this cursor: `next` of the previous page
        #[arg(long)]
        after: Option<String>,
    },
    /// Show how many runs of a task succeeded and how long they took: over 7, 30 and 90 days, or by day
    Stats(stats::Stats),
    /// Create, list and delete addresses that start a task, for programs without an account
    #[command(subcommand)]
    Url(url::UrlCommand),
    /// List upcoming firings of a task, soonest first, including those to be skipped
    Next {
        #[command(flatten)]
        task: Named,
        /// Number of firings, 1-200
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
    },
}

/// A task as it is typed.
#[derive(Args, Debug)]
pub(super) struct Named {
    /// Task, by ID or exact name
    task: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A task that was found.
struct One {
    id: i64,
    json: bool,
}

impl Named {
    async fn find(&self, client: &Client) -> Result<One, Failure> {
        Ok(One {
            id: id_of(client, &self.task).await?,
            json: self.json,
        })
    }
}

pub(super) async fn run(client: &Client, command: &TaskCommand) -> Result<(), Failure> {
    match command {
        TaskCommand::Add(task) => add::run(client, task).await,
        TaskCommand::Edit(edit) => edit::run(client, edit).await,
        TaskCommand::List { query, state, json } => {
            show::list(client, query, state.as_deref(), *json).await
        }
        TaskCommand::Show(task) => {
            let one = task.find(client).await?;
            let task = client.call(Method::GET, &path(one.id, ""), None).await?;
            show::show(client, &task, one.json).await
        }
        TaskCommand::Run(start) => start::run(client, start).await,
        TaskCommand::Pause { task, until } => {
            let body = until.as_ref().map(|until| json!({ "until": until }));
            control(client, task, "/pause", body).await
        }
        TaskCommand::Close(task) => control(client, task, "/close", None).await,
        TaskCommand::Restore(task) => control(client, task, "/restore", None).await,
        TaskCommand::Urge { task, cron } => {
            control(client, task, "/urge", Some(json!({ "cron": cron }))).await
        }
        TaskCommand::Unurge(task) => control(client, task, "/unurge", None).await,
        TaskCommand::Delete { task, confirm } => {
            let one = task.find(client).await?;
            delete(client, &one, confirm).await
        }
        TaskCommand::Explain { task, at } => {
            plan::explain(client, &task.find(client).await?, at.as_deref()).await
        }
        TaskCommand::Messages {
            task,
            explain,
            limit,
        } => {
            let one = task.find(client).await?;
            if *explain {
                return messages::explain(client, &one).await;
            }
            let list = MessageCommand::List {
                state: None,
                event: None,
                task: Some(one.id.to_string()),
                channel: None,
                from: None,
                to: None,
                limit: *limit,
                after: None,
                json: one.json,
            };
            message::run(client, &list).await
        }
        TaskCommand::Occurrences {
            task,
            state,
            limit,
            after,
        } => {
            let query = plan::query(state.as_deref(), *limit, after.as_deref());
            plan::occurrences(client, &task.find(client).await?, &query).await
        }
        TaskCommand::Stats(stats) => stats::run(client, stats).await,
        TaskCommand::Url(command) => url::run(client, command).await,
        TaskCommand::Next { task, limit } => {
            plan::next(client, &task.find(client).await?, *limit).await
        }
    }
}

async fn delete(client: &Client, one: &One, confirm: &Confirm) -> Result<(), Failure> {
    let id = one.id;
    let task = match client.call(Method::GET, &path(id, ""), None).await {
        // Of one whose row cannot be read, this knows name and version.
        Err(refused) if refused.is_refused() => {
            match client.call(Method::GET, &path(id, "/damage"), None).await? {
                Value::Null => return Err(refused),
                damaged => damaged,
            }
        }
        task => task?,
    };
    let name = text(&task, "name");
    confirm.ask(&lang().pick(
        format!("删除任务 {id}“{name}”和它的全部执行记录？"),
        format!("Delete task {id} {name:?} with its history?"),
    ))?;
    client
        .change(Method::DELETE, &path(id, ""), &task, None)
        .await?;
    let words = lang().pick(format!("任务 {id} 已删除"), format!("Task {id} deleted"));
    print_done(&json!({ "id": id, "deleted": true }), one.json, &[words]);
    Ok(())
}

fn path(id: i64, act: &str) -> String {
    format!("/api/v1/tasks/{id}{act}")
}

async fn control(
    client: &Client,
    named: &Named,
    act: &str,
    body: Option<Value>,
) -> Result<(), Failure> {
    let one = named.find(client).await?;
    let task = client.call(Method::POST, &path(one.id, act), body).await?;
    if one.json {
        print_json(&task);
        return Ok(());
    }
    let (id, state) = (one.id, words::state(&text(&task, "state")));
    let mut line = lang().pick(
        format!("任务 {id}：{state}"),
        format!("Task {id} is {state}"),
    );
    let until = here_text(&task["paused_until"]);
    if !until.is_empty() {
        line.push_str(&lang().pick(format!("，到 {until} 为止"), format!(" until {until}")));
    }
    if task["urging"] == true {
        line.push_str(lang().pick("，催单中", ", chasing"));
    }
    print_lines(&[line]);
    Ok(())
}
