//! A year of history, written past the product.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use server::clock::Clock;

use super::super::helpers::TestApp;
use super::super::helpers::database::mysql_server;

/// Tasks of the installation.
pub(super) const TASKS: usize = 60;
/// Firings of each of them: so many that walking through them is never the better plan.
const FIRINGS: usize = 500;
/// Rows of one INSERT.
const CHUNK: usize = 1_000;

/// A run somewhere in the middle, of task 7.
pub(super) fn some_run() -> usize {
    TASKS * (FIRINGS / 2) + 7
}

/// Fills the tables that grow.
pub(super) async fn fill(app: &TestApp) {
    let database = &app.place.database;
    let schedules = "SELECT MIN(id) FROM schedule GROUP BY task_id ORDER BY task_id";
    let schedules = database.integers(schedules).await;
    assert_eq!(schedules.len(), TASKS);
    let now = app.clock.now();
    let step = TimeDelta::days(365) / i32::try_from(TASKS * FIRINGS).expect("a number");
    let (mut occurrences, mut runs, mut messages, mut notes) = (vec![], vec![], vec![], vec![]);
    for firing in 0..TASKS * FIRINGS {
        let (id, task) = (firing + 1, firing % TASKS + 1);
        let schedule = schedules[firing % TASKS];
        let due = now - TimeDelta::days(365) + step * i32::try_from(firing).expect("a number");
        let at = text(due);
        let (state, reason) = match (firing / TASKS * 7 + firing) % 100 {
            0 | 1 => ("failed", "NULL"),
            2 => ("lost", "'lost'"),
            3 => ("skipped", "'overlap'"),
            _ => ("succeeded", "NULL"),
        };
        occurrences.push(format!(
            "({id},{task},{schedule},{at},{at},{at},'{state}',{reason},'n',1,1)"
        ));
        if state != "skipped" {
            let end = text(due + TimeDelta::milliseconds(700));
            runs.push(format!(
                "({id},{id},{task},1,'schedule','{state}',{reason},'n',1,{at},{at},{end},0,0,0)"
            ));
        }
        if state == "failed" {
            messages.push(format!(
                "({id},{task},{id},1,'failed','text','b','[]','sent',1,{at},{at})"
            ));
            notes.push(format!(
                "({id},{at},'ann','session','task.pause',{task},'')"
            ));
        }
    }
    for (table, rows) in [
        (
            "occurrence (id, task_id, schedule_id, scheduled_for, due_at, base_at, state, reason, \
             node_id, epoch, firings)",
            occurrences,
        ),
        (
            "run (id, occurrence_id, task_id, attempt, trigger_kind, state, reason, node_id, epoch, \
             scheduled_for, started_at, finished_at, exit_code, output_bytes, output_dropped)",
            runs,
        ),
        (
            "message (id, task_id, run_id, channel_id, event, kind, body, mentions, state, attempts, \
             next_attempt_at, created_at)",
            messages,
        ),
        ("audit (id, at, who, via, action, object_id, detail)", notes),
    ] {
        for chunk in rows.chunks(CHUNK) {
            let rows = chunk.join(",");
            database
                .execute(&format!("INSERT INTO {table} VALUES {rows}"))
                .await;
        }
    }
    if mysql_server().is_some() {
        // As the server does by itself a few seconds later.
        let analyze = "ANALYZE TABLE run, occurrence, message, audit, task, schedule";
        database.rows(analyze).await;
    }
}

/// An instant as the database's own rows have it.
fn text(at: DateTime<Utc>) -> String {
    if mysql_server().is_some() {
        format!("'{}'", at.format("%Y-%m-%d %H:%M:%S%.6f"))
    } else {
        format!("'{}'", at.to_rfc3339_opts(SecondsFormat::AutoSi, false))
    }
}
