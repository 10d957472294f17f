//! `jcrontab task edit`: in an editor, by `--set`, or from a file. Sends only the changed fields, and
//! the version that they are based on.

mod set;
mod text;

use std::path::PathBuf;

use app::task::TaskDraft;
use axum::http::Method;
use clap::Args;
use serde_json::{Map, Value};

use super::add::warnings;
use super::show::{chase, own_cycle};
use super::{id_of, path};
use crate::cli::client::{Client, failure};
use crate::cli::editor::{self, Scratch};
use crate::cli::print::{print_done, print_lines, print_note, text as field};
use crate::cli::{Failure, lang, sentence};

/// The prefix of the names of files for the editor.
const PREFIX: &str = "jcrontab-task-";
/// The maximum number of times the editor is opened again with faults.
const REOPENED_MAX: u32 = 50;

#[derive(Args, Debug)]
pub(in crate::cli) struct EditTask {
    /// Task, by ID or exact name
    task: String,
    /// Set a field, named as in the editor: --set timeout=1h --set execution.retry.attempts=3;
    /// repeatable. Lists are written as `a,b`, and lists of tables as JSON; an empty value is the
    /// default
    #[arg(long = "set", value_name = "FIELD=VALUE", conflicts_with = "file")]
    sets: Vec<String>,
    /// Read the definition from a TOML file instead of an editor; `-` for stdin. Fields that are
    /// missing in it stay as they are
    #[arg(long)]
    file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A task as it was read.
struct Stored {
    id: i64,
    version: i64,
    draft: TaskDraft,
}

/// Why a change was not saved.
enum Refused {
    /// The input has faults.
    Faults(Failure, Vec<String>),
    /// Anything else.
    Other(Failure),
}

impl Refused {
    fn failure(self) -> Failure {
        match self {
            Self::Faults(failure, _) | Self::Other(failure) => failure,
        }
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

pub(super) async fn run(client: &Client, edit: &EditTask) -> Result<(), Failure> {
    let stored = fetch(client, id_of(client, &edit.task).await?).await?;
    let patch = if let Some(file) = &edit.file {
        let typed = editor::read(file)?;
        let mut patch = text::changed(&stored.draft, &typed).map_err(Failure::usage)?;
        text::without_removed(&mut patch);
        patch
    } else if edit.sets.is_empty() {
        return in_editor(client, &stored, edit.json).await;
    } else {
        set::patch(client, &stored.draft, &edit.sets).await?
    };
    if patch.is_empty() {
        return unchanged(client, &stored, edit.json).await;
    }
    let saved = send(client, &stored, patch).await;
    print_saved(&saved.map_err(Refused::failure)?, edit.json);
    if let Some(file) = &edit.file {
        // The file that an earlier edit kept is no longer needed.
        editor::discard_kept(file, PREFIX);
    }
    Ok(())
}

async fn fetch(client: &Client, id: i64) -> Result<Stored, Failure> {
    // The version first: after a change in between, the save is then refused as outdated.
    let task = client.call(Method::GET, &path(id, ""), None).await?;
    let draft = client.call(Method::GET, &path(id, "/draft"), None).await?;
    let draft = serde_json::from_value(draft).map_err(|error| Failure::error(sentence(&error)))?;
    Ok(Stored {
        id,
        version: task["version"].as_i64().unwrap_or_default(),
        draft,
    })
}

async fn send(
    client: &Client,
    stored: &Stored,
    patch: Map<String, Value>,
) -> Result<Value, Refused> {
    let version = format!("\"{}\"", stored.version);
    let headers = [("if-match", version.as_str())];
    let body = Some(Value::Object(patch));
    let (status, bytes) = client
        .exchange(Method::PATCH, &path(stored.id, ""), body, &headers)
        .await?;
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    match status {
        200..=299 => Ok(answer),
        422 => Err(Refused::Faults(failure(status, &bytes), faults(&answer))),
        _ => Err(Refused::Other(failure(status, &bytes))),
    }
}

/// The faults of a problem document, each with its field.
fn faults(problem: &Value) -> Vec<String> {
    let faults = problem["errors"].as_array().into_iter().flatten();
    let lines: Vec<String> = faults
        .map(|fault| format!("{}: {}", field(fault, "field"), field(fault, "message")))
        .collect();
    if lines.is_empty() {
        vec![field(problem, "title")]
    } else {
        lines
    }
}

async fn in_editor(client: &Client, stored: &Stored, json: bool) -> Result<(), Failure> {
    let shown = text::written(stored.id, &stored.draft).map_err(Failure::error)?;
    let scratch = Scratch::new(&format!("{PREFIX}{}-", stored.id), &shown)?;
    let mut last = shown.clone();
    for round in 0..REOPENED_MAX {
        let typed = match scratch.edit() {
            Ok(typed) => typed,
            // The editor could not be started, or exited with an error without a change.
            Err(failure) if scratch.holds(&shown) => {
                scratch.discard();
                return Err(failure);
            }
            Err(failure) => return Err(kept(failure, stored, &scratch)),
        };
        if text::bare(&typed) == text::bare(&last) || text::bare(&typed).is_empty() {
            if round == 0 {
                scratch.discard();
                return unchanged(client, stored, json).await;
            }
            break;
        }
        let faults = match text::changed(&stored.draft, &typed) {
            Err(fault) => vec![text::placed(&typed, fault)],
            Ok(patch) if patch.is_empty() => {
                scratch.discard();
                return unchanged(client, stored, json).await;
            }
            Ok(patch) => match send(client, stored, patch).await {
                Ok(task) => {
                    scratch.discard();
                    print_saved(&task, json);
                    return Ok(());
                }
                Err(Refused::Faults(_, faults)) => faults,
                Err(Refused::Other(failure)) => return Err(kept(failure, stored, &scratch)),
            },
        };
        for fault in &faults {
            print_note(fault);
        }
        last = text::noted(&faults, &typed);
        scratch.write(&last)?;
    }
    let cancelled = lang().pick(
        "已取消：内容有错误，什么都没有保存",
        "cancelled: the text has faults, so nothing was saved",
    );
    Err(kept(Failure::usage(cancelled), stored, &scratch))
}

/// Adds where the text was kept, and how to save it.
fn kept(failure: Failure, stored: &Stored, scratch: &Scratch) -> Failure {
    let (message, id, path) = (&failure.message, stored.id, scratch.path().display());
    let message = lang().pick(
        format!("{message}；你填写的内容在 {path}，核对后可用 jcrontab task edit {id} --file {path} 保存"),
        format!("{message}; what you typed is in {path}: check it and save it with jcrontab task edit {id} --file {path}"),
    );
    Failure { message, ..failure }
}

async fn unchanged(client: &Client, stored: &Stored, json: bool) -> Result<(), Failure> {
    let id = stored.id;
    if json {
        let task = client.call(Method::GET, &path(id, ""), None).await?;
        print_done(&task, json, &[]);
    } else {
        print_lines(&[lang().pick(
            format!("任务 {id} 没有改动"),
            format!("Task {id} unchanged"),
        )]);
    }
    Ok(())
}

fn print_saved(task: &Value, json: bool) {
    // What was edited; the chase schedule, which is in force meanwhile, is only named.
    let (id, cycle) = (field(task, "id"), own_cycle(task));
    let saved = lang().pick(
        format!("任务 {id} 已保存：{cycle}"),
        format!("Task {id} saved: {cycle}"),
    );
    let chase = chase(task).map(|chase| {
        lang().pick(
            format!("催单继续，现在按催单周期执行：{chase}；结束催单：jcrontab task unurge {id}"),
            format!("The chase goes on, on its own schedule: {chase}; to end it: jcrontab task unurge {id}"),
        )
    });
    let lines: Vec<String> = std::iter::once(saved)
        .chain(chase)
        .chain(warnings(task))
        .collect();
    print_done(task, json, &lines);
}
