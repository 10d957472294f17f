//! A database of SQLite as a dump of its tables of tasks. The file is opened for reading alone, by SQLite itself: what is in the
//! write-ahead log of a running program is read, too.

use std::fmt::Write;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::importers::{BYTES_MAX, ReadFault, ReadFaultKind};

/// How such a file begins.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// What the names of tables of tasks end with, in lower case.
const TABLES: [&str; 5] = ["demandorder", "crontabs", "task", "task_host", "host"];

/// Whether a file is such a database.
pub(super) fn is_database(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// The dump of a database.
pub(super) fn dump(path: &Path) -> Result<String, DumpFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(path, flags)?;
    // Names of tables are data of the file: views and triggers of it are not asked.
    let mut tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let names: Vec<String> = tables
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    // As `sqlite3 .dump` begins.
    let mut text = "PRAGMA foreign_keys=OFF;\n".to_owned();
    for name in names {
        let lower = name.to_lowercase();
        if TABLES.iter().any(|end| lower.ends_with(end)) {
            rows(&database, &name, &mut text)?;
        }
    }
    Ok(text)
}

/// Why there is no dump.
#[derive(Debug, thiserror::Error)]
pub(super) enum DumpFault {
    /// SQLite cannot read it.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// It is too long.
    #[error("it is too long")]
    TooLong,
}

impl From<DumpFault> for ReadFault {
    fn from(fault: DumpFault) -> Self {
        Self::of_file(match fault {
            DumpFault::TooLong => ReadFaultKind::TooLong,
            DumpFault::Sqlite(error) => ReadFaultKind::Database(error.to_string()),
        })
    }
}

/// Adds the rows of a table as statements.
fn rows(database: &Connection, table: &str, text: &mut String) -> Result<(), DumpFault> {
    let table = quoted(table);
    let all = database.prepare(&format!("SELECT * FROM {table} LIMIT 0"))?;
    let columns: Vec<String> = all.column_names().into_iter().map(quoted).collect();
    let values: Vec<String> = columns
        .iter()
        .map(|column| format!("quote({column})"))
        .collect();
    let query = format!("SELECT {} FROM {table}", values.join(" || ',' || "));
    let mut select = database.prepare(&query)?;
    let mut found = select.query([])?;
    while let Some(row) = found.next()? {
        let values: String = row.get(0)?;
        let columns = columns.join(",");
        // Writing to a text does not fail.
        let _ = writeln!(text, "INSERT INTO {table} ({columns}) VALUES ({values});");
        if text.len() > BYTES_MAX {
            return Err(DumpFault::TooLong);
        }
    }
    Ok(())
}

/// A name in quotes.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
