//! Checks the chain: every entry against its code, every place, and both ends against their signatures.

use app::audit::AuditFault;

use super::{AuditChain, ChainError};
use crate::store::{ChainEnd, ChainHead};

/// Entries that are read at once.
const PAGE: u64 = 500;

/// An entry as it was noted earlier: its place and its code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Noted {
    /// The place.
    pub seq: i64,
    /// The code, or its beginning.
    pub mac: String,
}

/// The result of checking a part of the chain.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Checked {
    /// Entries that were checked.
    pub checked: u64,
    /// The place after which the check continues; `None` at the end.
    pub next: Option<i64>,
    /// The first fault, with its place and the entry there.
    pub fault: Option<(AuditFault, i64, Option<i64>)>,
    /// The newest entry that retention has deleted.
    pub cut: i64,
    /// The newest entry that is sealed.
    pub head: ChainEnd,
    /// Whether an entry is not sealed yet.
    pub unsealed: bool,
}

impl AuditChain {
    /// Checks about `most` entries after a place, or from the beginning.
    ///
    /// # Errors
    /// When the database fails. A key that does not open is a fault, and no error.
    pub async fn check(
        &self,
        after: Option<i64>,
        noted: Option<&Noted>,
        most: u64,
    ) -> Result<Checked, ChainError> {
        let unsealed = self.store.has_unsealed().await?;
        let mut found = Checked {
            unsealed,
            ..Checked::default()
        };
        let (Some(chain), Some(sealed)) = (
            self.store.audit_chain().await?,
            self.store.kept_audit_key().await?,
        ) else {
            // Nothing was sealed in this database.
            if let Some(noted) = noted {
                found.fault = Some((AuditFault::Noted, noted.seq, None));
            }
            return Ok(found);
        };
        found.cut = chain.cut.seq;
        found.head = chain.head.clone();
        let codes = match self.opened(&sealed) {
            Ok(codes) => codes,
            Err(ChainError::Key(_)) => {
                found.fault = Some((AuditFault::Key, 0, None));
                return Ok(found);
            }
            Err(error) => return Err(error),
        };
        if chain.head.signature != codes.head(chain.head.seq, &chain.head.mac) {
            found.fault = Some((AuditFault::Head, chain.head.seq, None));
            return Ok(found);
        }
        if chain.cut.signature != codes.cut(chain.cut.seq, &chain.cut.mac) {
            found.fault = Some((AuditFault::Checkpoint, chain.cut.seq, None));
            return Ok(found);
        }
        if let Some(noted) = noted
            && !self.is_as_noted(&chain, noted).await?
        {
            found.fault = Some((AuditFault::Noted, noted.seq, None));
            return Ok(found);
        }
        let (mut seq, mut mac) = self.start(&chain, after).await?;
        while found.checked < most && seq < chain.head.seq {
            let rows = self.store.audit_sealed(seq, PAGE).await?;
            for row in rows {
                let at = row.seq.unwrap_or_default();
                if at > chain.head.seq {
                    break;
                }
                if at != seq + 1 {
                    if self.was_cut(&codes, at).await? {
                        // Retention was faster than this check: it goes on from the new beginning.
                        found.next = Some(0);
                        return Ok(found);
                    }
                    found.fault = Some((AuditFault::Missing, seq + 1, None));
                    return Ok(found);
                }
                let code = codes.entry(&mac, at, &row);
                if row.mac.as_deref() != Some(code.as_str()) {
                    found.fault = Some((AuditFault::Changed, at, Some(row.id)));
                    return Ok(found);
                }
                found.checked += 1;
                (seq, mac) = (at, code);
            }
            if seq < chain.head.seq && self.store.audit_sealed(seq, 1).await?.is_empty() {
                found.fault = Some((AuditFault::Truncated, seq, None));
                return Ok(found);
            }
        }
        if seq == chain.head.seq && mac != chain.head.mac {
            found.fault = Some((AuditFault::Changed, seq, None));
        } else if seq < chain.head.seq {
            found.next = Some(seq);
        }
        Ok(found)
    }

    /// Where a check begins: after the checkpoint, or after an entry that was checked before.
    async fn start(
        &self,
        chain: &ChainHead,
        after: Option<i64>,
    ) -> Result<(i64, String), ChainError> {
        let first = (chain.cut.seq, chain.cut.mac.clone());
        let Some(after) = after.filter(|after| *after > chain.cut.seq) else {
            return Ok(first);
        };
        let row = self.store.audit_at(after).await?;
        Ok(row
            .and_then(|row| row.mac)
            .map_or(first, |mac| (after, mac)))
    }

    /// Whether retention has meanwhile deleted everything before a place.
    async fn was_cut(&self, codes: &super::Codes, at: i64) -> Result<bool, ChainError> {
        let chain = self.store.audit_chain().await?;
        Ok(chain.is_some_and(|chain| {
            let cut = chain.cut;
            cut.seq + 1 >= at && cut.signature == codes.cut(cut.seq, &cut.mac)
        }))
    }

    /// Whether an entry is still as it was noted. One that retention has deleted cannot be compared.
    async fn is_as_noted(&self, chain: &ChainHead, noted: &Noted) -> Result<bool, ChainError> {
        if noted.seq < chain.cut.seq {
            return Ok(true);
        }
        if noted.seq == chain.cut.seq {
            return Ok(chain.cut.mac == noted.mac);
        }
        let row = self.store.audit_at(noted.seq).await?;
        Ok(row.and_then(|row| row.mac).as_deref() == Some(noted.mac.as_str()))
    }
}
