//! A year of history, written directly to the database.

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
    let schedules = schedules(app).await;
    assert_eq!(schedules.len(), TASKS);
    let now = app.clock.now();
    let step = TimeDelta::days(365) / i32::try_from(TASKS * FIRINGS).expect("a number");
    let mut rows = Rows::default();
    for firing in 0..TASKS * FIRINGS {
        let due = now - TimeDelta::days(365) + step * i32::try_from(firing).expect("a number");
        rows.add(&Firing {
            id: firing + 1,
            task: firing % TASKS + 1,
            schedule: schedules[firing % TASKS],
            due,
            state: mixed(firing / TASKS * 7 + firing),
            unsent: false,
        });
    }
    rows.write(app).await;
}

/// The first schedule of each task.
pub(super) async fn schedules(app: &TestApp) -> Vec<i64> {
    let schedules = "SELECT MIN(id) FROM schedule GROUP BY task_id ORDER BY task_id";
    app.place.database.integers(schedules).await
}

/// How a firing of a task that mostly succeeds ended.
pub(super) fn mixed(number: usize) -> &'static str {
    match number % 100 {
        0 | 1 => "failed",
        2 => "lost",
        3 => "skipped",
        _ => "succeeded",
    }
}

/// A firing that is over.
pub(super) struct Firing {
    pub(super) id: usize,
    pub(super) task: usize,
    pub(super) schedule: i64,
    pub(super) due: DateTime<Utc>,
    pub(super) state: &'static str,
    /// Whether its message still waits to be sent.
    pub(super) unsent: bool,
}

/// Rows to be written, as texts.
#[derive(Default)]
pub(super) struct Rows {
    occurrences: Vec<String>,
    runs: Vec<String>,
    messages: Vec<String>,
    notes: Vec<String>,
}

impl Rows {
    /// A firing with everything it leaves: a failed one has a message, and an entry in the audit log.
    pub(super) fn add(&mut self, firing: &Firing) {
        let Firing {
            id,
            task,
            schedule,
            due,
            state,
            unsent,
        } = firing;
        let at = text(*due);
        let reason = match *state {
            "lost" => "'lost'",
            "skipped" => "'overlap'",
            _ => "NULL",
        };
        self.occurrences.push(format!(
            "({id},{task},{schedule},{at},{at},{at},'{state}',{reason},'n',1,1)"
        ));
        if *state != "skipped" {
            let end = text(*due + TimeDelta::milliseconds(700));
            self.runs.push(format!(
                "({id},{id},{task},1,'schedule','{state}',{reason},'n',1,{at},{at},{end},0,0,0)"
            ));
        }
        if *state == "failed" {
            let sent = if *unsent { "pending" } else { "sent" };
            self.messages.push(format!(
                "({id},{task},{id},1,'failed','text','b','[]','{sent}',1,{at},{at})"
            ));
            self.notes.push(format!(
                "({id},{at},'ann','session','task.pause',{task},'')"
            ));
        }
    }

    /// Writes them past the product.
    pub(super) async fn write(self, app: &TestApp) {
        let database = &app.place.database;
        // Entering the tasks has left some of its own, under the same numbers.
        database.execute("DELETE FROM audit").await;
        for (table, rows) in [
            (
                "occurrence (id, task_id, schedule_id, scheduled_for, due_at, base_at, state, \
                 reason, node_id, epoch, firings)",
                self.occurrences,
            ),
            (
                "run (id, occurrence_id, task_id, attempt, trigger_kind, state, reason, node_id, \
                 epoch, scheduled_for, started_at, finished_at, exit_code, output_bytes, \
                 output_dropped)",
                self.runs,
            ),
            (
                "message (id, task_id, run_id, channel_id, event, kind, body, mentions, state, \
                 attempts, next_attempt_at, created_at)",
                self.messages,
            ),
            (
                "audit (id, at, who, via, action, object_id, detail)",
                self.notes,
            ),
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
}

/// An instant as the database's own rows have it.
pub(super) fn text(at: DateTime<Utc>) -> String {
    if mysql_server().is_some() {
        format!("'{}'", at.format("%Y-%m-%d %H:%M:%S%.6f"))
    } else {
        format!("'{}'", at.to_rfc3339_opts(SecondsFormat::AutoSi, false))
    }
}
