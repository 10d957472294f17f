//! Writes a backup as a stream of members.

use std::io::{Read, Write};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::ArchiveError;
use super::format::{Head, SUMS_EVERY, Totals, hex};
use super::member::Member;

/// zstd's own default: faster than most disks, and half the size of its fastest level.
const LEVEL: i32 = 3;

/// Writes members, and after some of them their checksums.
pub(super) struct Writer<W: Write> {
    tar: tar::Builder<zstd::Encoder<'static, W>>,
    created_at: u64,
    /// Lines of the next list of checksums.
    pending: Vec<String>,
    lists: u32,
    sums: Sha256,
    totals: Totals,
}

impl<W: Write> Writer<W> {
    /// Begins a backup with its head.
    pub(super) fn begin(out: W, head: &Head) -> Result<Self, ArchiveError> {
        let mut packer = zstd::Encoder::new(out, LEVEL).map_err(ArchiveError::File)?;
        packer.include_checksum(true).map_err(ArchiveError::File)?;
        let rows = head.tables.iter().map(|table| (table.name.clone(), 0));
        let mut writer = Self {
            tar: tar::Builder::new(packer),
            created_at: seconds(head.created_at),
            pending: Vec::new(),
            lists: 0,
            sums: Sha256::new(),
            totals: Totals {
                rows: rows.collect(),
                ..Totals::default()
            },
        };
        writer.member(&Member::Head, &json(head)?)?;
        Ok(writer)
    }

    /// Writes a member.
    pub(super) fn member(&mut self, member: &Member, content: &[u8]) -> Result<(), ArchiveError> {
        self.put(member, content.len() as u64, content)?;
        self.noted()
    }

    /// Writes a stored output of this size.
    pub(super) fn output(
        &mut self,
        name: &str,
        size: u64,
        content: impl Read,
    ) -> Result<(), ArchiveError> {
        self.put(&Member::Output(name.to_owned()), size, content)?;
        self.totals.outputs += 1;
        self.totals.output_bytes += size;
        self.noted()
    }

    /// Counts rows of a table that were written.
    pub(super) fn count(&mut self, table: &str, rows: u64) {
        *self.totals.rows.entry(table.to_owned()).or_default() += rows;
    }

    fn put(&mut self, member: &Member, size: u64, content: impl Read) -> Result<(), ArchiveError> {
        let name = member.name();
        let mut header = tar::Header::new_ustar();
        header.set_path(&name).map_err(ArchiveError::File)?;
        header.set_size(size);
        // Also after `tar -x`, the key is readable by its owner only.
        header.set_mode(0o600);
        header.set_mtime(self.created_at);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        let mut content = Hashed::new(content.take(size));
        let put = self.tar.append(&header, &mut content);
        put.map_err(ArchiveError::File)?;
        if content.count != size {
            // The header says otherwise: such a backup would be damaged.
            let short = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
            return Err(ArchiveError::other(name.as_ref(), short));
        }
        self.pending
            .push(format!("{}  {name}\n", hex(&content.hash.finalize())));
        self.totals.members += 1;
        Ok(())
    }

    fn noted(&mut self) -> Result<(), ArchiveError> {
        match self.pending.len() < SUMS_EVERY {
            true => Ok(()),
            false => self.list(),
        }
    }

    fn list(&mut self) -> Result<(), ArchiveError> {
        let text = std::mem::take(&mut self.pending).concat();
        self.sums.update(&text);
        self.lists += 1;
        let list = Member::Sums(self.lists);
        self.put(&list, text.len() as u64, text.as_bytes())?;
        // A list is covered by the totals.
        self.pending.clear();
        Ok(())
    }

    /// Ends the backup; returns what is in it, and what it was written to.
    pub(super) fn finish(mut self) -> Result<(W, Totals), ArchiveError> {
        if !self.pending.is_empty() {
            self.list()?;
        }
        self.totals.sha256 = hex(&std::mem::take(&mut self.sums).finalize());
        let totals = self.totals.clone();
        self.member(&Member::Totals, &json(&totals)?)?;
        let packer = self.tar.into_inner().map_err(ArchiveError::File)?;
        let mut out = packer.finish().map_err(ArchiveError::File)?;
        out.flush().map_err(ArchiveError::File)?;
        Ok((out, totals))
    }
}

fn seconds(at: DateTime<Utc>) -> u64 {
    u64::try_from(at.timestamp()).unwrap_or(0)
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, ArchiveError> {
    serde_json::to_vec(value).map_err(|error| ArchiveError::File(error.into()))
}

/// A reader that hashes and counts what is read.
pub(super) struct Hashed<R> {
    inner: R,
    pub(super) hash: Sha256,
    pub(super) count: u64,
}

impl<R> Hashed<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
            count: 0,
        }
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.count += read as u64;
        Ok(read)
    }
}
