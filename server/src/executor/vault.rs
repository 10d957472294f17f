//! The secrets that are masked in the output of every run.

use std::sync::PoisonError;

use super::Executor;
use crate::store::{SealedSecret, Store, StoreError};

impl Executor {
    /// Reads all secrets, so that they are masked in the output of every run that starts from now
    /// on. Does nothing if none has changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn learn_secrets(&self, store: &Store) -> Result<(), StoreError> {
        let sealed = store.sealed_secrets().await?;
        if *self.learnt.lock().unwrap_or_else(PoisonError::into_inner) == sealed {
            return Ok(());
        }
        let (output, sealer) = (self.output.clone(), self.sealer.clone());
        // Opening many of them takes a while.
        let learning = tokio::task::spawn_blocking(move || {
            let mut values = Vec::with_capacity(sealed.len());
            for secret in &sealed {
                // One that cannot be opened cannot be passed to a command either; the start then
                // reports it.
                let place = SealedSecret::place(secret.id);
                values.extend(sealer.open(&place, &secret.sealed).ok());
            }
            output.know_secrets(values).map(|()| sealed)
        });
        match learning.await {
            Ok(Ok(sealed)) => {
                *self.learnt.lock().unwrap_or_else(PoisonError::into_inner) = sealed;
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "secrets of other tasks are not masked: there are too many");
            }
            Err(error) => tracing::error!(%error, "secrets of other tasks are not masked"),
        }
        Ok(())
    }
}
