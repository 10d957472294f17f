//! `jcrontab export` and `jcrontab apply`: tasks as files.

mod output;
mod plan;
pub(super) mod source;

use std::path::PathBuf;

use app::task::TaskDocument;
use axum::http::Method;
use clap::Args;
use serde_json::{Value, json};

use super::calendar::typed;
use super::client::{Client, failure, with_query};
use super::confirm::Confirm;
use super::print::{print_bytes, print_json, print_lines};
use super::task::id_of;
use super::{Failure, lang};
use crate::http::SKIPPED;
use crate::service::ApplyReport;
use source::File;

#[derive(Args, Debug)]
pub(super) struct Export {
    /// Only this task, by ID or exact name; repeatable
    #[arg(long = "task", value_name = "TASK")]
    tasks: Vec<String>,
    /// Only tasks with this tag
    #[arg(long)]
    tag: Option<String>,
    /// File to write, or folder (an existing one, or a path that ends in /) with one file for each task
    /// (default: stdout)
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct Apply {
    /// File with tasks, folder with such files (.yaml, .yml, .json), or `-` for stdin; repeatable
    #[arg(short, long = "file", value_name = "PATH", required = true)]
    files: Vec<PathBuf>,
    /// Only print the plan; exit code 2 if the tasks are not as the files say, 0 if they are, 1 if the
    /// files have faults
    #[arg(long)]
    dry_run: bool,
    /// Delete tasks with the tag of --tag that are in no file, after a confirmation
    #[arg(long, requires = "tag")]
    prune: bool,
    /// Tag that limits --prune; every task in the files needs it
    #[arg(long, requires = "prune")]
    tag: Option<String>,
    #[command(flatten)]
    confirm: Confirm,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn export(client: &Client, export: &Export) -> Result<(), Failure> {
    let mut ids = Vec::with_capacity(export.tasks.len());
    for task in &export.tasks {
        ids.push(id_of(client, task).await?.to_string());
    }
    let ids = ids.join(",");
    let ids = (!ids.is_empty()).then_some(ids.as_str());
    let parts = [("ids", ids), ("tag", export.tag.as_deref())];
    let path = with_query("/api/v1/tasks/export", &parts);
    let is_folder = export.output.as_deref().is_some_and(output::is_folder);
    let accept = match is_folder {
        true => "application/json",
        false => "application/yaml",
    };
    let headers = [("accept", accept)];
    let answer = client.exchange_headers(Method::GET, &path, None, &headers);
    let (status, bytes, headers) = answer.await?;
    if status != 200 {
        return Err(failure(status, &bytes));
    }
    match &export.output {
        None => print_bytes(&bytes),
        Some(folder) if is_folder => {
            let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let tasks: Vec<TaskDocument> = typed(&answer)?;
            let written = output::write_folder(folder, &tasks)?;
            print_lines(&[written]);
        }
        Some(file) => print_lines(&[output::write_one(file, &bytes)?]),
    }
    let skipped = headers.get(SKIPPED).and_then(|ids| ids.to_str().ok());
    match skipped {
        None => Ok(()),
        Some(ids) => Err(Failure::error(lang().pick(
            format!("有任务的记录无法读取，没有导出：{ids}；jcrontab doctor 会说明原因"),
            format!(
                "the rows of these tasks cannot be read, so they were not exported: {ids}; jcrontab doctor says why"
            ),
        ))),
    }
}

pub(super) async fn apply(client: &Client, apply: &Apply) -> Result<(), Failure> {
    let tag = apply.tag.as_deref();
    if apply.dry_run {
        let planned = plan_of(client, apply).await;
        let report = planned.map_err(Failure::no_drift)?;
        print(&report, apply.json)?;
        return match report.differs() {
            true => Err(Failure::differs()),
            false => Ok(()),
        };
    }
    let files = source::read(&apply.files)?;
    let mut seen = None;
    if apply.prune {
        let report = send(client, &files, true, tag, None).await?;
        if report.deleted > 0 {
            if !apply.json {
                print_lines(&plan::lines(&report));
            }
            let count = report.deleted;
            apply.confirm.ask(&lang().pick(
                format!("删除上面标有 - 的 {count} 个任务和它们的全部执行记录？"),
                format!("Delete the {count} tasks marked with - above, with their history?"),
            ))?;
        }
        seen = Some(report.plan);
    }
    let report = send(client, &files, false, tag, seen.as_deref()).await?;
    print(&report, apply.json)
}

async fn plan_of(client: &Client, apply: &Apply) -> Result<ApplyReport, Failure> {
    let files = source::read(&apply.files)?;
    send(client, &files, true, apply.tag.as_deref(), None).await
}

/// Sends the files. With `seen` they are applied only if they still do what that plan says.
async fn send(
    client: &Client,
    files: &[File],
    dry_run: bool,
    prune: Option<&str>,
    seen: Option<&str>,
) -> Result<ApplyReport, Failure> {
    let query = [
        ("dry_run", dry_run.then_some("true")),
        ("prune", prune),
        ("plan", seen),
    ];
    let path = with_query("/api/v1/tasks/apply", &query);
    let files: Vec<Value> = files
        .iter()
        .map(|file| json!({ "path": file.path, "text": file.text }))
        .collect();
    let body = Some(json!({ "files": files }));
    let (status, bytes) = client.exchange(Method::POST, &path, body, &[]).await?;
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    match status {
        200 => typed(&answer),
        422 => Err(faulty(&answer).unwrap_or_else(|| failure(status, &bytes))),
        _ => Err(failure(status, &bytes)),
    }
}

/// The faults of files, a line for each: it begins with the file and the place.
fn faulty(problem: &Value) -> Option<Failure> {
    let faults = problem["errors"].as_array()?;
    let lines: Vec<&str> = faults
        .iter()
        .filter_map(|fault| fault["message"].as_str())
        .collect();
    let nothing = lang().pick("什么都没有应用", "nothing was applied");
    (!lines.is_empty()).then(|| Failure::usage(format!("{nothing}\n{}", lines.join("\n"))))
}

fn print(report: &ApplyReport, json: bool) -> Result<(), Failure> {
    if json {
        let value = serde_json::to_value(report)
            .map_err(|error| Failure::error(super::sentence(&error)))?;
        print_json(&value);
    } else {
        print_lines(&plan::lines(report));
    }
    Ok(())
}
