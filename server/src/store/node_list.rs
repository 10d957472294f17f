//! Reads the list of server processes.

use std::collections::HashMap;

use app::run::RunState;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::code::Code;
use super::entity::{cluster, node, run};
use super::{Engine, Store, StoreError};

/// The row of a server process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredNode {
    /// Random, new at each start.
    pub id: String,
    /// Its machine.
    pub hostname: String,
    /// Its version.
    pub version: String,
    /// Version of its time zone data; empty where it is unknown.
    pub zone_data: String,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// Its last heartbeat.
    pub heartbeat_at: DateTime<Utc>,
    /// Whether it has stopped, or was declared dead.
    pub stopped: bool,
    /// Whether it was declared dead.
    pub dead: bool,
    /// Milliseconds by which its clock is ahead of the database's.
    pub skew_ms: Option<i64>,
    /// Active runs on it.
    pub running: u32,
}

/// The time of the clock that heartbeats use where there are several nodes.
pub(super) async fn mysql_now<C: ConnectionTrait>(
    connection: &C,
) -> Result<DateTime<Utc>, StoreError> {
    cluster::Entity::find_by_id(1)
        .select_only()
        .column_as(Expr::cust("UTC_TIMESTAMP(6)"), "now")
        .into_tuple()
        .one(connection)
        .await?
        .ok_or(StoreError::UnknownValue {
            what: "cluster row",
            value: "none".to_owned(),
        })
}

impl Store {
    /// Processes that have not stopped, and those with a heartbeat within `back`, latest first. And the time: the
    /// database's where it may have several servers, else `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn node_rows(
        &self,
        now: DateTime<Utc>,
        back: TimeDelta,
    ) -> Result<(DateTime<Utc>, Vec<StoredNode>), StoreError> {
        let now = match self.engine {
            Engine::Mysql => mysql_now(&self.reader).await?,
            Engine::Sqlite => now,
        };
        let since = now - back;
        let rows = node::Entity::find()
            .filter(
                Condition::any()
                    .add(node::Column::StoppedAt.is_null())
                    .add(node::Column::HeartbeatAt.gte(since)),
            )
            .order_by_desc(node::Column::StartedAt)
            .order_by_asc(node::Column::Id)
            .all(&self.reader)
            .await?;
        let counts: Vec<(String, i64)> = run::Entity::find()
            .select_only()
            .column(run::Column::NodeId)
            .column_as(run::Column::Id.count(), "runs")
            .filter(run::Column::State.eq(Code(RunState::Running)))
            .group_by(run::Column::NodeId)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let counts: HashMap<String, i64> = counts.into_iter().collect();
        let nodes = rows
            .into_iter()
            .map(|row| StoredNode {
                running: counts
                    .get(&row.id)
                    .map_or(0, |count| u32::try_from(*count).unwrap_or(u32::MAX)),
                id: row.id,
                hostname: row.hostname,
                version: row.version,
                zone_data: row.zone_data.unwrap_or_default(),
                started_at: row.started_at,
                heartbeat_at: row.heartbeat_at,
                stopped: row.stopped_at.is_some(),
                dead: row.stopped_at == Some(row.heartbeat_at),
                skew_ms: row.skew_ms,
            })
            .collect();
        Ok((now, nodes))
    }
}
