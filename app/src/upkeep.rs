//! Whether an installation is looked after: old history is deleted, and there are backups.

use serde::{Deserialize, Serialize};

use crate::time::Stamp;

/// The last backup that `jcrontab backup` made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LastBackup {
    /// When it was begun.
    pub at: Stamp,
    /// How long ago that was.
    pub age_seconds: i64,
    /// Who made it.
    pub who: String,
    /// The file; empty where it was written to a pipe.
    pub place: String,
    /// Its size, where that is known.
    pub bytes: Option<i64>,
    /// Whether stored outputs are in it.
    pub outputs: bool,
    /// Whether the key is in it.
    pub secret_key: bool,
}

/// Whether an installation is looked after.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Upkeep {
    /// When everything was last deleted that is no longer kept; `null` before the first time.
    pub pruned_at: Option<Stamp>,
    /// How long ago that was.
    pub pruned_age_seconds: Option<i64>,
    /// Rows that were deleted then.
    pub pruned_rows: i64,
    /// Whether that was too long ago: more is to be deleted than the server manages, or deleting fails.
    pub pruning_is_behind: bool,
    /// Bytes of the database, where they are known.
    pub database_bytes: Option<i64>,
    /// Bytes of them that deleted rows have left, and new ones use.
    pub reusable_bytes: Option<i64>,
    /// Free bytes on the disk of the data folder.
    pub disk_free_bytes: Option<i64>,
    /// The last backup; `null` when none was made.
    pub backup: Option<LastBackup>,
    /// Days after which a backup is missed; 0 for never.
    pub backup_warn_days: i64,
    /// Whether one is missed.
    pub backup_is_due: bool,
}
