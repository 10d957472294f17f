//! Use cases of concurrency pools and nodes.

use async_trait::async_trait;

use super::{Answer, Caller};
use crate::node::{LoopStatus, Node};
use crate::pool::{Pool, PoolDraft};

/// Concurrency pools and nodes.
#[async_trait]
pub trait Capacity: Send + Sync {
    /// All pools by name, with the runs that hold their slots.
    async fn pool_list(&self, caller: &Caller) -> Answer<Vec<Pool>>;
    /// Adds a pool, or changes its slots; waiting runs are reconsidered at once. With the version that was read, only if
    /// it still has that; 0 is that of a pool that does not exist.
    async fn pool_set(&self, caller: &Caller, read: Option<i64>, draft: &PoolDraft)
    -> Answer<Pool>;
    /// Removes a pool; refused while tasks name it. With the version that was read, only if it still has that.
    async fn pool_delete(&self, caller: &Caller, name: &str, read: Option<i64>) -> Answer<()>;
    /// Nodes that are up, or were up within the last day.
    async fn node_list(&self, caller: &Caller) -> Answer<Vec<Node>>;

    /// Background loops of the answering server; their errors are for administrators only.
    async fn loop_list(&self, caller: &Caller) -> Answer<Vec<LoopStatus>>;
}
