//! gocron: rows of `task`, `task_host` and `host`, with any prefix of the tables.

use std::collections::HashMap;

use super::sql::{Row, Tables, read as rows};
use super::{Item, ReadFault, ReadFaultKind, Remark, cron};

/// Requests end after five minutes at the latest (`HttpExecTimeout`).
const REQUEST_SECONDS: u64 = 300;

/// Reads a dump.
pub(super) fn read(text: &str) -> Result<Vec<Item>, ReadFault> {
    let tables = rows(text, |table| {
        table.ends_with("task") || table.ends_with("host")
    })?;
    let is_tasks = |name: &&str| {
        let rows = tables.rows(name);
        name.ends_with("task")
            && rows
                .iter()
                .any(|row| row.has("spec") && row.has("protocol"))
    };
    let Some(name) = tables.names().find(is_tasks) else {
        let what = ReadFaultKind::NoTable { table: "task" };
        return Err(ReadFault::of_file(what));
    };
    let prefix = name.strip_suffix("task").unwrap_or_default().to_owned();
    let tasks = tables.rows(name);
    let mut items: Vec<Item> = tasks
        .iter()
        .map(|task| item(task, &tables, &prefix))
        .collect();
    follow(&mut items, tasks);
    Ok(items)
}

fn item(task: &Row, tables: &Tables, prefix: &str) -> Item {
    let mut item = Item::new(task.text("id"), task.line, task.text("name"));
    item.tag(task.text("tag"));
    item.runbook(task.text("remark"));
    if task.text("level") != "2" {
        schedule(&mut item, task.text("spec"));
    }
    execution(&mut item, task);
    if task.text("protocol") == "1" {
        request(&mut item, task);
    } else {
        task.text("command").clone_into(&mut item.document.command);
        "bash".clone_into(&mut item.document.execution.shell);
        hosts(&mut item, task, tables, prefix);
    }
    notified(&mut item, task);
    if task.text("status") != "1" {
        item.pause(Remark::Disabled);
    }
    // xorm writes the year 1 for "never".
    if task
        .get("deleted")
        .is_some_and(|at| !at.is_empty() && !at.starts_with("000"))
    {
        item.refuse(Remark::Deleted);
    }
    item
}

/// Seconds first, as `jakecoffman/cron` reads it; without a sixth field every weekday.
fn schedule(item: &mut Item, spec: &str) {
    let spec = spec.trim();
    if spec.starts_with('@') {
        if spec.starts_with("@every") {
            item.note(Remark::Interval);
        }
        item.schedule(spec);
        return;
    }
    let mut fields: Vec<&str> = spec.split_whitespace().collect();
    if fields.len() == 5 {
        fields.push("*");
    }
    if let [_, _, _, day, _, weekday] = fields.as_slice() {
        cron::both_days(item, day, weekday);
    }
    // `?` is `*` in each field there, and only in those of days here.
    let fields: Vec<String> = fields.iter().map(|field| field.replace('?', "*")).collect();
    item.schedule(&fields.join(" "));
}

fn execution(item: &mut Item, task: &Row) {
    item.timeout(task.number("timeout"));
    let interval = task.number("retry_interval");
    let times = task.number("retry_times");
    match interval {
        0 => {
            if times > 1 {
                item.note(Remark::RetryDelays);
            }
            item.retry(times, 60, "2");
        }
        seconds => item.retry(times, seconds, "1"),
    }
    let overlap = match task.text("multi") {
        "0" => "skip",
        _ => "allow:100",
    };
    overlap.clone_into(&mut item.document.execution.overlap);
}

fn request(item: &mut Item, task: &Row) {
    let url = task.text("command").trim();
    let http = &mut item.document.execution.http;
    "200".clone_into(&mut http.expect_status);
    if task.text("http_method") == "2" {
        // The query is sent as a form.
        let (url, form) = url.split_once('?').unwrap_or((url, ""));
        "POST".clone_into(&mut http.method);
        url.clone_into(&mut http.url);
        form.clone_into(&mut http.body);
        "Content-Type: application/x-www-form-urlencoded".clone_into(&mut http.headers);
    } else {
        "GET".clone_into(&mut http.method);
        url.clone_into(&mut http.url);
    }
    let seconds = task.number("timeout");
    if seconds == 0 || seconds > REQUEST_SECONDS {
        item.timeout(REQUEST_SECONDS);
    }
}

fn hosts(item: &mut Item, task: &Row, tables: &Tables, prefix: &str) {
    let of_task = tables.rows(&format!("{prefix}task_host")).iter();
    let of_task = of_task.filter(|row| row.get("task_id") == task.get("id"));
    let hosts = tables.rows(&format!("{prefix}host"));
    let names: Vec<String> = of_task
        .map(|row| {
            let host = hosts
                .iter()
                .find(|host| host.get("id") == row.get("host_id"));
            let name = host.map(|host| host.text("name"));
            name.unwrap_or_else(|| row.text("host_id")).to_owned()
        })
        .collect();
    if names.is_empty() {
        return;
    }
    item.note(Remark::Elsewhere {
        places: super::item::shown(&names.join(", ")),
    });
    if names.len() > 1 {
        item.pause(Remark::Sharded);
    }
}

fn notified(item: &mut Item, task: &Row) {
    let kind = match task.text("notify_type") {
        "1" => "mail",
        "2" => "slack",
        "3" => "webhook",
        _ => "",
    };
    let receivers = task.text("notify_receiver_id").trim();
    if matches!(task.text("notify_status"), "" | "0") || (receivers.is_empty() && kind != "webhook")
    {
        return;
    }
    let whom = format!("{kind} {receivers} {}", task.text("notify_keyword"));
    item.note(Remark::Notified {
        whom: super::item::shown(whom.trim()),
    });
}

/// Tasks of the second level run after those of the first that name them.
fn follow(items: &mut [Item], tasks: &[Row]) {
    let positions: HashMap<String, usize> = items
        .iter()
        .enumerate()
        .map(|(at, item)| (item.key.clone(), at))
        .collect();
    for (at, task) in tasks.iter().enumerate() {
        if task.text("level") == "2" {
            continue;
        }
        let what = match task.text("dependency_status") {
            "2" => "finish",
            _ => "success",
        };
        for child in task.text("dependency_task_id").split(',') {
            let child = child.trim();
            let parent = items[at].clone();
            match positions.get(child).copied() {
                Some(other) if tasks[other].text("level") == "2" => {
                    items[other].follow(&parent, what)
                }
                Some(other) => items[other].note(Remark::AlsoFollows {
                    other: parent.document.name,
                }),
                None if child.is_empty() => {}
                None => items[at].note(Remark::StartsOther {
                    other: super::item::shown(child),
                }),
            }
        }
    }
}
