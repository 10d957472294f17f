//! Whether anything in the database has changed since a version was read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::{Store, StoreError};

/// A state of the database: equal versions are equal contents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DataVersion {
    /// SQLite counts separately for each connection: this is the one that counted.
    connection: u64,
    count: i64,
}

/// A separate connection that sees the commits of all others.
#[derive(Clone, Debug)]
pub(super) struct Watcher {
    pub(super) connection: DatabaseConnection,
    /// Connections opened so far.
    pub(super) opened: Arc<AtomicU64>,
}

impl Store {
    /// The version of everything that is committed, by this process or by another; `None` where the database has no
    /// such number.
    ///
    /// `PRAGMA data_version` (<https://www.sqlite.org/pragma.html#pragma_data_version>) counts the commits of all
    /// other connections, so the connection that reads it never writes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn data_version(&self) -> Result<Option<DataVersion>, StoreError> {
        let Some(watcher) = &self.watcher else {
            return Ok(None);
        };
        let ask = Statement::from_string(DbBackend::Sqlite, "PRAGMA data_version");
        let before = watcher.opened.load(Ordering::SeqCst);
        let row = watcher.connection.query_one_raw(ask).await?;
        let connection = watcher.opened.load(Ordering::SeqCst);
        if before != connection {
            // It was reopened for this query: only the next one is reliable again.
            return Ok(None);
        }
        let count = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(count.map(|count| DataVersion { connection, count }))
    }
}
