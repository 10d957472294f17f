//! The key that the database's secrets are sealed with.

use super::Service;
use crate::auth::seal::SealError;
use crate::store::StoreError;

/// The name that the check of the key is sealed under.
pub(super) const KEY_CHECK: &str = "cluster";

/// Why the key cannot be used with this database.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database refuses us.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// The key itself fails.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The key file is not the one that the database's secrets were sealed with.
    #[error(
        "secret.key in the data folder does not open this database's secrets; servers that share a database must share the file"
    )]
    WrongKey,
}

impl Service {
    /// Checks that this process can open what the database holds sealed; the first one to come
    /// leaves something to check. A change of the key that was cut short is finished.
    ///
    /// # Errors
    /// When the key is another one, or the database fails.
    pub async fn check_key(&self) -> Result<(), KeyError> {
        let mine = self.sealer.seal(KEY_CHECK, "jcrontab")?;
        let kept = self.store.key_check(&mine).await?;
        if self.sealer.open(KEY_CHECK, &kept).is_ok() {
            return Ok(());
        }
        if self.sealer.take_over(KEY_CHECK, &kept)? {
            tracing::warn!("finished an interrupted key rotation");
            return Ok(());
        }
        Err(KeyError::WrongKey)
    }
}
