//! Secrets.

use app::backend::{Answer, Caller, Secrets};
use app::error::AppError;
use app::id::SecretId;
use app::secret::{Secret, SecretDraft};
use async_trait::async_trait;

use super::Service;

#[async_trait]
impl Secrets for Service {
    async fn secret_list(&self, caller: &Caller) -> Answer<Vec<Secret>> {
        Err(AppError::forbidden(caller.lang))
    }
    async fn secret_create(&self, caller: &Caller, _draft: &SecretDraft) -> Answer<Secret> {
        Err(AppError::forbidden(caller.lang))
    }
    async fn secret_update(
        &self,
        caller: &Caller,
        _id: SecretId,
        _draft: &SecretDraft,
    ) -> Answer<Secret> {
        Err(AppError::forbidden(caller.lang))
    }
    async fn secret_delete(&self, caller: &Caller, _id: SecretId) -> Answer<()> {
        Err(AppError::forbidden(caller.lang))
    }
}
