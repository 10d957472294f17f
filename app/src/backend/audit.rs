//! The audit log.

use async_trait::async_trait;

use super::{Answer, List};
use crate::audit::{AuditCheck, AuditEntry, AuditQuery};
use crate::auth::Caller;
use crate::id::AuditId;

/// Who did what, and whether the log of it is whole. All of it is for administrators.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Entries that match, newest first. A page may be shorter than asked for, even empty, and not the last one: so many
    /// entries are examined for it, and its cursor goes on after those.
    async fn audit_list(&self, caller: &Caller, query: &AuditQuery) -> Answer<List<AuditEntry>>;
    /// One entry.
    async fn audit_get(&self, caller: &Caller, id: AuditId) -> Answer<AuditEntry>;
    /// Checks a part of the chain: from the beginning, or after a place that was checked before. `noted` is an entry as
    /// [`AuditCheck::head`] named it earlier, which must still be there; empty for none.
    async fn audit_verify(
        &self,
        caller: &Caller,
        after: Option<i64>,
        noted: &str,
    ) -> Answer<AuditCheck>;
}
