//! Reads a backup from its beginning to its end, and checks everything on the way. Nothing that the file states about
//! itself is trusted: names, sizes and counts are bounded before anything is read into memory.

use std::cell::Cell as Shared;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::rc::Rc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::format::{FORMAT, Head, LINE_MAX, SUMS_EVERY, TableHead, Totals, hex};
use super::member::Member;
use super::write::Hashed;
use super::{ArchiveError, Damage, row};
use crate::store::Cell;

/// The first bytes of a zstd frame (RFC 8878, 3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// 2 to this power is the memory that unpacking takes; the level of compression that is used needs 2 MiB.
const WINDOW_LOG: u32 = 24;
/// Zeros behind the last member: two blocks of tar, and what fills its record.
const TAIL_MAX: u64 = 64 * 1024;

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

    /// Reads a member; returns the totals when it is the last one.
    fn member(
        &mut self,
        member: &Member,
        size: u64,
        entry: impl Read,
        visitor: &mut impl Visitor,
    ) -> Result<Option<Totals>, ArchiveError> {
        let mut content = Hashed::new(entry);
        match member {
            Member::Head => {
                if self.head.is_some() {
                    return Err(self.damaged(Damage::Order));
                }
                let head = self.read_head(&mut content)?;
                visitor.head(&head)?;
                self.head = Some(head);
            }
            Member::Key(file) => {
                let key = self.whole(&mut content)?;
                visitor.key(file, key)?;
            }
            Member::Table(table, _) => {
                let head = self.head.take().ok_or(ArchiveError::Foreign)?;
                let read = self.rows(&head, table, &mut content, visitor);
                self.head = Some(head);
                read?;
            }
            Member::Output(name) => {
                visitor.output(name, &mut content)?;
                std::io::copy(&mut content, &mut std::io::sink())
                    .map_err(|error| self.unreadable(&error))?;
                self.found.outputs += 1;
                self.found.output_bytes += size;
            }
            Member::Sums(_) => {
                let list = self.whole(&mut content)?;
                self.compare(&list)?;
            }
            Member::Totals => {
                let totals = self.whole(&mut content)?;
                if content.count != size {
                    return Err(self.damaged(Damage::Truncated));
                }
                return self.totals(&totals).map(Some);
            }
        }
        if content.count != size {
            return Err(self.damaged(Damage::Truncated));
        }
        self.found.members += 1;
        if !matches!(member, Member::Sums(_)) {
            if self.pending.len() == SUMS_EVERY {
                return Err(self.damaged(Damage::Order));
            }
            let sum = hex(&content.hash.finalize());
            self.pending.push(format!("{sum}  {}", self.name));
        }
        Ok(None)
    }

    /// A member that is small enough to be read as a whole; its size was checked.
    fn whole(&self, content: &mut impl Read) -> Result<Vec<u8>, ArchiveError> {
        let mut whole = Vec::new();
        content
            .read_to_end(&mut whole)
            .map_err(|error| self.unreadable(&error))?;
        Ok(whole)
    }

    fn read_head(&mut self, content: &mut impl Read) -> Result<Head, ArchiveError> {
        /// The part that every format has.
        #[derive(Deserialize)]
        struct Any {
            format: u32,
        }
        let text = self.whole(content)?;
        let unread = |error: serde_json::Error| Damage::Description(error.to_string());
        let any: Any = serde_json::from_slice(&text).map_err(|e| self.damaged(unread(e)))?;
        if any.format != FORMAT {
            return Err(ArchiveError::Format(any.format));
        }
        let head: Head = serde_json::from_slice(&text).map_err(|e| self.damaged(unread(e)))?;
        let rows = head.tables.iter().map(|table| (table.name.clone(), 0));
        self.found.rows = rows.collect();
        Ok(head)
    }

    fn rows(
        &mut self,
        head: &Head,
        table: &str,
        content: &mut impl Read,
        visitor: &mut impl Visitor,
    ) -> Result<(), ArchiveError> {
        let known = head.tables.iter().find(|one| one.name == table);
        let table = known.ok_or_else(|| self.damaged(Damage::Order))?;
        let mut lines = BufReader::new(content);
        let mut line = Vec::new();
        let mut count = 0;
        loop {
            line.clear();
            let limit = LINE_MAX as u64 + 1;
            let read = (&mut lines).take(limit).read_until(b'\n', &mut line);
            if read.map_err(|error| self.unreadable(&error))? == 0 {
                break;
            }
            count += 1;
            let row = line
                .strip_suffix(b"\n")
                .and_then(|line| row::read(line, &table.columns));
            let row = row.ok_or_else(|| self.damaged(Damage::Row(count)))?;
            visitor.row(table, row)?;
        }
        *self.found.rows.entry(table.name.clone()).or_default() += count;
        Ok(())
    }

    /// Compares a list of checksums with the members before it.
    fn compare(&mut self, list: &[u8]) -> Result<(), ArchiveError> {
        self.lists += 1;
        let expected = std::mem::take(&mut self.pending);
        let text = String::from_utf8_lossy(list);
        let mut lines = text.lines();
        for line in &expected {
            if lines.next() != Some(line) {
                // The member, not the list: that is what is damaged, as a rule.
                let name = line.split_once("  ").map_or("", |(_, name)| name);
                self.name = name.to_owned();
                return Err(self.damaged(Damage::Checksum));
            }
        }
        if lines.next().is_some() || self.name != Member::Sums(self.lists).name() {
            return Err(self.damaged(Damage::Order));
        }
        self.sums.update(list);
        Ok(())
    }

    fn totals(&mut self, text: &[u8]) -> Result<Totals, ArchiveError> {
        let totals: Totals = serde_json::from_slice(text)
            .map_err(|error| self.damaged(Damage::Description(error.to_string())))?;
        self.found.sha256 = hex(&std::mem::take(&mut self.sums).finalize());
        if !self.pending.is_empty() {
            return Err(self.damaged(Damage::Order));
        }
        if totals.sha256 != self.found.sha256 {
            return Err(self.damaged(Damage::Checksum));
        }
        if totals != self.found {
            return Err(self.damaged(Damage::Counts));
        }
        Ok(totals)
    }

    /// Reads what follows the last member: zeros, then the checksum of the compressed stream, then nothing.
    fn end(&mut self, mut rest: impl Read) -> Result<(), ArchiveError> {
        let mut tail = Vec::new();
        let read = (&mut rest).take(TAIL_MAX + 1).read_to_end(&mut tail);
        read.map_err(|error| self.unreadable(&error))?;
        let is_long = tail.len() as u64 > TAIL_MAX;
        if is_long || tail.iter().any(|byte| *byte != 0) {
            return Err(self.damaged(Damage::Trailing));
        }
        Ok(())
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
