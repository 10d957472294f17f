//! Filling the embedded database.

use std::path::Path;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rusqlite::{Connection, params};

use super::{History, NODE, RAN, Size, duration_ms, ending, lot, tail};
use crate::Failure;

/// Above this many runs the indexes are created after the rows: maintaining them takes longer the larger they are.
const INDEXES_LAST: u64 = 2_000_000;

/// Fills a database that no process has open. The indexes are maintained as the product does it, so that they have a
/// realistic size; but not for very many runs.
pub(in super::super) fn fill(database: &Path, history: &History) -> Result<(), Failure> {
    let mut connection = Connection::open(database)?;
    // Only time can be lost: an unfinished file is created anew.
    connection.execute_batch(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000;
         PRAGMA locking_mode=EXCLUSIVE",
    )?;
    let tasks = connection
        .prepare("SELECT task_id, MIN(id) FROM schedule GROUP BY task_id ORDER BY task_id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(i64, i64)>, _>>()?;
    let last: i64 =
        connection.query_row("SELECT COALESCE(MAX(id), 0) FROM occurrence", [], |row| {
            row.get(0)
        })?;
    let filling = connection.transaction()?;
    let indexes = if history.runs > INDEXES_LAST {
        indexes(&filling)?
    } else {
        Vec::new()
    };
    for (name, _) in &indexes {
        filling.execute_batch(&format!("DROP INDEX \"{name}\""))?;
    }
    rows(&filling, history, &tasks, last)?;
    for (_, statement) in &indexes {
        filling.execute_batch(statement)?;
    }
    filling.commit()?;
    connection.execute_batch("PRAGMA locking_mode=NORMAL; PRAGMA journal_mode=WAL")?;
    Ok(())
}

/// Names of the ledger's indexes, and the statements that make them.
fn indexes(connection: &Connection) -> Result<Vec<(String, String)>, Failure> {
    Ok(connection
        .prepare(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
             AND tbl_name IN ('run', 'occurrence')",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?)
}

fn rows(
    connection: &Connection,
    history: &History,
    tasks: &[(i64, i64)],
    last: i64,
) -> Result<(), Failure> {
    let mut occurrence = connection.prepare(
        "INSERT INTO occurrence (id, task_id, schedule_id, scheduled_for, due_at, state, reason,
         node_id, epoch, firings, base_at) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, 1, 1, ?4)",
    )?;
    let mut run = connection.prepare(
        "INSERT INTO run (id, occurrence_id, task_id, attempt, trigger_kind, state, reason, node_id,
         epoch, scheduled_for, started_at, finished_at, exit_code, output_bytes, output_dropped,
         output_tail) VALUES (?1, ?1, ?2, 1, 'schedule', ?3, ?4, ?5, 1, ?6, ?7, ?8, ?9, ?10, 0, ?11)",
    )?;
    for firing in 0..history.firings() {
        let place = usize::try_from(firing)? % tasks.len();
        let (task, schedule) = tasks[place];
        let id = last + i64::try_from(firing)? + 1;
        let lot = lot(firing);
        let (state, reason, exit_code) = ending(lot);
        let ran = lot < RAN;
        let due = history.from + TimeDelta::seconds(history.second(firing));
        let due_text = text(due);
        let node = ran.then_some(NODE);
        // The reason of a bad end is the run's.
        let why = reason.filter(|_| !ran);
        occurrence.execute(params![id, task, schedule, due_text, state, why, node])?;
        if !ran {
            continue;
        }
        let started = due + TimeDelta::microseconds(3_000 + i64::try_from(lot)?);
        let finished = started + TimeDelta::milliseconds(i64::try_from(duration_ms(lot))?);
        let tail = tail(lot);
        run.execute(params![
            id,
            task,
            state,
            reason,
            NODE,
            due_text,
            text(started),
            text(finished),
            exit_code,
            i64::try_from(tail.len())?,
            tail.as_bytes(),
        ])?;
    }
    Ok(())
}

/// An instant as the product writes it.
fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// The newest migration that a database has.
pub(in super::super) fn schema(database: &Path) -> Result<String, Failure> {
    let connection = Connection::open(database)?;
    Ok(
        connection.query_row("SELECT MAX(version) FROM seaql_migrations", [], |row| {
            row.get(0)
        })?,
    )
}

/// When the last firing was due.
pub(in super::super) fn last(database: &Path) -> Result<Option<DateTime<Utc>>, Failure> {
    let connection = Connection::open(database)?;
    let last: Option<String> =
        connection.query_row("SELECT MAX(due_at) FROM occurrence", [], |row| row.get(0))?;
    let last = last
        .map(|text| DateTime::parse_from_rfc3339(&text))
        .transpose()?;
    Ok(last.map(|at| at.to_utc()))
}

/// The size of the history, by SQLite's own count of the pages of each table and index.
pub(in super::super) fn size(database: &Path) -> Result<Size, Failure> {
    let connection = Connection::open(database)?;
    let (runs, output): (i64, i64) = connection.query_row(
        "SELECT COUNT(*), COALESCE(SUM(LENGTH(output_tail)), 0) FROM run",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let pages = |table: &str| {
        connection.query_row(
            "SELECT SUM(pgsize) FROM dbstat WHERE aggregate = TRUE
             AND name IN (SELECT name FROM sqlite_master WHERE tbl_name = ?1)",
            [table],
            |row| row.get::<_, i64>(0),
        )
    };
    Ok(Size {
        runs: u64::try_from(runs)?,
        run: u64::try_from(pages("run")? - output)?,
        occurrence: u64::try_from(pages("occurrence")?)?,
    })
}
