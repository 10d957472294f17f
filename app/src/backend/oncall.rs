//! Use cases of on-call rotas.

use async_trait::async_trait;

use super::{Answer, Caller};
use crate::oncall::RotaView;

/// Who is on call.
#[async_trait]
pub trait Rotas: Send + Sync {
    /// All on-call rotas by name, each with the person on call.
    async fn rota_list(&self, caller: &Caller) -> Answer<Vec<RotaView>>;
    /// One rota.
    async fn rota_get(&self, caller: &Caller, name: &str) -> Answer<RotaView>;
    /// Removes a rota that nothing names; with the version that was read, only if it still has that. For administrators.
    async fn rota_delete(&self, caller: &Caller, name: &str, read: Option<i64>) -> Answer<()>;
}
