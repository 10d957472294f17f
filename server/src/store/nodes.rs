//! Server processes: which ones are alive.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, EntityTrait, QueryFilter,
    QuerySelect, Set,
};

use super::entity::{cluster, node};
use super::messages::{Notice, insert_notices};
use super::txn::transaction;
use super::{Store, StoreError};
use crate::facts::{Facts, SystemEvent};

/// A server process.
#[derive(Clone, Debug)]
pub struct NodeRow {
    /// Random, new at each start.
    pub id: String,
    /// The data folder that it holds.
    pub host_key: String,
    /// Name of the machine.
    pub hostname: String,
    /// The product's version.
    pub version: String,
    /// Machine and folder; differs between a folder and its copy.
    pub place: String,
    /// Version of the time zone data.
    pub zone_data: String,
}

impl Store {
    /// Registers this process.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_node(&self, row: &NodeRow, now: DateTime<Utc>) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            node::Entity::insert(node::ActiveModel {
                id: Set(row.id.clone()),
                host_key: Set(row.host_key.clone()),
                hostname: Set(row.hostname.clone()),
                version: Set(row.version.clone()),
                started_at: Set(now),
                heartbeat_at: Set(now),
                stopped_at: Set(None),
                place: Set(Some(row.place.clone())),
                zone_data: Set(Some(row.zone_data.clone())),
                skew_ms: Set(None),
            })
            .exec_without_returning(tx)
            .await?;
            Ok(())
        })
    }

    /// Writes the heartbeat of this process, with the milliseconds by which its machine's clock is ahead of the
    /// database's; false when it was declared dead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn heartbeat(
        &self,
        id: &str,
        now: DateTime<Utc>,
        skew_ms: i64,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let updated = node::Entity::update_many()
                .col_expr(node::Column::HeartbeatAt, Expr::value(now))
                .col_expr(node::Column::SkewMs, Expr::value(skew_ms))
                .filter(node::Column::Id.eq(id))
                .filter(node::Column::StoppedAt.is_null())
                .exec(tx)
                .await?;
            Ok(updated.rows_affected == 1)
        })
    }

    /// Notes that this process is alive, on a database of its own: there is no clock to compare,
    /// and no other process to declare it dead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_alive(&self, id: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            node::Entity::update_many()
                .col_expr(node::Column::HeartbeatAt, Expr::value(now))
                .filter(node::Column::Id.eq(id))
                .filter(node::Column::StoppedAt.is_null())
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// Marks a process as stopped, which it does itself as the last thing. One that was declared
    /// dead meanwhile stays so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stop_node(&self, id: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        // Its last heartbeat may be of the same instant, which would make it a dead one.
        let at = now + TimeDelta::microseconds(1);
        transaction!(self, |tx| {
            node::Entity::update_many()
                .col_expr(node::Column::StoppedAt, Expr::value(at))
                .filter(node::Column::Id.eq(id))
                .filter(node::Column::StoppedAt.is_null())
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// Declares a process dead: it has been gone since its last heartbeat. That both times are the
    /// same distinguishes it from one that stopped, which it did after its last heartbeat. The first that
    /// declares it dead, at `now`, reports it with the number of its runs that are lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn declare_dead(
        &self,
        id: &str,
        lost: usize,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            let declared = node::Entity::update_many()
                .col_expr(
                    node::Column::StoppedAt,
                    Expr::col(node::Column::HeartbeatAt),
                )
                .filter(node::Column::Id.eq(id))
                .filter(node::Column::StoppedAt.is_null())
                .exec(tx)
                .await?;
            if declared.rows_affected == 1
                && let Some(row) = node::Entity::find_by_id(id).one(tx).await?
            {
                let event = SystemEvent::ServerDead {
                    host: row.hostname,
                    last_seen: row.heartbeat_at,
                    lost,
                    lone: tx.get_database_backend() == DatabaseBackend::Sqlite,
                };
                let notice = Notice::of_system(Facts::System { at: now, event });
                insert_notices(tx, &[notice]).await?;
            }
            Ok(())
        })
    }

    /// Processes that are not marked as stopped and have this one's identity at another place: id, place, last
    /// heartbeat.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn duplicate_instances(
        &self,
        me: &NodeRow,
    ) -> Result<Vec<(String, String, DateTime<Utc>)>, StoreError> {
        let rows = node::Entity::find()
            .filter(node::Column::StoppedAt.is_null())
            .filter(node::Column::HostKey.eq(me.host_key.as_str()))
            .filter(node::Column::Id.ne(me.id.as_str()))
            .all(&self.reader)
            .await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| Some((row.id, row.place?, row.heartbeat_at)))
            .filter(|(_, place, _)| *place != me.place)
            .collect())
    }

    /// Processes other than `me` that are not marked as stopped but have stopped: they held the data folder that `me`
    /// holds now, or their last heartbeat is older than `silent_since`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dead_nodes(
        &self,
        me: &NodeRow,
        silent_since: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        Ok(node::Entity::find()
            .select_only()
            .column(node::Column::Id)
            .filter(node::Column::StoppedAt.is_null())
            .filter(node::Column::Id.ne(me.id.as_str()))
            .filter(
                Condition::any()
                    .add(node::Column::HostKey.eq(me.host_key.as_str()))
                    .add(node::Column::HeartbeatAt.lt(silent_since)),
            )
            .into_tuple()
            .all(&self.reader)
            .await?)
    }

    /// This process and all others that neither stopped nor are among the dead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_nodes(&self, me: &str, dead: &[String]) -> Result<Vec<String>, StoreError> {
        let mut alive: Vec<String> = node::Entity::find()
            .select_only()
            .column(node::Column::Id)
            .filter(node::Column::StoppedAt.is_null())
            .into_tuple()
            .all(&self.reader)
            .await?;
        alive.retain(|id| !dead.contains(id));
        alive.push(me.to_owned());
        Ok(alive)
    }

    /// The sealed text that verifies the key; `mine` is stored when there is none yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn key_check(&self, mine: &str) -> Result<String, StoreError> {
        let kept = transaction!(self, |tx| {
            cluster::Entity::update_many()
                .col_expr(cluster::Column::KeyCheck, Expr::value(mine))
                .filter(cluster::Column::Id.eq(1))
                .filter(cluster::Column::KeyCheck.is_null())
                .exec(tx)
                .await?;
            Ok(cluster::Entity::find_by_id(1)
                .one(tx)
                .await?
                .and_then(|row| row.key_check))
        })?;
        kept.ok_or(StoreError::UnknownValue {
            what: "cluster row",
            value: "none".to_owned(),
        })
    }

    /// The stored text that verifies the key, if a server has used this database; writes nothing.
    ///
    /// # Errors
    /// When the database fails, or has no tables of ours.
    pub async fn kept_key_check(&self) -> Result<Option<String>, StoreError> {
        let kept: Option<Option<String>> = cluster::Entity::find_by_id(1)
            .select_only()
            .column(cluster::Column::KeyCheck)
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(kept.flatten())
    }
}
