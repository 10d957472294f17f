//! Restores a verified backup into an empty database and a data folder.

use std::io::Read;

use tokio::runtime::Handle;

use super::format::{Head, TableHead};
use super::keys::put_keys;
use super::read::{Visitor, walk};
use super::{ArchiveError, Damage, Place, Verified};
use crate::store::{Cell, Store, TableShape, layout_steps};

/// Rows, and bytes of them, of one transaction.
const ROWS: usize = 5_000;
const BYTES: usize = 8 * 1024 * 1024;

/// What was restored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restored {
    /// Rows by table, as counted in the database.
    pub rows: Vec<(String, u64)>,
    /// Stored outputs.
    pub outputs: u64,
}

impl Verified {
    /// How many migrations lead to its layout.
    ///
    /// # Errors
    /// When this version does not know the layout.
    pub fn steps(&self) -> Result<u32, ArchiveError> {
        layout_steps(&self.head.layout).ok_or_else(|| ArchiveError::NewerLayout {
            layout: self.head.last_layout().to_owned(),
            version: self.head.version.clone(),
        })
    }
}

/// Restores a backup that was verified, from its file. The database must be empty: it is filled in the layout of the
/// backup, and migrated afterwards. Until everything is there, no server uses the database.
///
/// # Errors
/// When the layout is unknown, the file is not the one that was verified, or something cannot be written; the database
/// stays marked as half restored then.
pub async fn restore(
    store: &Store,
    backup: &Verified,
    file: std::fs::File,
    place: &Place,
) -> Result<Restored, ArchiveError> {
    let steps = backup.steps()?;
    let shapes = store.begin_load(steps).await?;
    for table in &backup.head.tables {
        shape_of(&shapes, table)?;
    }
    let mut loader = Loader {
        store: store.clone(),
        handle: Handle::current(),
        expected: backup.head.clone(),
        shapes: shapes.clone(),
        place: place.clone(),
        batch: Vec::new(),
        bytes: 0,
        table: None,
    };
    let walking = tokio::task::spawn_blocking(move || {
        let (_, totals) = walk(std::io::BufReader::new(file), &mut loader)?;
        loader.flush()?;
        Ok::<_, ArchiveError>(totals)
    });
    let totals = walking.await.map_err(|_| ArchiveError::Interrupted)??;
    let rows = count(store, &backup.head, &shapes, &totals.rows).await?;
    put_keys(backup, &place.folder)?;
    store.end_load().await?;
    Ok(Restored {
        rows,
        outputs: totals.outputs,
    })
}

/// The table in the database; its columns must be those of the backup.
fn shape_of<'a>(
    shapes: &'a [TableShape],
    table: &TableHead,
) -> Result<&'a TableShape, ArchiveError> {
    let shape = shapes.iter().find(|shape| shape.name == table.name);
    shape
        .filter(|shape| {
            let columns = shape.columns.iter();
            let same = |(here, there): (&crate::store::ColumnShape, &(String, _))| {
                here.name == there.0 && here.kind == there.1
            };
            shape.columns.len() == table.columns.len() && columns.zip(&table.columns).all(same)
        })
        .ok_or_else(|| ArchiveError::Columns {
            table: table.name.clone(),
        })
}

/// Sets the next ids, and compares the rows with those of the backup.
async fn count(
    store: &Store,
    head: &Head,
    shapes: &[TableShape],
    expected: &std::collections::BTreeMap<String, u64>,
) -> Result<Vec<(String, u64)>, ArchiveError> {
    let mut rows = Vec::new();
    for table in &head.tables {
        let shape = shape_of(shapes, table)?;
        if let Some(next) = table.next_id {
            store.set_next_id(shape, next).await?;
        }
        let found = store.row_count(shape).await?;
        let expected = expected.get(&table.name).copied().unwrap_or(0);
        if found != expected {
            return Err(ArchiveError::Count {
                table: table.name.clone(),
                expected,
                found,
            });
        }
        rows.push((table.name.clone(), found));
    }
    Ok(rows)
}

/// Loads rows and outputs while the backup is read, on a thread that may block.
struct Loader {
    store: Store,
    handle: Handle,
    expected: Head,
    shapes: Vec<TableShape>,
    place: Place,
    /// Rows that are not loaded yet, of `table`.
    batch: Vec<Vec<Cell>>,
    bytes: usize,
    table: Option<TableHead>,
}

impl Loader {
    fn flush(&mut self) -> Result<(), ArchiveError> {
        let rows = std::mem::take(&mut self.batch);
        self.bytes = 0;
        let Some(table) = self.table.as_ref().filter(|_| !rows.is_empty()) else {
            return Ok(());
        };
        let shape = shape_of(&self.shapes, table)?;
        let loaded = self.handle.block_on(self.store.load(shape, &rows));
        loaded.map_err(|source| ArchiveError::Refused {
            table: table.name.clone(),
            source,
        })
    }
}

impl Visitor for Loader {
    fn head(&mut self, head: &Head) -> Result<(), ArchiveError> {
        if *head == self.expected {
            return Ok(());
        }
        // Replaced since it was verified.
        Err(ArchiveError::Damaged {
            member: "jcrontab-backup.json".to_owned(),
            at: 0,
            what: Damage::Checksum,
        })
    }

    fn row(&mut self, table: &TableHead, row: Vec<Cell>) -> Result<(), ArchiveError> {
        if self.table.as_ref() != Some(table) {
            self.flush()?;
            self.table = Some(table.clone());
        }
        self.bytes += row.iter().map(Cell::size).sum::<usize>();
        self.batch.push(row);
        if self.batch.len() >= ROWS || self.bytes >= BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn output(&mut self, name: &str, content: &mut dyn Read) -> Result<(), ArchiveError> {
        match self.place.files.put(name, content)? {
            true => Ok(()),
            false => Err(ArchiveError::InTheWay(self.place.files.place(name))),
        }
    }
}
