//! Nodes (节点): server processes on one database.

use serde::{Deserialize, Serialize};

use crate::time::Stamp;

/// A server process.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Node {
    /// Random, new at each start.
    pub id: String,
    /// Its machine.
    pub hostname: String,
    /// Its version.
    pub version: String,
    /// Version of its time zone data.
    pub zone_data: String,
    /// When it started.
    pub started_at: Stamp,
    /// When it was last heard, by the database's clock.
    pub heartbeat_at: Stamp,
    /// Milliseconds by which its clock is ahead of the database's.
    pub skew_ms: Option<i64>,
    /// Runs under way on it.
    pub running: u32,
    /// Whether it is up.
    pub alive: bool,
    /// Whether it is the one that answers.
    pub this: bool,
}
