//! `jcrontab task add --file`: a work list, one task a line.
//!
//! The columns may have the names that the tasks of the original Jcrontab had.

mod columns;

use std::io::Read;
use std::path::Path;

use app::task::{Mode, TaskDraft};
use axum::http::Method;
use serde_json::{Value, json};

use crate::cli::client::{Client, failure};
use crate::cli::print::{print_json, print_lines};
use crate::cli::{Failure, channel, lang, sentence};
use crate::takeover::decode::decode;
use columns::{Column, column};

/// The most lines.
const ROWS_MAX: usize = 1_000;
/// The most bytes.
const BYTES_MAX: u64 = 1024 * 1024;

/// A task of the list, with its line.
struct Row {
    line: u64,
    draft: TaskDraft,
    channel: String,
}

pub(super) async fn run(client: &Client, file: &Path, json: bool) -> Result<(), Failure> {
    let rows = rows(&read(file)?).map_err(Failure::usage)?;
    let file = file.display().to_string();
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    let (mut created, mut known) = (Vec::new(), Vec::new());
    for Row {
        line,
        mut draft,
        channel,
    } in rows
    {
        if !channel.is_empty() {
            draft.channel_id = channel::find(client, &channel).await?["id"].as_i64();
        }
        let name = draft.name.clone();
        let body =
            serde_json::to_value(&draft).map_err(|error| Failure::error(sentence(&error)))?;
        let (status, bytes) = client
            .exchange(Method::POST, "/api/v1/tasks", Some(body), &[])
            .await?;
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        match status {
            201 => {
                let id = &answer["id"];
                lines.push(lang().pick(
                    format!("任务 {id} 已创建：{name}"),
                    format!("Task {id} created: {name}"),
                ));
                created.push(json!({ "id": id, "name": name }));
            }
            409 if answer["code"] == "task.name_taken" => {
                lines.push(lang().pick(
                    format!("已存在，跳过：{name}"),
                    format!("Exists, skipped: {name}"),
                ));
                known.push(name);
            }
            422 => faults.push(format!(
                "{file}:{line}: {}",
                failure(status, &bytes).message
            )),
            _ => return Err(failure(status, &bytes)),
        }
    }
    if json {
        print_json(&json!({ "created": created, "known": known, "faults": faults }));
    } else {
        print_lines(&lines);
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::usage(faults.join("\n"))),
    }
}

/// The text of a file; `-` is stdin. Spreadsheets in China write GBK.
fn read(file: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(BYTES_MAX + 1)
            .read_to_end(&mut bytes)
    } else {
        let open = std::fs::File::open(file);
        open.and_then(|open| open.take(BYTES_MAX + 1).read_to_end(&mut bytes))
    };
    let shown = file.display();
    read.map_err(|error| {
        let error = sentence(&error);
        Failure::usage(lang().pick(
            format!("读不了 {shown}：{error}"),
            format!("{shown} cannot be read: {error}"),
        ))
    })?;
    let decoded = decode(&bytes, None).map_err(|_| {
        Failure::usage(lang().pick(
            format!("{shown} 不是 UTF-8、UTF-16 或 GBK 文本，或者太大"),
            format!("{shown} is not a text in UTF-8, UTF-16 or GBK, or too large"),
        ))
    })?;
    Ok(decoded.text)
}

/// The tasks of a list.
fn rows(text: &str) -> Result<Vec<Row>, String> {
    let head = text.lines().next().unwrap_or_default();
    let count = |sign: u8| head.bytes().filter(|byte| *byte == sign).count();
    let between = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|sign| count(*sign));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(between.unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut columns: Vec<Option<Column>> = Vec::new();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| sentence(&error))?;
        if columns.is_empty() {
            columns = record.iter().map(column).collect::<Result<_, _>>()?;
            if !columns.contains(&Some(Column::Name)) {
                return Err(lang()
                    .pick(
                        "第一行要写列名，至少有 name（工作内容）和 cron（工作周期）",
                        "the first line names the columns, with name and cron among them",
                    )
                    .to_owned());
            }
            continue;
        }
        if record.iter().all(str::is_empty) {
            continue;
        }
        if rows.len() == ROWS_MAX {
            return Err(lang().pick(
                format!("一次最多 {ROWS_MAX} 个任务"),
                format!("at most {ROWS_MAX} tasks at once"),
            ));
        }
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(row(&columns, &record, line)?);
    }
    Ok(rows)
}

fn row(columns: &[Option<Column>], record: &csv::StringRecord, line: u64) -> Result<Row, String> {
    let text = |wanted: Column| {
        let at = columns.iter().position(|column| *column == Some(wanted));
        at.and_then(|at| record.get(at))
            .unwrap_or_default()
            .to_owned()
    };
    let (command, robot, channel) = (
        text(Column::Command),
        text(Column::Robot),
        text(Column::Channel),
    );
    let has_messages = !robot.is_empty() || !channel.is_empty();
    let mode = text(Column::Mode);
    let mode = match mode.to_lowercase().as_str() {
        "" if command.is_empty() && has_messages => Mode::Message,
        "" => Mode::Command,
        "m" | "信息" => Mode::Message,
        "mc" | "信息+命令" => Mode::MessageCommand,
        "c" | "命令" => Mode::Command,
        word => word.parse().map_err(|()| {
            lang().pick(
                format!("第 {line} 行：工作模式 {mode:?} 不对，可选 M、MC、C"),
                format!("line {line}: the mode {mode:?} is not one of M, MC, C"),
            )
        })?,
    };
    let draft = TaskDraft {
        name: text(Column::Name),
        nickname: text(Column::Nickname),
        owners: app::task::split_list(&text(Column::Owners)),
        tags: app::task::split_list(&text(Column::Tags)),
        mode,
        command,
        zone: text(Column::Zone),
        cron: text(Column::Cron),
        urge_cron: text(Column::UrgeCron),
        robot,
        starts_at: text(Column::StartsAt),
        ends_at: text(Column::EndsAt),
        timeout: text(Column::Timeout),
        runbook: text(Column::Runbook),
        ..TaskDraft::default()
    };
    Ok(Row {
        line,
        draft,
        channel,
    })
}

#[cfg(test)]
mod tests;
