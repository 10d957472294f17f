//! Reads a backup from its beginning to its end, and checks everything on the way. Nothing that the file states about
//! itself is trusted: names, sizes and counts are bounded before anything is read into memory.

mod content;
mod sums;

use std::cell::Cell as Shared;
use std::io::{ErrorKind, Read};
use std::rc::Rc;

use sha2::{Digest, Sha256};

use super::format::{Head, TableHead, Totals};
use super::member::Member;
use super::{ArchiveError, Damage};
use crate::store::Cell;

/// The first bytes of a zstd frame (RFC 8878, 3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// 2 to this power is the memory that unpacking takes; the level of compression that is used needs 2 MiB.
const WINDOW_LOG: u32 = 24;

/// What is done with the content of a backup.
pub(super) trait Visitor {
    /// What the backup is.
    fn head(&mut self, _head: &Head) -> Result<(), ArchiveError> {
        Ok(())
    }
    /// A key file.
    fn key(&mut self, _file: &'static str, _content: Vec<u8>) -> Result<(), ArchiveError> {
        Ok(())
    }
    /// A row of a table.
    fn row(&mut self, _table: &TableHead, _row: Vec<Cell>) -> Result<(), ArchiveError> {
        Ok(())
    }
    /// A stored output. What is not read is skipped.
    fn output(&mut self, _name: &str, _content: &mut dyn Read) -> Result<(), ArchiveError> {
        Ok(())
    }
}

/// Reads a backup; returns what it is and what it contains.
///
/// # Errors
/// When it is no backup, is damaged, or a visitor fails.
pub(super) fn walk(
    input: impl Read,
    visitor: &mut impl Visitor,
) -> Result<(Head, Totals), ArchiveError> {
    let at = Rc::new(Shared::new(0));
    let mut input = Counted {
        inner: input,
        at: Rc::clone(&at),
    };
    let mut magic = [0; MAGIC.len()];
    match input.read_exact(&mut magic) {
        Ok(()) if magic == MAGIC => {}
        Ok(()) => return Err(ArchiveError::Foreign),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            return Err(ArchiveError::Foreign);
        }
        Err(error) => return Err(ArchiveError::File(error)),
    }
    let mut unpacked = zstd::Decoder::new(magic.chain(input)).map_err(ArchiveError::File)?;
    unpacked
        .window_log_max(WINDOW_LOG)
        .map_err(ArchiveError::File)?;
    let mut walk = Walk {
        at,
        name: Member::Head.name(),
        pending: Vec::new(),
        lists: 0,
        sums: Sha256::new(),
        found: Totals::default(),
        head: None,
    };
    let mut tar = tar::Archive::new(unpacked);
    let totals = walk.members(&mut tar, visitor)?;
    walk.end(tar.into_inner())?;
    let head = walk.head.ok_or(ArchiveError::Foreign)?;
    Ok((head, totals))
}

/// The state of reading a backup.
struct Walk {
    /// Bytes of the file that were read.
    at: Rc<Shared<u64>>,
    /// The member that is being read.
    name: String,
    /// Checksums since the last list of them, as its lines.
    pending: Vec<String>,
    lists: u32,
    sums: Sha256,
    found: Totals,
    head: Option<Head>,
}

impl Walk {
    fn damaged(&self, what: Damage) -> ArchiveError {
        ArchiveError::Damaged {
            member: self.name.clone(),
            at: self.at.get(),
            what,
        }
    }

    fn unreadable(&self, error: &std::io::Error) -> ArchiveError {
        self.damaged(match error.kind() {
            ErrorKind::UnexpectedEof => Damage::Truncated,
            _ => Damage::Unreadable(error.to_string()),
        })
    }

    fn members<R: Read>(
        &mut self,
        tar: &mut tar::Archive<R>,
        visitor: &mut impl Visitor,
    ) -> Result<Totals, ArchiveError> {
        // Raw: names that extend over several blocks are no names of ours.
        let entries = tar.entries().map_err(|error| self.unreadable(&error))?;
        for entry in entries.raw(true) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if self.head.is_none() && error.kind() != ErrorKind::UnexpectedEof => {
                    return Err(ArchiveError::Foreign);
                }
                Err(error) => return Err(self.unreadable(&error)),
            };
            let member = Member::parse(&entry.path_bytes());
            if self.head.is_none() && member != Some(Member::Head) {
                return Err(ArchiveError::Foreign);
            }
            self.name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let is_file = entry.header().entry_type() == tar::EntryType::Regular;
            let Some(member) = member.filter(|_| is_file) else {
                return Err(self.damaged(Damage::Name));
            };
            let size = entry.size();
            if size > member.size_max() {
                return Err(self.damaged(Damage::Size(size)));
            }
            if let Some(totals) = self.member(&member, size, entry, visitor)? {
                return Ok(totals);
            }
        }
        // tar has no end of its own that a cut would remove: the totals are ours.
        Err(self.damaged(Damage::Truncated))
    }
}

/// A reader that counts.
struct Counted<R> {
    inner: R,
    at: Rc<Shared<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.at.set(self.at.get() + read as u64);
        Ok(read)
    }
}
