//! Creates, changes and deletes secrets. Whatever changes for a task is recorded as a change of that task, so that
//! every node reloads it before its next claim.

use std::collections::{BTreeSet, HashMap};

use app::id::{SecretId, TaskId};
use app::secret::{GrantedTask, Secret};
use app::time::Stamp;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::super::entity::{cluster, secret, secret_grant, task};
use super::super::ledger::note_change;
use super::super::row_version::count;
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, Tx};

/// Ids of one statement.
const CHUNK: usize = 500;

/// Which tasks get a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GrantChange {
    /// Exactly these.
    Exactly(BTreeSet<TaskId>),
    /// Adds some, and removes some.
    By {
        /// Tasks that get it from now on.
        grant: BTreeSet<TaskId>,
        /// Tasks that lose it.
        revoke: BTreeSet<TaskId>,
    },
}

impl GrantChange {
    fn applied(&self, before: &BTreeSet<TaskId>) -> BTreeSet<TaskId> {
        match self {
            Self::Exactly(tasks) => tasks.clone(),
            Self::By { grant, revoke } => before
                .union(grant)
                .filter(|task| !revoke.contains(task))
                .copied()
                .collect(),
        }
    }
}

/// A checked change of a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredChange {
    /// What it is for; `None` keeps it.
    pub note: Option<String>,
    /// Whether the value changes.
    pub new_value: bool,
    /// Which tasks get it.
    pub tasks: GrantChange,
}

fn to_secret(row: secret::Model, tasks: Vec<GrantedTask>) -> Secret {
    Secret {
        id: SecretId(row.id),
        name: row.name,
        note: row.note,
        tasks,
        created_at: Stamp(row.created_at),
        updated_at: Stamp(row.updated_at),
        version: row.version,
    }
}

/// Blocks every other change, including key rotation, until the transaction ends. Returns the text that verifies the
/// key.
async fn lock(tx: &Tx) -> Result<Option<String>, StoreError> {
    cluster::Entity::update_many()
        .col_expr(
            cluster::Column::ChangeCounter,
            Expr::col(cluster::Column::ChangeCounter),
        )
        .filter(cluster::Column::Id.eq(1))
        .exec(tx)
        .await?;
    Ok(cluster::Entity::find_by_id(1)
        .one(tx)
        .await?
        .and_then(|row| row.key_check))
}

async fn granted<C: ConnectionTrait>(
    connection: &C,
    id: SecretId,
) -> Result<BTreeSet<TaskId>, StoreError> {
    let ids: Vec<i64> = secret_grant::Entity::find()
        .select_only()
        .column(secret_grant::Column::TaskId)
        .filter(secret_grant::Column::SecretId.eq(id.0))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(TaskId).collect())
}

/// Those of the tasks that exist; a task may be deleted while its name is being looked up.
async fn existing(tx: &Tx, tasks: BTreeSet<TaskId>) -> Result<BTreeSet<TaskId>, StoreError> {
    let ids: Vec<i64> = tasks.into_iter().map(|task| task.0).collect();
    let mut found = BTreeSet::new();
    for chunk in ids.chunks(CHUNK) {
        let there: Vec<i64> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .filter(task::Column::Id.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(tx)
            .await?;
        found.extend(there.into_iter().map(TaskId));
    }
    Ok(found)
}

async fn grant(tx: &Tx, id: SecretId, tasks: &BTreeSet<TaskId>) -> Result<(), StoreError> {
    let tasks: Vec<&TaskId> = tasks.iter().collect();
    for chunk in tasks.chunks(CHUNK) {
        let rows = chunk.iter().map(|task| secret_grant::ActiveModel {
            secret_id: Set(id.0),
            task_id: Set(task.0),
            ..Default::default()
        });
        secret_grant::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

async fn revoke(tx: &Tx, id: SecretId, tasks: &BTreeSet<TaskId>) -> Result<(), StoreError> {
    let tasks: Vec<i64> = tasks.iter().map(|task| task.0).collect();
    for chunk in tasks.chunks(CHUNK) {
        secret_grant::Entity::delete_many()
            .filter(secret_grant::Column::SecretId.eq(id.0))
            .filter(secret_grant::Column::TaskId.is_in(chunk.iter().copied()))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// The tasks that get or lose it, in the form of the audit log.
fn listed(word: &str, tasks: &BTreeSet<TaskId>) -> Option<String> {
    let ids: Vec<String> = tasks.iter().map(|task| format!("#{task}")).collect();
    (!ids.is_empty()).then(|| format!("{word} {}", ids.join(" ")))
}

/// The row of a secret.
fn own(id: SecretId) -> Condition {
    Condition::all().add(secret::Column::Id.eq(id.0))
}

fn unsealed(id: SecretId) -> StoreError {
    StoreError::Seal {
        what: format!("secret {id}"),
    }
}

impl Store {
    /// All secrets by name, with the tasks that get them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn secrets(&self) -> Result<Vec<Secret>, StoreError> {
        let rows = secret::Entity::find()
            .order_by_asc(secret::Column::Name)
            .all(&self.reader)
            .await?;
        let pairs: Vec<(i64, i64)> = secret_grant::Entity::find()
            .select_only()
            .columns([secret_grant::Column::SecretId, secret_grant::Column::TaskId])
            .order_by_asc(secret_grant::Column::TaskId)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let wanted: BTreeSet<i64> = pairs.iter().map(|(_, task)| *task).collect();
        let wanted: Vec<i64> = wanted.into_iter().collect();
        let mut names: HashMap<i64, String> = HashMap::new();
        for chunk in wanted.chunks(CHUNK) {
            let found: Vec<(i64, String)> = task::Entity::find()
                .select_only()
                .columns([task::Column::Id, task::Column::Name])
                .filter(task::Column::Id.is_in(chunk.iter().copied()))
                .into_tuple()
                .all(&self.reader)
                .await?;
            names.extend(found);
        }
        let mut tasks: HashMap<i64, Vec<GrantedTask>> = HashMap::new();
        for (secret, id) in pairs {
            if let Some(name) = names.get(&id) {
                tasks.entry(secret).or_default().push(GrantedTask {
                    id: TaskId(id),
                    name: name.clone(),
                });
            }
        }
        Ok(rows
            .into_iter()
            .map(|row| {
                let granted = tasks.remove(&row.id).unwrap_or_default();
                to_secret(row, granted)
            })
            .collect())
    }

    /// Adds a secret. `seal` receives its id and the text that verifies the key; if it returns `None`, nothing is
    /// written. An existing name is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the name, or the value cannot be sealed.
    pub async fn insert_secret(
        &self,
        act: &Act,
        name: &str,
        note: &str,
        tasks: &BTreeSet<TaskId>,
        seal: impl Fn(SecretId, Option<&str>) -> Option<String> + Send + Sync,
    ) -> Result<SecretId, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            let key = lock(tx).await?;
            let tasks = existing(tx, tasks.clone()).await?;
            for task in &tasks {
                note_change(tx, *task, now).await?;
            }
            let inserted = secret::Entity::insert(secret::ActiveModel {
                name: Set(name.to_owned()),
                note: Set(note.to_owned()),
                value_sealed: Set(String::new()),
                created_at: Set(now),
                updated_at: Set(now),
                ..Default::default()
            })
            .exec(tx)
            .await?;
            let id = SecretId(inserted.last_insert_id);
            let sealed = seal(id, key.as_deref()).ok_or_else(|| unsealed(id))?;
            secret::Entity::update_many()
                .col_expr(secret::Column::ValueSealed, Expr::value(sealed))
                .filter(secret::Column::Id.eq(id.0))
                .exec(tx)
                .await?;
            grant(tx, id, &tasks).await?;
            let mut detail = vec![name.to_owned()];
            detail.extend(listed("grant", &tasks));
            let act = act.clone().detail(detail.join("; "));
            act.record(tx, Some(id.0)).await?;
            Ok(id)
        })
    }

    /// Changes a secret, with `read` only if it still has that version; false when it does not exist. `seal` as for [`Self::insert_secret`].
    ///
    /// # Errors
    /// When the database fails, or the value cannot be sealed.
    pub async fn change_secret(
        &self,
        act: &Act,
        id: SecretId,
        read: Option<i64>,
        change: &StoredChange,
        seal: impl Fn(SecretId, Option<&str>) -> Option<String> + Send + Sync,
    ) -> Result<bool, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            let key = lock(tx).await?;
            if !count::<secret::Entity>(tx, own(id), secret::Column::Version, read).await? {
                return Ok(false);
            }
            let Some(row) = secret::Entity::find_by_id(id.0).one(tx).await? else {
                return Ok(false);
            };
            let before = granted(tx, id).await?;
            let after = existing(tx, change.tasks.applied(&before)).await?;
            let touched: BTreeSet<TaskId> = if change.new_value {
                before.union(&after).copied().collect()
            } else {
                before.symmetric_difference(&after).copied().collect()
            };
            for task in &touched {
                note_change(tx, *task, now).await?;
            }
            if change.note.is_none() && !change.new_value && before == after {
                act.clone().detail(row.name).record(tx, Some(id.0)).await?;
                return Ok(true);
            }
            let mut update = secret::Entity::update_many();
            if let Some(note) = &change.note {
                update = update.col_expr(secret::Column::Note, Expr::value(note.as_str()));
            }
            if change.new_value {
                let sealed = seal(id, key.as_deref()).ok_or_else(|| unsealed(id))?;
                update = update.col_expr(secret::Column::ValueSealed, Expr::value(sealed));
            }
            if change.new_value || before != after {
                update = update.col_expr(secret::Column::UpdatedAt, Expr::value(now));
            }
            update.filter(secret::Column::Id.eq(id.0)).exec(tx).await?;
            let (gone, added): (BTreeSet<TaskId>, BTreeSet<TaskId>) = (
                before.difference(&after).copied().collect(),
                after.difference(&before).copied().collect(),
            );
            revoke(tx, id, &gone).await?;
            grant(tx, id, &added).await?;
            let mut detail = vec![row.name];
            if change.new_value {
                detail.push("value".to_owned());
            }
            if change.note.as_ref().is_some_and(|note| *note != row.note) {
                detail.push("note".to_owned());
            }
            detail.extend(listed("grant", &added));
            detail.extend(listed("revoke", &gone));
            let act = act.clone().detail(detail.join("; "));
            act.record(tx, Some(id.0)).await?;
            Ok(true)
        })
    }

    /// Removes a secret, with `read` only if it still has that version; false when it does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_secret(
        &self,
        act: &Act,
        id: SecretId,
        read: Option<i64>,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            lock(tx).await?;
            if !count::<secret::Entity>(tx, own(id), secret::Column::Version, read).await? {
                return Ok(false);
            }
            let tasks = granted(tx, id).await?;
            for task in &tasks {
                note_change(tx, *task, act.at()).await?;
            }
            secret_grant::Entity::delete_many()
                .filter(secret_grant::Column::SecretId.eq(id.0))
                .exec(tx)
                .await?;
            secret::Entity::delete_by_id(id.0).exec(tx).await?;
            let mut act = act.clone();
            if let Some(tasks) = listed("revoke", &tasks) {
                act = act.also(&tasks);
            }
            act.record(tx, Some(id.0)).await?;
            Ok(true)
        })
    }
}
