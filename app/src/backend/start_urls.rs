//! Use cases of start URLs.

use async_trait::async_trait;

use super::{Answer, Caller};
use crate::id::TaskId;
use crate::start_url::{NewStartUrl, StartUrl, StartUrlDraft};

/// Addresses that start a task. Whoever edits the task owns them.
#[async_trait]
pub trait StartUrls: Send + Sync {
    /// Those of a task, by name, without their secrets.
    async fn start_url_list(&self, caller: &Caller, task: TaskId) -> Answer<Vec<StartUrl>>;
    /// Adds one to a task; the answer alone has its address and its secret.
    async fn start_url_create(
        &self,
        caller: &Caller,
        task: TaskId,
        draft: &StartUrlDraft,
    ) -> Answer<NewStartUrl>;
    /// Removes one; requests to it start nothing from then on.
    async fn start_url_delete(&self, caller: &Caller, task: TaskId, name: &str) -> Answer<()>;
}
