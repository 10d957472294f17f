//! What can be wrong with a backup.

use std::path::{Path, PathBuf};

use crate::output::OutputError;
use crate::store::StoreError;

/// Why a backup cannot be made, verified or restored.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file is something else.
    #[error("this is no backup of Jcrontab")]
    Foreign,
    /// The backup has a format that only a newer version reads.
    #[error("the backup has format {0}, which this version cannot read")]
    Format(u32),
    /// The backup is of a database that a newer version has migrated.
    #[error("the backup is of layout {layout}, made by version {version}")]
    NewerLayout {
        /// Its last migration.
        layout: String,
        /// The version of the program that made it.
        version: String,
    },
    /// The file is not as it was written.
    #[error("{member} is damaged, near byte {at} of the file: {what:?}")]
    Damaged {
        /// The member that was being read.
        member: String,
        /// How much of the file had been read.
        at: u64,
        /// What is wrong.
        what: Damage,
    },
    /// A row is larger than a backup can hold.
    #[error("a row of the table {table} is too large for a backup")]
    RowTooLarge {
        /// The table.
        table: String,
    },
    /// The tables of the backup are not those of its layout.
    #[error("the columns of the table {table} are not those of its layout")]
    Columns {
        /// The table.
        table: String,
    },
    /// After a restore, a table has another number of rows than the backup.
    #[error("the table {table} has {found} rows instead of {expected}")]
    Count {
        /// The table.
        table: String,
        /// Rows in the backup.
        expected: u64,
        /// Rows in the database.
        found: u64,
    },
    /// The database refuses rows.
    #[error("the database does not take rows of the table {table}")]
    Refused {
        /// The table.
        table: String,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// Something else is in the place of a file.
    #[error("{} exists and has other content", .0.display())]
    InTheWay(PathBuf),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The settings name no usable place for outputs.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The backup itself cannot be read or written.
    #[error("the backup cannot be read or written")]
    File(#[source] std::io::Error),
    /// Another file cannot be read or written.
    #[error("{} cannot be used", path.display())]
    OtherFile {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Reading was interrupted.
    #[error("reading the backup was interrupted")]
    Interrupted,
}

impl ArchiveError {
    pub(super) fn other(path: &Path, source: std::io::Error) -> Self {
        Self::OtherFile {
            path: path.to_owned(),
            source,
        }
    }
}

/// What is wrong with a member of a backup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Damage {
    /// The file ends too early.
    Truncated,
    /// It cannot be unpacked.
    Unreadable(String),
    /// Its content has another checksum.
    Checksum,
    /// The row with this number, from 1 in the member, cannot be read.
    Row(u64),
    /// Its description cannot be read.
    Description(String),
    /// It has a name that no member of a backup has, or is no plain file.
    Name,
    /// It states a size, in bytes, that no member of its kind has.
    Size(u64),
    /// It is not where it belongs.
    Order,
    /// Tables or outputs are missing, or there are too many of them.
    Counts,
    /// Something follows the last member.
    Trailing,
}
