//! Tasks and runs in SQLite, with the durability of the product (WAL, a sync at each commit): one
//! transaction claims everything due, results are written in groups.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, params};

use crate::Failure;

/// Results that come within this time are one commit.
const GROUP: Duration = Duration::from_millis(20);

const TABLES: &str = "
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE task (id INTEGER PRIMARY KEY, command TEXT NOT NULL, next_at INTEGER);
    CREATE INDEX task_next ON task (next_at);
    CREATE TABLE run (id INTEGER PRIMARY KEY, task_id INTEGER NOT NULL, due_at INTEGER NOT NULL,
        started_at INTEGER NOT NULL, finished_at INTEGER, state TEXT NOT NULL, exit_code INTEGER,
        UNIQUE (task_id, due_at));
    CREATE INDEX run_task ON run (task_id, started_at);";

/// The database.
pub(crate) struct Ledger {
    connection: Arc<Mutex<Connection>>,
    ended: Sender<(i64, i32)>,
    open: Arc<(Mutex<usize>, Condvar)>,
}

impl Ledger {
    pub(crate) fn open(file: &Path) -> Result<Self, Failure> {
        let connection = Connection::open(file)?;
        connection.execute_batch(TABLES)?;
        let connection = Arc::new(Mutex::new(connection));
        let open = Arc::new((Mutex::new(0), Condvar::new()));
        let (ended, results) = channel();
        let (writing, counting) = (Arc::clone(&connection), Arc::clone(&open));
        std::thread::spawn(move || {
            while let Ok(first) = results.recv() {
                std::thread::sleep(GROUP);
                let group = write(&writing, first, &results);
                // A run without its result is missing at the end, and is reported there.
                *lock(&counting.0) -= group.unwrap_or(0);
                counting.1.notify_all();
            }
        });
        Ok(Self {
            connection,
            ended,
            open,
        })
    }

    /// Adds tasks.
    pub(crate) fn enter(&self, agenda: &BTreeMap<i64, Vec<String>>) -> Result<(), Failure> {
        let mut connection = lock(&self.connection);
        let all = connection.transaction()?;
        let mut insert = all.prepare("INSERT INTO task (command, next_at) VALUES (?, ?)")?;
        for (at, commands) in agenda {
            for command in commands {
                insert.execute(params![command, at])?;
            }
        }
        drop(insert);
        Ok(all.commit()?)
    }

    /// When the next task is due.
    pub(crate) fn next(&self) -> Result<Option<i64>, Failure> {
        let connection = lock(&self.connection);
        Ok(connection.query_row("SELECT min(next_at) FROM task", [], |row| row.get(0))?)
    }

    /// Claims due tasks, in one transaction; returns runs and commands.
    pub(crate) fn claim(&self, now: i64) -> Result<Vec<(i64, String)>, Failure> {
        let mut connection = lock(&self.connection);
        let claim =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut due = claim.prepare_cached(
            "SELECT id, command, next_at FROM task WHERE next_at <= ? ORDER BY next_at",
        )?;
        let tasks: Vec<(i64, String, i64)> = due
            .query_map([now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        drop(due);
        let mut moved = claim.prepare_cached("UPDATE task SET next_at = NULL WHERE id = ?")?;
        let mut insert = claim.prepare_cached(
            "INSERT INTO run (task_id, due_at, started_at, state) VALUES (?, ?, ?, 'running')",
        )?;
        let mut runs = Vec::with_capacity(tasks.len());
        for (id, command, at) in tasks {
            moved.execute([id])?;
            runs.push((insert.insert(params![id, at, now])?, command));
        }
        drop((moved, insert));
        claim.commit()?;
        *lock(&self.open.0) += runs.len();
        Ok(runs)
    }

    /// A run has ended.
    pub(crate) fn ended(&self, run: i64, code: i32) {
        // The writer lives as long as the ledger.
        self.ended.send((run, code)).ok();
    }

    /// Waits until all results are written, and checks them.
    pub(crate) fn settle(&self) -> Result<(), Failure> {
        let mut open = lock(&self.open.0);
        while *open > 0 {
            let (after, late) = self
                .open
                .1
                .wait_timeout(open, Duration::from_secs(30))
                .unwrap_or_else(PoisonError::into_inner);
            open = after;
            if late.timed_out() {
                return Err("results were not written".into());
            }
        }
        let running: i64 = lock(&self.connection).query_row(
            "SELECT count(*) FROM run WHERE state = 'running'",
            [],
            |row| row.get(0),
        )?;
        if running == 0 {
            Ok(())
        } else {
            Err(format!("{running} runs have no result").into())
        }
    }
}

fn write(
    connection: &Mutex<Connection>,
    first: (i64, i32),
    more: &Receiver<(i64, i32)>,
) -> Result<usize, Failure> {
    let mut connection = lock(connection);
    let group = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut update = group
        .prepare_cached("UPDATE run SET state = ?, exit_code = ?, finished_at = ? WHERE id = ?")?;
    let now = crate::now();
    let mut count = 0;
    for (run, code) in std::iter::once(first).chain(more.try_iter()) {
        let state = if code == 0 { "succeeded" } else { "failed" };
        count += update.execute(params![state, code, now, run])?;
    }
    drop(update);
    group.commit()?;
    Ok(count)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
