//! Password hashes: Argon2id with the parameters OWASP asks for (19 MiB, t = 2, p = 1), which are
//! the crate's defaults.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use tokio::sync::Semaphore;

/// Hashing takes 19 MiB and tens of milliseconds, so strangers must not start many at once.
const AT_ONCE: usize = 2;
/// Passwords waiting to be hashed at the most.
const QUEUE: usize = 16;

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many wait already.
    #[error("too many passwords are being checked")]
    Busy,
    /// The hash itself failed.
    #[error("hashing failed: {0}")]
    Failed(String),
}

/// Hashes and checks passwords off the runtime, a few at a time.
#[derive(Clone, Debug)]
pub struct Passwords {
    slots: Arc<Semaphore>,
    /// Who waits for a slot; a longer queue would only make everybody late.
    queue: Arc<Semaphore>,
    /// Checked when the account does not exist, so that both cases take the same time.
    decoy: Arc<str>,
}

impl Default for Passwords {
    fn default() -> Self {
        let decoy = hash_now("nobody has this password").unwrap_or_default();
        Self {
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(QUEUE)),
            decoy: decoy.into(),
        }
    }
}

impl Passwords {
    /// Hashes a password to a PHC string.
    ///
    /// # Errors
    /// When hashing itself fails.
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let password = password.to_owned();
        self.with_slot(move || hash_now(&password)).await?
    }

    /// Whether the password is the one; without a stored hash never, in the same time.
    ///
    /// # Errors
    /// When hashing itself fails.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, HashError> {
        let password = password.to_owned();
        let known = stored.is_some();
        let stored = stored.map_or_else(|| Arc::clone(&self.decoy), Arc::from);
        let matches = self
            .with_slot(move || {
                PasswordHash::new(&stored).is_ok_and(|hash| {
                    Argon2::default()
                        .verify_password(password.as_bytes(), &hash)
                        .is_ok()
                })
            })
            .await?;
        Ok(matches && known)
    }

    async fn with_slot<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let failed = |error: &dyn std::error::Error| HashError::Failed(error.to_string());
        let place = self.queue.try_acquire().map_err(|_| HashError::Busy)?;
        let slot = self.slots.acquire().await.map_err(|error| failed(&error))?;
        let result = tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| failed(&error));
        drop((slot, place));
        result
    }
}

fn hash_now(password: &str) -> Result<String, HashError> {
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &super::token::random::<16>())
        .map(|hash| hash.to_string())
        .map_err(|error| HashError::Failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_passes() {
        let passwords = Passwords::default();
        let stored = passwords.hash("correct horse").await.expect("hash");
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert!(
            passwords
                .verify("correct horse", Some(&stored))
                .await
                .expect("verify")
        );
        assert!(
            !passwords
                .verify("wrong horse", Some(&stored))
                .await
                .expect("verify")
        );
        assert!(
            !passwords
                .verify("nobody has this password", None)
                .await
                .expect("verify")
        );
    }
}
