//! The content of each kind of member.

use std::io::{BufRead, BufReader, Read};

use serde::Deserialize;
use sha2::Digest;

use super::super::format::{FORMAT, Head, LINE_MAX, SUMS_EVERY, Totals, hex};
use super::super::member::Member;
use super::super::write::Hashed;
use super::super::{ArchiveError, Damage, row};
use super::{Visitor, Walk};

impl Walk {
    /// Reads a member; returns the totals when it is the last one.
    pub(super) fn member(
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
    pub(super) fn whole(&self, content: &mut impl Read) -> Result<Vec<u8>, ArchiveError> {
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
}
