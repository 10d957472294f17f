//! Use cases of default policies of urging.

use async_trait::async_trait;

use super::{Answer, Caller};
use crate::task::TicketDraft;
use crate::ticket::PolicyDefault;

/// How people are asked where a task does not say: by tag, and for all tasks.
#[async_trait]
pub trait UrgeDefaults: Send + Sync {
    /// All default policies, by tag; that of all tasks has the tag `*`.
    async fn urge_default_list(&self, caller: &Caller) -> Answer<Vec<PolicyDefault>>;
    /// Sets the default policy of a tag, or with `*` of all tasks; with the version that was read, only if it still has
    /// that, 0 where there was none. Tasks that leave a part open have it at once, their open tickets from their next
    /// urge on. For administrators.
    async fn urge_default_set(
        &self,
        caller: &Caller,
        tag: &str,
        read: Option<i64>,
        draft: &TicketDraft,
    ) -> Answer<PolicyDefault>;
    /// Removes the default policy of a tag, or with `*` of all tasks; with the version that was read, only if it still
    /// has that. For administrators.
    async fn urge_default_delete(
        &self,
        caller: &Caller,
        tag: &str,
        read: Option<i64>,
    ) -> Answer<()>;
}
