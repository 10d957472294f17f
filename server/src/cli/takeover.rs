//! `jcrontab takeover` and `jcrontab giveback`: who runs the lines of this host's crontabs, with no firing lost or
//! doubled.
//!
//! Cron decides at the start of each minute what it runs, from the crontab as it is then. So a line is commented out
//! in the middle of a minute M: cron has started the last firing of it, at M, and reads the new crontab before M+1. The
//! task is released in the same minute, and so fires from M+1 on. The way back is the same the other way round: first
//! the task is held, then the line is put back. Whatever fails in between, nothing runs twice; a command that is
//! interrupted between the two steps does the rest when it is run again.

mod minute;
mod scripts;
mod words;

use std::collections::HashMap;
use std::path::PathBuf;

use app::id::TaskId;
use app::import::{HandedOver, Handover, ImportedLine};
use app::task::place_text;
use axum::http::Method;
use clap::Args;
use serde_json::json;

use super::calendar::typed;
use super::client::Client;
use super::crontabs::{Crontab, ReplaceMode, Scripts, Which};
use super::print::{print_json, print_lines, print_note};
use super::{Failure, lang, sentence};
use crate::cli::access::Access;
use crate::takeover::{Account, Kind, Reading, edit, keys, read};
use minute::Window;
use words::{changed, late, nothing, unfinished};

/// Pages of the list of imported lines that are read.
const PAGES_MAX: usize = 1_000;

#[derive(Args, Debug)]
pub(super) struct Change {
    #[command(flatten)]
    which: Which,
    /// Only these tasks, by id
    #[arg(
        long = "task",
        id = "only_tasks",
        value_name = "TASK",
        value_delimiter = ','
    )]
    tasks: Vec<i64>,
    /// Folder for copies of the crontabs as they were (default: takeover in the data folder)
    #[arg(long)]
    backup_dir: Option<PathBuf>,
    /// Do not wait for the middle of a minute; only where cron is not running
    #[arg(long)]
    no_wait: bool,
    /// Change nothing; only print what would be done
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    /// From cron to the server.
    Over,
    /// Back.
    Back,
}

/// A crontab, and what is done with it.
struct Plan {
    crontab: Crontab,
    /// Lines to comment out, or to put back, with their tasks.
    lines: HashMap<u32, i64>,
    /// Tasks that change hands.
    tasks: Vec<TaskId>,
}

pub(super) async fn run(
    client: &Client,
    access: &Access,
    change: &Change,
    direction: Direction,
) -> Result<(), Failure> {
    let mut notes = Vec::new();
    let crontabs = change.which.read(Scripts::All, &mut notes)?;
    for note in &notes {
        print_note(&format!("! {note}"));
    }
    let imported = imported(client).await?;
    let mut plans = Vec::new();
    for crontab in crontabs {
        let plan = plan(change, direction, crontab, &imported)?;
        if !plan.lines.is_empty() || !plan.tasks.is_empty() {
            plans.push(plan);
        }
    }
    let mut done = Vec::new();
    let mut said = Vec::new();
    for plan in &plans {
        let place = place_text(&plan.crontab.place.host, &plan.crontab.place.path, lang());
        let mut row = json!({
            "host": plan.crontab.place.host, "path": plan.crontab.place.path,
            "lines": plan.lines.len(), "tasks": plan.tasks,
        });
        if !change.dry_run {
            let copy = carry_out(client, access, change, direction, plan).await?;
            row["backup"] = json!(copy.backup);
            row["at"] = json!(copy.at);
            row["late"] = json!(copy.late);
            if copy.late {
                said.push(late(direction));
            }
        }
        said.extend(changed(direction, change.dry_run, place.trim(), plan, &row));
        done.push(row);
    }
    if plans.is_empty() {
        said.push(nothing(direction));
    }
    match change.json {
        true => print_json(&json!({ "dry_run": change.dry_run, "crontabs": done })),
        false => print_lines(&said),
    }
    Ok(())
}

/// All imported lines, by key.
async fn imported(client: &Client) -> Result<HashMap<String, ImportedLine>, Failure> {
    let mut all = HashMap::new();
    let mut after = String::new();
    for _ in 0..PAGES_MAX {
        let path = format!("/api/v1/imports?limit=1000{after}");
        let page = client.call(Method::GET, &path, None).await?;
        let lines: Vec<ImportedLine> = typed(&page["items"])?;
        all.extend(lines.into_iter().map(|line| (line.key.clone(), line)));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    Ok(all)
}

fn plan(
    change: &Change,
    direction: Direction,
    crontab: Crontab,
    imported: &HashMap<String, ImportedLine>,
) -> Result<Plan, Failure> {
    let place = crontab.place.path.clone();
    if crontab.way == ReplaceMode::Stdin || !crontab.decoded.has_lines_of_bytes {
        return Err(Failure::usage(lang().pick(
            format!("{place}：不能改写这个 crontab，请写出文件或 --user"),
            format!("{place}: this crontab cannot be rewritten; name a file or --user"),
        )));
    }
    let reading = Reading {
        flavor: change.which.flavor(),
        format: crontab.format,
        user: &crontab.user,
    };
    let text = &crontab.decoded.text;
    let account: Account = read(text, reading)
        .map_err(|fault| Failure::usage(format!("{place}: {}", sentence(&fault))))?;
    let keys = keys(text, &account, &crontab.place);
    let (mut lines, mut tasks) = (HashMap::new(), Vec::new());
    for line in &account.lines {
        let known = keys.get(&line.number).and_then(|key| imported.get(key));
        let Some(known) = known else { continue };
        let id = known.task_id;
        if !change.tasks.is_empty() && !change.tasks.contains(&id.0) {
            continue;
        }
        if let ReplaceMode::Scripts(scripts) = &crontab.way {
            let script = scripts.iter().find(|script| script.line == line.number);
            let step = script.map(|script| scripts::step(direction, script, known.held));
            let step = step.unwrap_or_default();
            if step.sets_bit {
                lines.insert(line.number, id.0);
            }
            if step.hands {
                tasks.push(id);
            }
            continue;
        }
        match (direction, &line.kind) {
            (Direction::Over, Kind::Entry(_)) => {
                lines.insert(line.number, id.0);
                tasks.push(id);
            }
            // A line that was commented out before the task was released.
            (Direction::Over, Kind::Taken { task, .. }) if known.held && *task == id.0 => {
                tasks.push(id);
            }
            (Direction::Back, Kind::Taken { task, .. }) if *task == id.0 => {
                lines.insert(line.number, id.0);
                tasks.push(id);
            }
            _ => {}
        }
    }
    Ok(Plan {
        crontab,
        lines,
        tasks,
    })
}

/// What was done with a crontab.
struct Carried {
    backup: PathBuf,
    at: Option<app::time::Stamp>,
    /// Whether the minute ended in between.
    late: bool,
}

async fn carry_out(
    client: &Client,
    access: &Access,
    change: &Change,
    direction: Direction,
    plan: &Plan,
) -> Result<Carried, Failure> {
    let folder = change.backup_dir.clone();
    let folder = folder.unwrap_or_else(|| access.config.data_dir.join("takeover"));
    let window = Window::open(change.no_wait).await;
    let crontab = &plan.crontab;
    let backup = crontab.back_up(&folder, &window.name())?;
    if let ReplaceMode::Scripts(scripts) = &crontab.way {
        let handed = scripts::carry_out(client, direction, plan, scripts).await?;
        return Ok(Carried {
            backup,
            at: handed.at,
            late: false,
        });
    }
    let handed = match direction {
        Direction::Over => {
            let new = edit::comment_out(&crontab.bytes, &plan.lines);
            if !plan.lines.is_empty() {
                crontab.replace(&new)?;
            }
            hand(client, "take-over", &plan.tasks)
                .await
                .map_err(|error| unfinished(error, "takeover"))?
        }
        Direction::Back => {
            let handed = hand(client, "give-back", &plan.tasks).await?;
            let tasks: Vec<i64> = plan.tasks.iter().map(|id| id.0).collect();
            let (new, _) = edit::put_back(&crontab.bytes, &tasks);
            if let Err(error) = crontab.replace(&new) {
                // The lines are still commented out: the tasks have to go on.
                hand(client, "take-over", &handed.changed)
                    .await
                    .map_err(|error| unfinished(error, "takeover"))?;
                return Err(error);
            }
            handed
        }
    };
    Ok(Carried {
        backup,
        at: handed.at,
        late: !window.is_open(),
    })
}

async fn hand(client: &Client, way: &str, tasks: &[TaskId]) -> Result<HandedOver, Failure> {
    let mut all = HandedOver::default();
    for part in tasks.chunks(app::import::TASKS_MAX) {
        let handover = Handover {
            tasks: part.to_vec(),
        };
        let path = format!("/api/v1/imports/{way}");
        let answer = client
            .call(Method::POST, &path, Some(json!(handover)))
            .await?;
        let mut handed: HandedOver = typed(&answer)?;
        all.changed.append(&mut handed.changed);
        all.unchanged.append(&mut handed.unchanged);
        all.at = handed.at;
    }
    Ok(all)
}
