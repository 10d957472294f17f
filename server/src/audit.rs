//! The audit log as a chain that shows every change of it, and refused attempts, which are counted
//! (`docs/adr/0069`).
//!
//! Entries are written by `store`, each in the transaction of its act. Here they are sealed afterwards, in their order, so
//! that no act waits for the chain; old ones are cut off at its beginning; and the whole of it is checked.

mod check;
mod codes;
mod refusals;

use std::time::Duration;

use crate::auth::seal::{SealError, Sealer};
use crate::store::{SealBatch, Store, StoreError};

use chrono::{DateTime, Utc};
use codes::Codes;

pub use check::{Checked, Noted};
pub use codes::KEY_PLACE;
use refusals::OPEN;
pub use refusals::{Attempt, Recount, Refusals};

/// Entries that are sealed in one transaction.
const BATCH: u64 = 100;
/// The pause after one that was full: a start waits for at most one of them.
const PAUSE: Duration = Duration::from_millis(10);

/// Why the chain cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The database fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key of the codes does not open with this server's key.
    #[error("the key of the audit log does not open with secret.key; nothing is sealed")]
    Key(#[source] SealError),
}

/// The chain of the audit log.
#[derive(Clone, Debug)]
pub struct AuditChain {
    store: Store,
    sealer: Sealer,
}

impl AuditChain {
    /// The chain in a database, with the key that its own key is sealed with.
    #[must_use]
    pub fn new(store: Store, sealer: Sealer) -> Self {
        Self { store, sealer }
    }

    /// The codes of this chain; the first server makes their key.
    async fn codes(&self) -> Result<Codes, ChainError> {
        let make = || -> Result<(String, [String; 2]), StoreError> {
            let (codes, text) = Codes::generate();
            let sealed = self.sealer.seal(KEY_PLACE, &text);
            let sealed = sealed.map_err(|_| StoreError::Seal {
                what: "the key of the audit log".to_owned(),
            })?;
            Ok((sealed, [codes.head(0, ""), codes.cut(0, "")]))
        };
        let sealed = self.store.audit_key(make).await?;
        self.opened(&sealed)
    }

    fn opened(&self, sealed: &str) -> Result<Codes, ChainError> {
        let text = self.sealer.open(KEY_PLACE, sealed);
        let text = text.map_err(ChainError::Key)?;
        Codes::of(&text).ok_or(ChainError::Key(SealError::DoesNotOpen))
    }

    /// Makes the key of the codes, where there is none yet: until then no count of an entry can be changed.
    ///
    /// # Errors
    /// When the database fails, or the key does not open.
    pub async fn begin(&self) -> Result<(), ChainError> {
        self.codes().await.map(drop)
    }

    /// Seals entries that are not sealed yet, in so many transactions at most; whether none is left that can be sealed.
    /// Entries of refused attempts whose numbers may still grow at `now` cannot.
    ///
    /// # Errors
    /// When the database fails, or the key does not open.
    pub async fn seal(&self, transactions: u32, now: DateTime<Utc>) -> Result<bool, ChainError> {
        if !self.store.has_unsealed().await? {
            return Ok(true);
        }
        let codes = self.codes().await?;
        for _ in 0..transactions {
            let sealed = self.store.seal_audit(BATCH, now - OPEN, |end, rows| {
                let (mut seq, mut mac) = (end.seq, end.mac.clone());
                let mut macs = Vec::with_capacity(rows.len());
                for row in rows {
                    seq += 1;
                    mac = codes.entry(&mac, seq, row);
                    macs.push(mac.clone());
                }
                let signature = codes.head(seq, &mac);
                SealBatch { macs, signature }
            });
            if sealed.await? < BATCH {
                return Ok(true);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(false)
    }

    /// Deletes sealed entries from before an instant, at most `limit` in one transaction, and leaves a signed checkpoint.
    /// How many.
    ///
    /// # Errors
    /// When the database fails, or the key does not open.
    pub async fn cut(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, ChainError> {
        // What is to be deleted is part of the chain first.
        self.seal(1, before + OPEN).await?;
        let codes = self.codes().await?;
        let sign = |seq, mac: &str| codes.cut(seq, mac);
        Ok(self.store.delete_old_audit(before, limit, sign).await?)
    }
}
