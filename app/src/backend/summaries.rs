//! Use cases of summaries.

use async_trait::async_trait;

use super::{Answer, Caller};
use crate::id::SummaryId;
use crate::summary::{Summary, SummaryDraft, SummaryPreview};

/// Summaries: what needs attention, daily or weekly.
#[async_trait]
pub trait Summaries: Send + Sync {
    /// All summaries, by name.
    async fn summary_list(&self, caller: &Caller) -> Answer<Vec<Summary>>;
    /// One summary.
    async fn summary_get(&self, caller: &Caller, id: SummaryId) -> Answer<Summary>;
    /// Adds one; it is sent from its next instant on.
    async fn summary_create(&self, caller: &Caller, draft: &SummaryDraft) -> Answer<Summary>;
    /// Replaces one; with the version that was read, only if it still has that. With another time it is sent from the
    /// next instant on.
    async fn summary_update(
        &self,
        caller: &Caller,
        id: SummaryId,
        read: Option<i64>,
        draft: &SummaryDraft,
    ) -> Answer<Summary>;
    /// Removes one; with the version that was read, only if it still has that.
    async fn summary_delete(&self, caller: &Caller, id: SummaryId, read: Option<i64>)
    -> Answer<()>;
    /// What it would say about the day or the week that ends now.
    async fn summary_preview(&self, caller: &Caller, id: SummaryId) -> Answer<SummaryPreview>;
}
