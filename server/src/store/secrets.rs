//! Secrets and which tasks get them.

mod change;
mod reseal;

pub use change::{GrantChange, StoredChange};
pub use reseal::SealedAt;

use std::collections::HashMap;

use app::id::{SecretId, TaskId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity::{secret, secret_grant};
use super::{Store, StoreError};

/// A secret as the executor needs it.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Its id.
    pub id: SecretId,
    /// Its name, which is also that of the variable.
    pub name: String,
    /// Its value, sealed for [`SealedSecret::place`].
    pub sealed: String,
}

impl SealedSecret {
    /// The place that the value of a secret is sealed for: this row and no other.
    #[must_use]
    pub fn place(id: SecretId) -> String {
        format!("secret:{id}")
    }
}

impl std::fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedSecret")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

fn to_sealed(row: secret::Model) -> SealedSecret {
    SealedSecret {
        id: SecretId(row.id),
        name: row.name,
        sealed: row.value_sealed,
    }
}

impl Store {
    /// The secrets granted to a task, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn granted_to(&self, task: TaskId) -> Result<Vec<SealedSecret>, StoreError> {
        let ids: Vec<i64> = secret_grant::Entity::find()
            .filter(secret_grant::Column::TaskId.eq(task.0))
            .all(&self.reader)
            .await?
            .into_iter()
            .map(|grant| grant.secret_id)
            .collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = secret::Entity::find()
            .filter(secret::Column::Id.is_in(ids))
            .order_by_asc(secret::Column::Name)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(to_sealed).collect())
    }

    /// All secrets, by id, as the executor needs them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sealed_secrets(&self) -> Result<Vec<SealedSecret>, StoreError> {
        let rows = secret::Entity::find()
            .order_by_asc(secret::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(to_sealed).collect())
    }

    /// The secrets granted to every task, by task id.
    pub(super) async fn all_granted(&self) -> Result<HashMap<i64, Vec<SealedSecret>>, StoreError> {
        let secrets: HashMap<i64, SealedSecret> = secret::Entity::find()
            .all(&self.reader)
            .await?
            .into_iter()
            .map(|row| (row.id, to_sealed(row)))
            .collect();
        let mut granted: HashMap<i64, Vec<SealedSecret>> = HashMap::new();
        if secrets.is_empty() {
            return Ok(granted);
        }
        for grant in secret_grant::Entity::find().all(&self.reader).await? {
            if let Some(secret) = secrets.get(&grant.secret_id) {
                granted
                    .entry(grant.task_id)
                    .or_default()
                    .push(secret.clone());
            }
        }
        for secrets in granted.values_mut() {
            secrets.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Ok(granted)
    }
}
