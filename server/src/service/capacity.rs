//! Concurrency pools and nodes.

use app::backend::{Answer, Caller, Capacity};
use app::error::AppError;
use app::node::Node;
use app::pool::{Pool, PoolDraft};
use async_trait::async_trait;

use super::Service;

#[async_trait]
impl Capacity for Service {
    async fn pool_list(&self, caller: &Caller) -> Answer<Vec<Pool>> {
        Err(AppError::forbidden(caller.lang))
    }
    async fn pool_set(&self, caller: &Caller, _draft: &PoolDraft) -> Answer<Pool> {
        Err(AppError::forbidden(caller.lang))
    }
    async fn pool_delete(&self, caller: &Caller, _name: &str) -> Answer<()> {
        Err(AppError::forbidden(caller.lang))
    }
    async fn node_list(&self, caller: &Caller) -> Answer<Vec<Node>> {
        Err(AppError::forbidden(caller.lang))
    }
}
