//! XXL-JOB: rows of `xxl_job_info` and `xxl_job_group` (2.1 and later), or of `XXL_JOB_QRTZ_TRIGGER_INFO` (1.8 to 2.0).

use std::collections::HashMap;

use app::schedule::ScheduleDraft;

use super::sql::{Row, Tables, read as rows};
use super::{Item, Outcome, ReadFault, Remark, cron};

const JOBS: [&str; 2] = ["xxl_job_info", "xxl_job_qrtz_trigger_info"];
const GROUPS: [&str; 2] = ["xxl_job_group", "xxl_job_qrtz_trigger_group"];
/// How soon a failed run is found and started again: `JobFailAlarmMonitorHelper` looks every ten seconds.
const RETRY_SECONDS: u64 = 10;

/// Reads a dump.
pub(super) fn read(text: &str) -> Result<Vec<Item>, ReadFault> {
    let tables = rows(text, |table| {
        JOBS.contains(&table) || GROUPS.contains(&table)
    })?;
    let jobs = tables.some(&JOBS, &["id", "executor_handler", "glue_type"])?;
    let mut items: Vec<Item> = jobs.iter().map(|job| item(job, &tables)).collect();
    follow(&mut items, jobs);
    Ok(items)
}

fn item(job: &Row, tables: &Tables) -> Item {
    let mut item = Item::new(job.text("id"), job.line, job.any(&["job_desc", "name"]));
    let group = GROUPS.iter().flat_map(|table| tables.rows(table));
    let group = group
        .into_iter()
        .find(|group| group.get("id") == job.get("job_group"));
    let executor = group
        .map(|group| group.text("app_name"))
        .unwrap_or_default();
    item.tag(executor);
    let hosts = group
        .map(|group| group.any(&["address_list"]))
        .unwrap_or_default();
    let places = match hosts.trim() {
        "" => executor.to_owned(),
        hosts => format!("{executor}: {hosts}"),
    };
    item.note(Remark::Elsewhere {
        places: super::item::shown(&places),
    });
    item.document.owners = app::task::split_list(job.text("author"));
    timing(&mut item, job);
    execution(&mut item, job);
    code(&mut item, job);
    if let Some(mail) = job.get("alarm_email").filter(|mail| !mail.is_empty()) {
        let whom = super::item::shown(mail);
        item.note(Remark::Notified { whom });
    }
    match job.get("trigger_status") {
        Some("1") => {}
        Some(_) => item.pause(Remark::Disabled),
        None => item.pause(Remark::StateUnknown),
    }
    item
}

fn timing(item: &mut Item, job: &Row) {
    // Before 2.3 there was `job_cron` alone.
    let (kind, text) = match job.has("schedule_type") {
        true => (job.text("schedule_type"), job.text("schedule_conf").trim()),
        false => ("CRON", job.text("job_cron").trim()),
    };
    match kind {
        "CRON" => quartz(item, text),
        "FIX_RATE" => {
            item.note(Remark::Interval);
            item.schedule(&format!("every {text}s"));
        }
        "FIX_DELAY" => {
            item.note(Remark::FixedDelay);
            item.schedule(&format!("every {text}s"));
        }
        // `NONE`: only by hand, or after another one.
        _ => {}
    }
    let policy = match job.text("misfire_strategy") {
        "FIRE_ONCE_NOW" => "latest",
        _ => "none",
    };
    policy.clone_into(&mut item.document.missed.policy);
}

fn quartz(item: &mut Item, text: &str) {
    let mut fields: Vec<&str> = text.split_whitespace().collect();
    if let [_, _, _, _, _, _, year] = fields.as_slice()
        && let Some(years) = cron::years_of(year)
    {
        cron::years(item, &years);
        fields.pop();
    }
    item.document.schedules.push(ScheduleDraft {
        spec: fields.join(" "),
        dialect: "quartz".to_owned(),
        ..ScheduleDraft::default()
    });
}

fn execution(item: &mut Item, job: &Row) {
    item.timeout(job.number("executor_timeout"));
    item.retry(job.number("executor_fail_retry_count"), RETRY_SECONDS, "1");
    let overlap = match job.text("executor_block_strategy") {
        "DISCARD_LATER" => "skip",
        "COVER_EARLY" => "replace",
        // `SERIAL_EXECUTION`: one after another.
        _ => "queue:100",
    };
    overlap.clone_into(&mut item.document.execution.overlap);
    if job.text("executor_route_strategy") == "SHARDING_BROADCAST" {
        item.pause(Remark::Sharded);
    }
}

/// The script of a GLUE job; a handler is code inside its executor.
fn code(item: &mut Item, job: &Row) {
    let source = job.text("glue_source").replace("\r\n", "\n");
    let parameter = job.text("executor_param");
    let kind = job.text("glue_type");
    let interpreter = match kind {
        "GLUE_SHELL" => {
            "bash".clone_into(&mut item.document.execution.shell);
            // What the executor passes: the parameter, the number of the shard, and how many there are.
            let quoted = parameter.replace('\'', "'\\''");
            item.document.command = format!("set -- '{quoted}' 0 1\n{source}");
            return;
        }
        "GLUE_PYTHON" => "python3",
        "GLUE_PYTHON2" => "python",
        "GLUE_NODEJS" => "node",
        "GLUE_PHP" => "php",
        "GLUE_POWERSHELL" => "pwsh",
        _ => {
            let handler = job.text("executor_handler");
            let name = match handler.is_empty() {
                true => kind.to_owned(),
                false => super::item::shown(handler),
            };
            item.placeholder(&format!("XXL-JOB handler {name}({parameter})"));
            item.pause(Remark::Handler { name });
            return;
        }
    };
    item.document.command = match source.starts_with("#!") {
        true => source,
        false => format!("#!/usr/bin/env {interpreter}\n{source}"),
    };
    if !parameter.is_empty() {
        let text = super::item::shown(parameter);
        item.pause(Remark::Argument { text });
    }
}

/// Children without a schedule of their own fire with their parents, and theirs with them.
fn follow(items: &mut [Item], jobs: &[Row]) {
    let positions: HashMap<String, usize> = items
        .iter()
        .enumerate()
        .map(|(at, item)| (item.key.clone(), at))
        .collect();
    let is_own: Vec<bool> = items
        .iter()
        .map(|item| !item.document.schedules.is_empty())
        .collect();
    let mut reached: Vec<bool> = is_own.clone();
    let mut ready: Vec<usize> = (0..items.len()).filter(|at| is_own[*at]).collect();
    while !ready.is_empty() {
        let mut next = Vec::new();
        for at in &ready {
            for child in jobs[*at].any(&["child_jobid"]).split(',') {
                let child = child.trim();
                let Some(other) = positions.get(child).copied() else {
                    if !child.is_empty() {
                        let other = super::item::shown(child);
                        items[*at].note(Remark::StartsOther { other });
                    }
                    continue;
                };
                let parent = items[*at].clone();
                // One that was reached before this round may be above the parent.
                if is_own[other] || (reached[other] && !next.contains(&other)) {
                    items[other].note(Remark::AlsoFollows {
                        other: parent.document.name,
                    });
                    continue;
                }
                items[other].follow(&parent, "success");
                reached[other] = true;
                if !next.contains(&other) && items[other].outcome != Outcome::Refused {
                    next.push(other);
                }
            }
        }
        ready = next;
    }
}
