//! Use cases of secrets.

use async_trait::async_trait;

use super::{Answer, Caller};
use crate::id::{SecretId, TaskId};
use crate::secret::{Secret, SecretChange, SecretDraft};

/// Secrets that tasks are granted. For administrators.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// All secrets, by name, without their values.
    async fn secret_list(&self, caller: &Caller) -> Answer<Vec<Secret>>;
    /// Creates one.
    async fn secret_create(&self, caller: &Caller, draft: &SecretDraft) -> Answer<Secret>;
    /// Changes one; an empty value keeps the old one. Its name stays. With the version that was read, only if it still
    /// has that.
    async fn secret_update(
        &self,
        caller: &Caller,
        id: SecretId,
        read: Option<i64>,
        draft: &SecretDraft,
    ) -> Answer<Secret>;
    /// Changes parts of it: its value, its note, the tasks that get it. With the version that was read, only if it still
    /// has that.
    async fn secret_change(
        &self,
        caller: &Caller,
        id: SecretId,
        read: Option<i64>,
        change: &SecretChange,
    ) -> Answer<Secret>;
    /// Removes one; tasks that had it run without it. With the version that was read, only if it still has that.
    async fn secret_delete(&self, caller: &Caller, id: SecretId, read: Option<i64>) -> Answer<()>;
    /// Names of the secrets that a task gets. For those who may edit tasks.
    async fn task_secrets(&self, caller: &Caller, task: TaskId) -> Answer<Vec<String>>;
}
