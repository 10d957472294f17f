//! Use cases of people: whose zone and hours differ from those of tasks.

use async_trait::async_trait;

use super::{Answer, Caller};
use crate::person::{Person, PersonDraft};

/// People with a zone or hours of their own.
#[async_trait]
pub trait People: Send + Sync {
    /// All of them, by name.
    async fn person_list(&self, caller: &Caller) -> Answer<Vec<Person>>;
    /// One of them.
    async fn person_get(&self, caller: &Caller, name: &str) -> Answer<Person>;
    /// Sets the zone and the hours of a person; with the version that was read, only if it still has that, 0 where there
    /// was none. Open tickets follow from their next urge on. Operators set their own, administrators everybody's.
    async fn person_set(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        draft: &PersonDraft,
    ) -> Answer<Person>;
    /// Removes them: the person is urged by the policies of tasks again; with the version that was read, only if it still
    /// has that.
    async fn person_delete(&self, caller: &Caller, name: &str, read: Option<i64>) -> Answer<()>;
}
