//! qinglong: its list of tasks as JSON (of the API or a backup), or a dump of its table `Crontabs`.

use serde_json::Value;

use super::json::{is_on, list, text, value};
use super::sql::{Row, read as rows};
use super::{Item, ReadFault, ReadFaultKind, Remark, cron};

/// Commands that only qinglong has.
const OWN: [&str; 2] = ["task", "ql"];
const TABLES: [&str; 1] = ["crontabs"];
/// The columns of the table, by their names in JSON.
const COLUMNS: [&str; 11] = [
    "id",
    "name",
    "command",
    "schedule",
    "isDisabled",
    "extra_schedules",
    "labels",
    "task_before",
    "task_after",
    "allow_multiple_instances",
    "work_dir",
];

/// Reads a list, or a dump.
pub(super) fn read(source: &str) -> Result<Vec<Item>, ReadFault> {
    if !source.trim_start().starts_with(['{', '[']) {
        let tables = rows(source, |table| TABLES.contains(&table))?;
        let rows = tables.some(&TABLES, &["command", "schedule"])?;
        return Ok(rows
            .iter()
            .map(|row| item(&object(row), row.line))
            .collect());
    }
    let tree = value(source)?;
    let tasks = [&tree["data"]["data"], &tree["data"], &tree]
        .into_iter()
        .find_map(Value::as_array)
        .ok_or_else(|| ReadFault::of_file(ReadFaultKind::NoItems))?;
    // Lines of objects are not known once they are values.
    Ok(tasks.iter().map(|task| item(task, 0)).collect())
}

/// A row as an object; lists are stored as JSON.
fn object(row: &Row) -> Value {
    let field = |name: &&str| {
        let stored = row.get(&name.to_lowercase())?;
        let value = match *name {
            "extra_schedules" | "labels" => serde_json::from_str(stored).unwrap_or_default(),
            _ => Value::String(stored.to_owned()),
        };
        Some(((*name).to_owned(), value))
    };
    Value::Object(COLUMNS.iter().filter_map(field).collect())
}

fn item(task: &Value, line: usize) -> Item {
    let command = text(task, "command").unwrap_or_default();
    let name = text(task, "name").unwrap_or_else(|| command.clone());
    let key = text(task, "id").unwrap_or_else(|| name.clone());
    let mut item = Item::new(&key, line, &name);
    for label in list(task, "labels") {
        item.tag(label.as_str().unwrap_or_default());
    }
    schedule(&mut item, &text(task, "schedule").unwrap_or_default());
    for extra in list(task, "extra_schedules") {
        schedule(&mut item, &text(extra, "schedule").unwrap_or_default());
    }
    let overlap = match is_on(task, "allow_multiple_instances") {
        true => "allow:100",
        false => "skip",
    };
    overlap.clone_into(&mut item.document.execution.overlap);
    "bash".clone_into(&mut item.document.execution.shell);
    if let Some(folder) = text(task, "work_dir") {
        match folder.starts_with('/') {
            true => item.document.execution.cwd = folder,
            // Below the folder of scripts.
            false => item.lost("work_dir", Some(&folder)),
        }
    }
    let parts = [
        text(task, "task_before"),
        Some(command.clone()),
        text(task, "task_after"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    item.document.command = parts.join("\n").trim().to_owned();
    let first = command.split_whitespace().next().unwrap_or_default();
    if command.trim().is_empty() {
        item.refuse(Remark::NoCommand);
    } else if OWN.contains(&first) {
        let command = first.to_owned();
        item.pause(Remark::OwnCommand { command });
    }
    if is_on(task, "isDisabled") {
        item.pause(Remark::Disabled);
    }
    item
}

/// Five fields, or six with the second first; `@once` is started by hand, `@boot` with the panel.
fn schedule(item: &mut Item, spec: &str) {
    let spec = spec.trim();
    if spec.starts_with("@boot") {
        item.note(Remark::Boot);
        item.schedule("@startup");
    } else if !spec.is_empty() && !spec.starts_with("@once") {
        cron::crontab(item, spec);
    }
}
