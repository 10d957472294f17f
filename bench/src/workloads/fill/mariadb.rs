//! Fills MariaDB: the rows are created inside the server, from a table of numbers.

use super::{History, NODE, RAN, Size, ending};
use crate::Failure;
use crate::stage::Stage;

/// More memory and fewer flushes, for the fill only.
const HASTY: &str = "SET GLOBAL innodb_buffer_pool_size = 3 * 1024 * 1024 * 1024;
    SET GLOBAL innodb_flush_log_at_trx_commit = 0;
    SET GLOBAL innodb_log_file_size = 2 * 1024 * 1024 * 1024";
/// As set by `scripts/mariadb.sh`.
const USUAL: &str = "SET GLOBAL innodb_flush_log_at_trx_commit = 1;
    SET GLOBAL innodb_log_file_size = 96 * 1024 * 1024;
    SET GLOBAL innodb_buffer_pool_size = 256 * 1024 * 1024";
/// Of every statement that fills.
const SESSION: &str = "SET time_zone = '+00:00', foreign_key_checks = 0, unique_checks = 0;";

/// Fills a database that no server of ours has open, replacing its history. Indexes are created after the rows, which
/// takes half the time.
pub(in super::super) fn fill(
    stage: &Stage,
    database: &str,
    history: &History,
) -> Result<(), Failure> {
    stage.sql("", HASTY)?;
    let filled = rows(stage, database, history);
    stage.sql("", USUAL)?;
    filled
}

fn rows(stage: &Stage, database: &str, history: &History) -> Result<(), Failure> {
    stage.sql(
        database,
        "TRUNCATE run; TRUNCATE occurrence;
         CREATE OR REPLACE TABLE fill_task (place INT PRIMARY KEY, task BIGINT, schedule BIGINT)
         ENGINE=MEMORY AS SELECT ROW_NUMBER() OVER (ORDER BY task_id) - 1 AS place,
         task_id AS task, MIN(id) AS schedule FROM schedule GROUP BY task_id",
    )?;
    for (table, insert) in [("occurrence", firings(history)), ("run", runs())] {
        let (without, with) = indexes(stage, database, table)?;
        stage.sql(
            database,
            &format!("{SESSION} {without}; {insert}; {with}; ANALYZE TABLE {table}"),
        )?;
    }
    stage.sql(database, "DROP TABLE fill_task")?;
    Ok(())
}

/// Statements that drop the indexes of a table, and make them again.
fn indexes(stage: &Stage, database: &str, table: &str) -> Result<(String, String), Failure> {
    let listed = stage.sql(
        database,
        &format!(
            "SELECT index_name, IF(MIN(non_unique), '', 'UNIQUE'),
             GROUP_CONCAT(column_name ORDER BY seq_in_index) FROM information_schema.statistics
             WHERE table_schema = DATABASE() AND table_name = '{table}' AND index_name <> 'PRIMARY'
             GROUP BY index_name"
        ),
    )?;
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for line in listed.lines() {
        let [name, unique, columns] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!("an index reads {line:?}").into());
        };
        without.push(format!("DROP INDEX {name}"));
        with.push(format!("ADD {unique} INDEX {name} ({columns})"));
    }
    Ok((
        format!("ALTER TABLE {table} {}", without.join(", ")),
        format!("ALTER TABLE {table} {}", with.join(", ")),
    ))
}

/// [`super::lot`] of the firing with this number.
fn lot(firing: &str) -> String {
    format!("(({firing}) * 7919 + ({firing}) DIV 1000 * 613) % 1000")
}

/// A column of [`ending`] by lot.
fn case(column: impl Fn(u64) -> String) -> String {
    use std::fmt::Write;
    let mut text = "CASE".to_owned();
    for lot in 0..1_000 {
        let value = column(lot);
        if lot == 999 || column(lot + 1) != value {
            // Writing to a text cannot fail.
            write!(text, " WHEN lot < {} THEN {value}", lot + 1).ok();
        }
    }
    text + " END"
}

fn quoted(text: Option<&str>) -> String {
    text.map_or("NULL".to_owned(), |text| format!("'{text}'"))
}

fn firings(history: &History) -> String {
    let count = history.firings();
    let length = (history.until - history.from).num_seconds();
    let from = history.from.timestamp();
    let state = case(|lot| quoted(Some(ending(lot).0)));
    let reason = case(|lot| quoted(ending(lot).1.filter(|_| lot >= RAN)));
    let lot = lot("seq - 1");
    format!(
        "INSERT INTO occurrence (id, task_id, schedule_id, scheduled_for, due_at, base_at, state,
         reason, node_id, epoch, firings)
         SELECT seq, task, schedule, due, due, due, {state}, {reason},
         IF(lot < {RAN}, '{NODE}', NULL), 1, 1
         FROM (SELECT seq, task, schedule, {lot} AS lot,
         FROM_UNIXTIME({from} + (seq - 1) * {length} DIV {count}) AS due
         FROM seq_1_to_{count} STRAIGHT_JOIN fill_task
         ON place = (seq - 1) % (SELECT COUNT(*) FROM fill_task)) AS made"
    )
}

fn runs() -> String {
    let reason = case(|lot| quoted(ending(lot).1));
    let exit_code = case(|lot| {
        ending(lot)
            .2
            .map_or("NULL".to_owned(), |code| code.to_string())
    });
    let lot = lot("id - 1");
    format!(
        "INSERT INTO run (id, occurrence_id, task_id, attempt, trigger_kind, state, reason, node_id,
         epoch, scheduled_for, started_at, finished_at, exit_code, output_bytes, output_dropped,
         output_tail)
         SELECT id, id, task_id, 1, 'schedule', state, {reason}, node_id, 1, scheduled_for, started,
         started + INTERVAL (20 + lot * 7) * 1000 MICROSECOND, {exit_code}, LENGTH(tail), 0, tail
         FROM (SELECT id, task_id, state, node_id, scheduled_for, lot,
         due_at + INTERVAL 3000 + lot MICROSECOND AS started,
         CONCAT(lot * 31, ' rows copied in ', 20 + lot * 7, ' ms\n') AS tail
         FROM (SELECT *, {lot} AS lot FROM occurrence) AS fired WHERE lot < {RAN}) AS made"
    )
}

/// The size of the history, by the server's estimate of each table and its indexes.
pub(in super::super) fn size(stage: &Stage, database: &str) -> Result<Size, Failure> {
    let shown = stage.sql(
        database,
        "SELECT COUNT(*), COALESCE(SUM(LENGTH(output_tail)), 0) FROM run;
         SELECT data_length + index_length, 0 FROM information_schema.tables
         WHERE table_schema = DATABASE() AND table_name IN ('run', 'occurrence')
         ORDER BY table_name DESC",
    )?;
    let numbers = shown
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<Vec<u64>, _>>()?;
    let [runs, output, run, _, occurrence, _] = numbers[..] else {
        return Err(format!("the sizes read {shown:?}").into());
    };
    Ok(Size {
        runs,
        run: run - output,
        occurrence,
    })
}
