//! Makes a backup from a database and a data folder, while servers use both.

use std::io::Write;

use chrono::{DateTime, Utc};

use super::format::{CHUNK, FORMAT, Head, LINE_MAX, TableHead, Totals};
use super::keys::keys_of;
use super::member::{Member, is_output};
use super::write::Writer;
use super::{ArchiveError, Place, row};
use crate::store::{Cell, Snapshot, Store, TableShape};

/// Rows of the first page of a table, and of the longest one.
const FIRST: u64 = 16;
const ROWS_MAX: u64 = 1_000;
/// About how many bytes the rows of a page have in memory.
const PAGE: usize = 4 * 1024 * 1024;

/// What a backup is to contain besides the tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// The key files.
    pub key: bool,
    /// The stored outputs of this server's folder.
    pub outputs: bool,
}

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it is.
    pub head: Head,
    /// What it contains.
    pub totals: Totals,
    /// Outputs that runs name and that are not in this server's folder: in an S3-compatible store, on another server, or
    /// deleted meanwhile.
    pub absent_outputs: u64,
}

/// Writes a backup; returns what it was written to.
///
/// # Errors
/// When the database fails, or something cannot be read or written.
pub async fn make<W: Write>(
    store: &Store,
    place: &Place,
    wanted: Wanted,
    now: DateTime<Utc>,
    out: W,
) -> Result<(W, Made), ArchiveError> {
    let snapshot = store.snapshot().await?;
    let mut tables = Vec::new();
    for table in snapshot.tables() {
        let columns = table.columns.iter();
        tables.push(TableHead {
            name: table.name.to_owned(),
            columns: columns
                .map(|column| (column.name.to_owned(), column.kind))
                .collect(),
            next_id: snapshot.next_id(table).await?,
        });
    }
    let head = Head {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: store.engine().name().to_owned(),
        layout: snapshot.layout().to_vec(),
        created_at: now,
        key: wanted.key,
        outputs: wanted.outputs,
        tables,
    };
    let mut writer = Writer::begin(out, &head)?;
    if wanted.key {
        for (file, key) in keys_of(&place.folder)? {
            writer.member(&Member::Key(file), &key)?;
        }
    }
    for table in snapshot.tables() {
        write_table(&snapshot, table, &mut writer).await?;
    }
    let absent_outputs = match wanted.outputs {
        true => write_outputs(&snapshot, place, &mut writer).await?,
        false => 0,
    };
    let (out, totals) = writer.finish()?;
    let made = Made {
        head,
        totals,
        absent_outputs,
    };
    Ok((out, made))
}

/// Writes the rows of a table, page by page.
async fn write_table<W: Write>(
    snapshot: &Snapshot,
    table: &TableShape,
    writer: &mut Writer<W>,
) -> Result<(), ArchiveError> {
    let mut last: Option<Vec<Cell>> = None;
    let mut limit = FIRST;
    let mut chunk = Vec::new();
    let mut number = 0;
    loop {
        let rows = snapshot.rows(table, last.as_deref(), limit).await?;
        let is_last = (rows.len() as u64) < limit;
        let mut bytes = 0;
        for cells in &rows {
            bytes += cells.iter().map(Cell::size).sum::<usize>();
            let begin = chunk.len();
            row::write(cells, &mut chunk);
            if chunk.len() - begin > LINE_MAX {
                return Err(ArchiveError::RowTooLarge {
                    table: table.name.to_owned(),
                });
            }
            if chunk.len() >= CHUNK {
                number += 1;
                writer.member(&Member::Table(table.name.to_owned(), number), &chunk)?;
                chunk.clear();
            }
        }
        writer.count(table.name, rows.len() as u64);
        limit = next_limit(limit, rows.len(), bytes);
        last = rows.into_iter().next_back().or(last);
        if is_last {
            break;
        }
    }
    if !chunk.is_empty() {
        writer.member(&Member::Table(table.name.to_owned(), number + 1), &chunk)?;
    }
    Ok(())
}

/// Rows of the next page: as many as fit into its memory, by the rows of this one, and at most twice as many as in it.
fn next_limit(limit: u64, rows: usize, bytes: usize) -> u64 {
    let each = (bytes / rows.max(1)).max(1);
    let fitting = (PAGE / each) as u64;
    fitting.clamp(1, ROWS_MAX).min(limit * 2)
}

/// Writes the stored outputs of the runs; returns how many are not here.
async fn write_outputs<W: Write>(
    snapshot: &Snapshot,
    place: &Place,
    writer: &mut Writer<W>,
) -> Result<u64, ArchiveError> {
    let (mut last, mut absent) = (i64::MIN, 0);
    loop {
        let runs = snapshot.outputs(last).await?;
        let Some((id, _)) = runs.last() else {
            return Ok(absent);
        };
        last = *id;
        for (_, name) in &runs {
            let found = match is_output(name) {
                true => place.files.open(name)?,
                false => None,
            };
            match found {
                Some((file, size)) => writer.output(name, size, file)?,
                None => absent += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_grows_while_its_rows_are_small_and_shrinks_at_once() {
        assert_eq!(next_limit(16, 16, 16 * 200), 32);
        assert_eq!(next_limit(1_000, 1_000, 1_000 * 200), 1_000);
        assert_eq!(next_limit(1_000, 1_000, 1_000 * 1024 * 1024), 4);
        assert_eq!(next_limit(16, 16, 16 * 64 * 1024 * 1024), 1);
        assert_eq!(next_limit(1, 0, 0), 2);
    }
}
