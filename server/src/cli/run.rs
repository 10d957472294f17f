//! `jcrontab run`: runs and their output.

mod brief;
mod filter;
mod show;
mod tail;

use app::run::reason_text;
use axum::http::Method;
use clap::Subcommand;
use serde_json::Value;

use super::client::Client;
use super::print::{self, items, print_bytes, print_json, print_lines, print_note, print_table};
use super::{Failure, lang};
use filter::RunFilter;

#[derive(Subcommand, Debug)]
pub(super) enum RunCommand {
    /// List runs of all tasks or of one, newest first
    List {
        #[command(flatten)]
        filter: RunFilter,
        /// Number of runs, 1-200
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print runs as CSV or JSON lines, at most 100,000
    Export {
        #[command(flatten)]
        filter: RunFilter,
        /// Format: csv, or jsonl for one JSON object a line
        #[arg(long, default_value = "csv", value_parser = ["csv", "jsonl"])]
        format: String,
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
            filter,
            limit,
            json,
        } => {
            let parameters = filter.parameters(client).await?;
            let path = format!("/api/v1/runs?limit={limit}{parameters}");
            let page = client.call(Method::GET, &path, None).await?;
            if *json {
                print_json(&page);
            } else {
                print_runs(&page, !filter.is_of_task());
            }
        }
        RunCommand::Export { filter, format } => {
            let parameters = filter.parameters(client).await?;
            let path = format!("/api/v1/runs/export?format={format}{parameters}");
            print_bytes(&client.raw(Method::GET, &path, None).await?);
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
    print_table(&columns, &rows, ("没有符合条件的执行", "No runs match"));
    if let Some(next) = page["next"].as_str() {
        print_note(&lang().pick(
            format!("还有更早的：加 --after {next}"),
            format!("More: add --after {next}"),
        ));
    }
}
