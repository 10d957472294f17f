//! Use cases of imported crontabs.

use async_trait::async_trait;

use super::{Answer, Caller, List};
use crate::id::TaskId;
use crate::import::{CrontabImport, HandedOver, Handover, ImportReport, ImportedLine};

/// Crontabs that become tasks.
#[async_trait]
pub trait Imports: Send + Sync {
    /// Makes a held task of each entry that has none, all or none of them, and returns an account of every line. With
    /// `dry_run` only the account.
    async fn import_crontab(&self, caller: &Caller, import: &CrontabImport)
    -> Answer<ImportReport>;
    /// Lines that tasks were made of, by task; at most `limit` after the cursor.
    async fn import_list(
        &self,
        caller: &Caller,
        after: Option<TaskId>,
        limit: u32,
    ) -> Answer<List<ImportedLine>>;
    /// Has tasks fire whose lines were commented out.
    async fn import_take_over(&self, caller: &Caller, handover: &Handover) -> Answer<HandedOver>;
    /// Holds tasks whose lines are put back next.
    async fn import_give_back(&self, caller: &Caller, handover: &Handover) -> Answer<HandedOver>;
}
