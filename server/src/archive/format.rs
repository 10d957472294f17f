//! What a backup consists of, in this order:
//!
//! | member | content |
//! |---|---|
//! | `jcrontab-backup.json` | [`Head`]: format, version, layout, tables and columns |
//! | `keys/…` | the key files of the data folder |
//! | `tables/NAME/000001.jsonl`, … | rows by primary key, each a JSON array in the order of the columns; some MiB a member |
//! | `outputs/YYYY/MM/DD/run-ID.log.zst` | stored outputs as they are |
//! | `sums/000001.txt`, … | SHA-256 of the members before it, as `sha256sum -c` reads them; anywhere between the others |
//! | `totals.json` | [`Totals`]: what has to be there |
//!
//! In a row, numbers and booleans are JSON's; instants are RFC 3339 in UTC with all their digits, bytes are base64.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::store::CellKind;

/// The format that this version writes and reads.
pub const FORMAT: u32 = 1;

/// Bytes of rows after which a member ends.
pub(super) const CHUNK: usize = 4 * 1024 * 1024;
/// Bytes of the largest row.
pub(super) const LINE_MAX: usize = 64 * 1024 * 1024;
/// Members between two lists of checksums.
pub(super) const SUMS_EVERY: usize = 256;

/// The first member: what the backup is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of the program that made it.
    pub version: String,
    /// The engine of the database.
    pub engine: String,
    /// The migrations of the database, in their order.
    pub layout: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Whether it contains the key.
    pub key: bool,
    /// Whether it contains stored outputs.
    pub outputs: bool,
    /// The tables, in the order in which they follow.
    pub tables: Vec<TableHead>,
}

impl Head {
    /// The last migration.
    #[must_use]
    pub fn last_layout(&self) -> &str {
        self.layout.last().map_or("", String::as_str)
    }
}

/// A table in a backup.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableHead {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of a row.
    pub columns: Vec<(String, CellKind)>,
    /// The id that its next row gets.
    pub next_id: Option<i64>,
}

/// The last member: what a complete backup contains.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Rows by table; a table without rows is here as well.
    pub rows: BTreeMap<String, u64>,
    /// Stored outputs.
    pub outputs: u64,
    /// Bytes of them.
    pub output_bytes: u64,
    /// All members except this one.
    pub members: u64,
    /// SHA-256 of all lists of checksums one after the other, in hexadecimal: it covers the whole backup.
    pub sha256: String,
}

impl Totals {
    /// Rows of all tables.
    #[must_use]
    pub fn all_rows(&self) -> u64 {
        self.rows.values().sum()
    }
}

/// Bytes as hexadecimal text.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
