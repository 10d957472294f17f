//! Backups: one file with all tables, the key and the stored outputs, which any engine can restore.
//!
//! A zstd-compressed tar of plain members ([`mod@format`]), so that `tar --zstd -tf` lists it. It is written and read as a
//! stream: neither needs memory or disk for more than a member. Nothing is restored before the whole file was verified
//! ([why](../../docs/adr/0055-backups-are-rows-not-files.md)).

mod fault;
pub mod format;
mod keys;
mod make;
mod member;
mod place;
mod read;
mod restore;
mod row;
mod verify;
mod write;

pub use fault::{ArchiveError, Damage};
pub use keys::{key_fits, put_keys};
pub use make::{Made, Wanted, make};
pub use place::Place;
pub use restore::{Restored, restore};
pub use verify::{Verified, verify};
