//! Checks the key that encrypts the database's secrets.

use super::Service;
use crate::auth::seal::SealError;
use crate::store::StoreError;

/// The name under which the check value is sealed.
pub const KEY_CHECK: &str = "cluster";

/// Why the key cannot be used with this database.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database fails.
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
    /// Checks that this process can decrypt the database's secrets; the first process stores a value to
    /// check against. An interrupted key rotation is finished.
    ///
    /// # Errors
    /// When the key does not match, or the database fails.
    pub async fn check_key(&self) -> Result<(), KeyError> {
        let mine = self.sealer.seal(KEY_CHECK, "jcrontab")?;
        let kept = self.store.key_check(&mine).await?;
        if self.sealer.open(KEY_CHECK, &kept).is_ok() {
            return Ok(());
        }
        if self.sealer.take_over(KEY_CHECK, &kept, self.clock.now())? {
            tracing::warn!("finished an interrupted key rotation");
            return Ok(());
        }
        Err(KeyError::WrongKey)
    }
}
