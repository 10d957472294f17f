//! The original Jcrontab: rows of `Jcrontab_demandorder`, of MySQL or SQLite.

use app::task::{Mode, split_list};

use super::sql::{Row, read as rows};
use super::{Item, ReadFault, Remark, cron};

const TASKS: [&str; 1] = ["jcrontab_demandorder"];

/// Reads a dump.
pub(super) fn read(text: &str) -> Result<Vec<Item>, ReadFault> {
    let tables = rows(text, |table| TASKS.contains(&table))?;
    let tasks = tables.some(&TASKS, &["id", "workcontent", "workcycle"])?;
    Ok(tasks.iter().map(item).collect())
}

fn item(task: &Row) -> Item {
    let mut item = Item::new(task.text("id"), task.line, task.text("workcontent"));
    let document = &mut item.document;
    document.owners = split_list(task.text("workowner"));
    task.text("extname")
        .trim()
        .clone_into(&mut document.nickname);
    document.starts_at = instant(task.text("starttime"));
    document.ends_at = instant(task.text("endtime"));
    // Until its third migration the column was `command_con`; before the second one there was none.
    let command = task.any(&["command", "command_con"]);
    command.trim().clone_into(&mut document.command);
    document.mode = match task.text("workmode") {
        "MC" => Mode::MessageCommand,
        "C" => Mode::Command,
        _ => Mode::Message,
    };
    "none".clone_into(&mut document.missed.policy);
    "allow:100".clone_into(&mut document.execution.overlap);
    task.text("subworkcycle")
        .trim()
        .clone_into(&mut document.urge_cron);
    task.text("noticeurl").trim().clone_into(&mut item.robot);
    let cycle = task.text("workcycle").trim();
    if !cycle.is_empty() {
        cron::crontab(&mut item, cycle);
    }
    if item.document.command.is_empty() {
        match item.document.mode {
            Mode::Command => item.refuse(Remark::NoCommand),
            Mode::MessageCommand => item.document.mode = Mode::Message,
            Mode::Message => {}
        }
    }
    if task.number("ispush") == 1 {
        item.note(Remark::Chased);
    }
    if task.number("status") != 0 {
        item.pause(Remark::Finished);
    }
    item
}

/// A time as Django stores it: in UTC, `2019-11-18 08:00:00.000000`.
fn instant(text: &str) -> String {
    let text = text.trim();
    let seconds = text.get(..19).unwrap_or(text);
    match seconds.split_once([' ', 'T']) {
        Some((date, time)) => format!("{date}T{time}Z"),
        None => seconds.to_owned(),
    }
}
