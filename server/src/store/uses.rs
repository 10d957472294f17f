//! Who uses something that is to be deleted, for the sentence that refuses it.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::entity::task;
use super::{StoreError, Tx};

/// Users of each kind that are read: one more than a refusal names shows that there are more.
pub(super) const USES_MAX: usize = 4;

/// Who uses something: the first ones of each kind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Uses {
    /// Tasks with their names.
    pub tasks: Vec<(i64, String)>,
    /// Tags of default policies.
    pub policies: Vec<String>,
    /// Open tickets with the names of their tasks.
    pub tickets: Vec<(i64, String)>,
    /// Rules about messages; a name may be empty.
    pub rules: Vec<(i64, String)>,
    /// Names of summaries.
    pub summaries: Vec<String>,
    /// People with a zone or hours of their own.
    pub people: Vec<String>,
}

impl Uses {
    /// Whether nothing uses it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
            && self.policies.is_empty()
            && self.tickets.is_empty()
            && self.rules.is_empty()
            && self.summaries.is_empty()
            && self.people.is_empty()
    }
}

/// The names of tasks, by their ids.
pub(super) async fn names_of(tx: &Tx, ids: &[i64]) -> Result<HashMap<i64, String>, StoreError> {
    let rows: Vec<(i64, String)> = task::Entity::find()
        .select_only()
        .columns([task::Column::Id, task::Column::Name])
        .filter(task::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().collect())
}
