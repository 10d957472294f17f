//! Concurrency pools: limits on simultaneous runs, over all nodes.

use std::collections::HashMap;

use app::id::TaskId;
use app::pool::EVERYTHING;
use app::run::RunState;
use app::task::Execution;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::audit::Before;
use super::code::{Code, is_one_of};
use super::entity::{pool, run, task};
use super::ledger::{EVERY_TASK, note_change};
use super::row_version::{count, count_or_new};
use super::txn::transaction;
use super::{Act, Store, StoreError};

/// A stored pool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredPool {
    /// Its name; `*` is the limit of all runs.
    pub name: String,
    /// Runs at once.
    pub slots: u32,
    /// Counts its changes; 0 for one that is not stored yet.
    pub version: i64,
}

/// Runs of a pool, active and waiting.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct PoolLoad {
    /// Active.
    pub running: u32,
    /// Waiting for a slot or for their time.
    pub waiting: u32,
}

/// The outcome of removing a pool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PoolRemoval {
    /// It is gone.
    Done,
    /// It did not exist.
    Unknown,
    /// These tasks name it.
    InUse(Vec<(TaskId, String)>),
}

impl From<pool::Model> for StoredPool {
    fn from(row: pool::Model) -> Self {
        Self {
            name: row.name,
            // Stored values were checked to be 1–10000.
            slots: u32::try_from(row.slots).unwrap_or(1),
            version: row.version,
        }
    }
}

/// The row of a pool.
fn called(name: &str) -> Condition {
    Condition::all().add(pool::Column::Name.eq(name))
}

impl Store {
    /// All pools, the limit of all runs first, then by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pools(&self) -> Result<Vec<StoredPool>, StoreError> {
        let rows = pool::Entity::find()
            .order_by_asc(pool::Column::Name)
            .all(&self.reader)
            .await?;
        let mut pools: Vec<StoredPool> = rows.into_iter().map(StoredPool::from).collect();
        pools.sort_by_key(|pool| pool.name != EVERYTHING);
        Ok(pools)
    }

    /// One pool.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pool(&self, name: &str) -> Result<Option<StoredPool>, StoreError> {
        let row = pool::Entity::find_by_id(name.to_owned())
            .one(&self.reader)
            .await?;
        Ok(row.map(StoredPool::from))
    }

    /// The load of every pool, by its name; under `*` all runs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pool_loads(&self) -> Result<HashMap<String, PoolLoad>, StoreError> {
        let states = [RunState::Running, RunState::Waiting];
        let counts: Vec<(Option<String>, Code<RunState>, i64)> = run::Entity::find()
            .select_only()
            .column(run::Column::Pool)
            .column(run::Column::State)
            .column_as(run::Column::Id.count(), "runs")
            .filter(is_one_of(run::Column::State, &states))
            .group_by(run::Column::Pool)
            .group_by(run::Column::State)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut loads: HashMap<String, PoolLoad> = HashMap::new();
        for (pool, state, count) in counts {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            let own = pool.filter(|name| !name.is_empty() && name != EVERYTHING);
            for name in own.into_iter().chain([EVERYTHING.to_owned()]) {
                let load = loads.entry(name).or_default();
                let field = if state.0 == RunState::Running {
                    &mut load.running
                } else {
                    &mut load.waiting
                };
                *field = field.saturating_add(count);
            }
        }
        Ok(loads)
    }

    /// Adds a pool, or changes its slots; with `read` only if it still has that version. Waiting runs are reconsidered. The act is `pool.create` or `pool.update`,
    /// as appropriate.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_pool(
        &self,
        act: &Act,
        read: Option<i64>,
        new: &StoredPool,
    ) -> Result<(), StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            note_change(tx, EVERY_TASK, now).await?;
            let row = pool::ActiveModel {
                name: Set(new.name.clone()),
                slots: Set(i32::try_from(new.slots).unwrap_or(i32::MAX)),
                updated_at: Set(now),
                ..Default::default()
            };
            let (own, version) = (called(&new.name), pool::Column::Version);
            let is_known = count_or_new::<pool::Entity>(tx, own.clone(), version, read).await?;
            let was = Before::<pool::Entity>::read(tx, own).await?;
            let action = if is_known {
                pool::Entity::update(row).exec(tx).await?;
                "pool.update"
            } else {
                pool::Entity::insert(row).exec_without_returning(tx).await?;
                "pool.create"
            };
            was.record(tx, &act.clone().action(action), None).await
        })
    }

    /// Removes a pool that no task uses; with `read` only if it still has that version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_pool(
        &self,
        act: &Act,
        name: &str,
        read: Option<i64>,
    ) -> Result<PoolRemoval, StoreError> {
        transaction!(self, |tx| {
            note_change(tx, EVERY_TASK, act.at()).await?;
            let rows: Vec<(i64, String, String)> = task::Entity::find()
                .select_only()
                .columns([
                    task::Column::Id,
                    task::Column::Name,
                    task::Column::Execution,
                ])
                .filter(task::Column::Execution.is_not_null())
                .order_by_asc(task::Column::Id)
                .into_tuple()
                .all(tx)
                .await?;
            let mut users = Vec::new();
            for (id, task, execution) in rows {
                match serde_json::from_str::<Execution>(&execution) {
                    Ok(execution) if execution.pool != name => {}
                    // One that cannot be read may name it, and is repaired first.
                    Ok(_) | Err(_) => users.push((TaskId(id), task)),
                }
            }
            if !users.is_empty() {
                return Ok(PoolRemoval::InUse(users));
            }
            if !count::<pool::Entity>(tx, called(name), pool::Column::Version, read).await? {
                return Ok(PoolRemoval::Unknown);
            }
            let was = Before::<pool::Entity>::read(tx, called(name)).await?;
            pool::Entity::delete_by_id(name.to_owned()).exec(tx).await?;
            was.record(tx, act, None).await?;
            Ok(PoolRemoval::Done)
        })
    }
}
