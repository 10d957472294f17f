//! Secrets at rest: AES-256-GCM with a key outside the database.
//!
//! The name of what is sealed is bound in as associated data, so that a sealed value copied to
//! another row does not open there.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Marks the format, so that a later one can be told from it.
const VERSION: &str = "1:";

/// Why a secret could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key file cannot be read or made.
    #[error("the key file {} cannot be used", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The key file holds something else.
    #[error("the key file {} does not hold 32 bytes in base64", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
    /// Another key, another row, or a changed value.
    #[error("a stored secret does not open with this key")]
    DoesNotOpen,
    /// The cipher refused to work.
    #[error("sealing failed")]
    Failed,
}

/// Seals and opens secrets.
#[derive(Clone)]
pub struct Sealer {
    cipher: Aes256Gcm,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// Works with a key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self {
            cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key)),
        }
    }

    /// Reads the key from `secret.key` in the data folder, and makes one, mode 0600, the first time.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds no key.
    pub fn open_or_create(data_dir: &Path) -> Result<Self, SealError> {
        let path = data_dir.join("secret.key");
        let failed = |source| SealError::KeyFile {
            path: path.clone(),
            source,
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = STANDARD_NO_PAD.encode(super::token::random::<32>());
                let mut file = std::fs::OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(&path)
                    .map_err(failed)?;
                file.write_all(text.as_bytes())
                    .and_then(|()| file.sync_all())
                    .map_err(failed)?;
                text
            }
            Err(error) => return Err(failed(error)),
        };
        let key: [u8; 32] = STANDARD_NO_PAD
            .decode(text.trim().trim_end_matches('='))
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(SealError::NotAKey { path })?;
        Ok(Self::new(&key))
    }

    /// Seals `secret` for the place called `name`.
    ///
    /// # Errors
    /// When the cipher fails.
    pub fn seal(&self, name: &str, secret: &str) -> Result<String, SealError> {
        let nonce: [u8; 12] = super::token::random();
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: name.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| SealError::Failed)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(format!("{VERSION}{}", STANDARD_NO_PAD.encode(bytes)))
    }

    /// Opens what was sealed for the place called `name`.
    ///
    /// # Errors
    /// When it was sealed with another key or for another place, or was changed.
    pub fn open(&self, name: &str, sealed: &str) -> Result<String, SealError> {
        let bytes = sealed
            .strip_prefix(VERSION)
            .and_then(|text| STANDARD_NO_PAD.decode(text).ok())
            .ok_or(SealError::DoesNotOpen)?;
        let (nonce, body) = bytes.split_at_checked(12).ok_or(SealError::DoesNotOpen)?;
        let nonce: [u8; 12] = nonce.try_into().map_err(|_| SealError::DoesNotOpen)?;
        let payload = Payload {
            msg: body,
            aad: name.as_bytes(),
        };
        let opened = self
            .cipher
            .decrypt(&Nonce::from(nonce), payload)
            .map_err(|_| SealError::DoesNotOpen)?;
        String::from_utf8(opened).map_err(|_| SealError::DoesNotOpen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_the_key_and_at_the_place() {
        let sealer = Sealer::new(&[7; 32]);
        let sealed = sealer
            .seal("channel:ops", "https://example.com/?key=x")
            .expect("seal");
        assert!(!sealed.contains("example"));
        assert_eq!(
            sealer.open("channel:ops", &sealed).expect("open"),
            "https://example.com/?key=x"
        );
        assert!(sealer.open("channel:other", &sealed).is_err());
        assert!(Sealer::new(&[8; 32]).open("channel:ops", &sealed).is_err());
        for broken in ["", "1:", "1:AAAA", "2:AAAA", &sealed[..sealed.len() - 2]] {
            assert!(sealer.open("channel:ops", broken).is_err(), "{broken}");
        }
    }
}
