//! `jcrontab run`: runs and their output.

mod brief;
mod show;
mod tail;

use app::run::reason_text;
use axum::http::Method;
use clap::Subcommand;
use serde_json::Value;

use super::client::{Client, escaped};
use super::print::{self, items, print_bytes, print_json, print_lines, print_note, print_table};
use super::task::id_of;
use super::{Failure, lang};

#[derive(Subcommand, Debug)]
pub(super) enum RunCommand {
    /// List runs, newest first
    List {
        /// Only runs of this task, by name or ID
        #[arg(long)]
        task: Option<String>,
        /// Number of runs, 1-200
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// Continue after this cursor: `next` of the previous page
        #[arg(long)]
        after: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a run
    Show {
        /// Run ID
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the output of a run
    Output {
        /// Run ID
        id: i64,
    },
    /// Print the last lines of a run's output, stderr to stderr
    Tail {
        /// Run ID
        id: i64,
        /// Number of lines
        #[arg(short = 'n', long, default_value_t = 20)]
        lines: usize,
        /// Follow the output until the run ends
        #[arg(short, long)]
        follow: bool,
        /// Print JSON: one piece of the log a line, with its time and stream
        #[arg(long)]
        json: bool,
    },
    /// Stop a run: SIGTERM, then SIGKILL after its grace period
    Stop {
        /// Run ID
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

const COLUMNS: [&str; 9] = [
    "id",
    "state",
    "trigger",
    "scheduled_for",
    "started_at",
    "finished_at",
    "exit_code",
    "reason",
    "excerpt",
];

pub(super) async fn run(client: &Client, command: &RunCommand) -> Result<(), Failure> {
    match command {
        RunCommand::List {
            task,
            limit,
            after,
            json,
        } => {
            let after = after
                .as_ref()
                .map(|after| format!("&after={}", escaped(after)))
                .unwrap_or_default();
            let path = match task {
                Some(task) => {
                    let id = id_of(client, task).await?;
                    format!("/api/v1/tasks/{id}/runs?limit={limit}{after}")
                }
                None => format!("/api/v1/runs?limit={limit}{after}"),
            };
            let page = client.call(Method::GET, &path, None).await?;
            if *json {
                print_json(&page);
            } else {
                print_runs(&page, task.is_none());
            }
        }
        RunCommand::Show { id, json } => {
            let run = client
                .call(Method::GET, &format!("/api/v1/runs/{id}"), None)
                .await?;
            if *json {
                print_json(&run);
            } else {
                show::show(client, &run).await?;
            }
        }
        RunCommand::Output { id } => {
            print_bytes(
                &client
                    .raw(Method::GET, &format!("/api/v1/runs/{id}/output"), None)
                    .await?,
            );
        }
        RunCommand::Tail {
            id,
            lines,
            follow,
            json,
        } => {
            tail::tail(client, *id, *lines, *follow, *json).await?;
        }
        RunCommand::Stop { id, json } => {
            let run: Value = client
                .call(Method::POST, &format!("/api/v1/runs/{id}/stop"), None)
                .await?;
            if *json {
                print_json(&run);
            } else {
                print_lines(&[lang().pick(
                    format!("正在停止执行 {id}"),
                    format!("Run {id} is being stopped"),
                )]);
            }
        }
    }
    Ok(())
}

/// A cell of the table of runs: the reason in words, other fields as they are.
fn cell(run: &Value, column: &str) -> String {
    match print::cell(run, column) {
        code if column == "reason" && !code.is_empty() => reason_text(&code, lang()),
        text => text,
    }
}

/// Prints runs as a table; runs of several tasks with their names.
fn print_runs(page: &Value, tasks: bool) {
    let mut columns = COLUMNS.to_vec();
    if tasks {
        columns.insert(1, "task_name");
    }
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|run| columns.iter().map(|column| cell(run, column)).collect())
        .collect();
    print_table(&columns, &rows);
    if let Some(next) = page["next"].as_str() {
        print_note(&lang().pick(
            format!("还有更早的：加 --after {next}"),
            format!("More: add --after {next}"),
        ));
    }
}
