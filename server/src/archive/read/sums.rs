//! Checksums, totals, and the end of the file.

use std::io::Read;

use sha2::Digest;

use super::super::format::{Totals, hex};
use super::super::member::Member;
use super::super::{ArchiveError, Damage};
use super::Walk;

/// Zeros behind the last member: two blocks of tar, and what fills its record.
const TAIL_MAX: u64 = 64 * 1024;

impl Walk {
    /// Compares a list of checksums with the members before it.
    pub(super) fn compare(&mut self, list: &[u8]) -> Result<(), ArchiveError> {
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

    pub(super) fn totals(&mut self, text: &[u8]) -> Result<Totals, ArchiveError> {
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
    pub(super) fn end(&mut self, mut rest: impl Read) -> Result<(), ArchiveError> {
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
