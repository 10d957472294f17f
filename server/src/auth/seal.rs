//! Secrets at rest: AES-256-GCM with a key outside the database.
//!
//! The name of a sealed value is bound in as associated data, so that a value copied to another row does not open
//! there. `files` keeps and changes the key itself.

mod files;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono::{DateTime, Utc};

use super::feed::FeedKey;
use super::link::LinkKeys;
use super::robot::RobotKey;
use files::KeyFiles;

/// The key's files in a data folder: the key, the one before it and since when, and the next one while it is rotated.
pub const KEY_FILES: [&str; 4] = [
    "secret.key",
    "secret.key.old",
    "secret.key.old.since",
    "secret.key.new",
];

/// Marks the format, so that a later one can be distinguished from it.
const VERSION: &str = "1:";

/// Why a secret could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key file cannot be read or created.
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
    /// The key file is readable or writable by others than its owner.
    #[error(
        "the key file {0} can be used by others than its owner (mode {mode:o}); chmod 600 {0}",
        path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Another key, another row, or a changed value.
    #[error("a stored secret does not open with this key")]
    DoesNotOpen,
    /// The cipher refused to work.
    #[error("sealing failed")]
    Failed,
}

/// Seals and opens secrets. Cheap to clone; all clones switch to a new key together.
#[derive(Clone)]
pub struct Sealer {
    keys: Arc<RwLock<Keys>>,
    /// Where the key is kept; `None` for a key that is not stored yet.
    files: Option<Arc<KeyFiles>>,
}

/// A key as it is used.
#[derive(Clone)]
struct Keys {
    cipher: Aes256Gcm,
    links: LinkKeys,
    feeds: FeedKey,
    robots: RobotKey,
}

impl Keys {
    fn of(key: &[u8; 32]) -> Self {
        Self {
            cipher: cipher(key),
            links: LinkKeys::new(key, None),
            feeds: FeedKey::of(key),
            robots: RobotKey::of(key),
        }
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// Works with a key that is not stored anywhere.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self {
            keys: Arc::new(RwLock::new(Keys::of(key))),
            files: None,
        }
    }

    /// Reads the key from `secret.key` in the data folder, or creates one, mode 0600, the first time.
    ///
    /// # Errors
    /// When the file cannot be read or created, is accessible to others, or holds no key.
    pub fn open_or_create(data_dir: &Path) -> Result<Self, SealError> {
        let files = KeyFiles::of(data_dir);
        let key = files.open_or_create()?;
        let old = files.old()?;
        let old = old.as_ref().map(|(key, replaced_at)| (key, *replaced_at));
        let keys = Keys {
            links: LinkKeys::new(&key, old),
            ..Keys::of(&key)
        };
        Ok(Self {
            keys: Arc::new(RwLock::new(keys)),
            files: Some(Arc::new(files)),
        })
    }

    /// Creates the key that is to follow this one and stores it beside it. Nothing uses it until [`Self::adopt`]; a
    /// leftover of an unfinished rotation is replaced.
    ///
    /// # Errors
    /// When the file cannot be written, or this key is not stored.
    pub fn prepare_next(&self) -> Result<Self, SealError> {
        let key: [u8; 32] = super::token::random();
        self.files()?.write_next(&key)?;
        Ok(Self::new(&key))
    }

    /// Switches to the key made last: from here on it is *the* key, here and on disk, and the previous one is kept as
    /// `secret.key.old`; links that it signed are accepted for a while. To be called once the database uses it.
    ///
    /// # Errors
    /// When the files cannot be changed; the next start does it then.
    pub fn adopt(&self, next: &Self, now: DateTime<Utc>) -> Result<(), SealError> {
        let new = next
            .keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = new;
        let files = self.files()?;
        files.adopt_next(now)?;
        if let (Some(key), Some((old, replaced_at))) = (files.current()?, files.old()?) {
            let links = LinkKeys::new(&key, Some((&old, replaced_at)));
            self.keys
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .links = links;
        }
        Ok(())
    }

    /// Finishes a rotation that ended between the database and the files: where `sealed` opens with the key made
    /// last, that key is adopted. Returns whether it was.
    ///
    /// # Errors
    /// When the files cannot be read or changed.
    pub fn take_over(
        &self,
        name: &str,
        sealed: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, SealError> {
        let Some(files) = &self.files else {
            return Ok(false);
        };
        let Some(key) = files.next()? else {
            return Ok(false);
        };
        let next = Self::new(&key);
        if next.open(name, sealed).is_err() {
            return Ok(false);
        }
        self.adopt(&next, now)?;
        Ok(true)
    }

    /// The keys that sign and check links.
    #[must_use]
    pub fn links(&self) -> LinkKeys {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .links
            .clone()
    }

    /// The key that signs and checks the addresses of calendar feeds.
    #[must_use]
    pub fn feeds(&self) -> FeedKey {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .feeds
            .clone()
    }

    /// The key that marks the robots of channels.
    #[must_use]
    pub fn robots(&self) -> RobotKey {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .robots
            .clone()
    }

    fn files(&self) -> Result<&KeyFiles, SealError> {
        self.files.as_deref().ok_or(SealError::Failed)
    }

    /// Seals `secret` for the place named `name`.
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
            .keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| SealError::Failed)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(format!("{VERSION}{}", STANDARD_NO_PAD.encode(bytes)))
    }

    /// Opens what was sealed for the place named `name`.
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
            .keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .cipher
            .decrypt(&Nonce::from(nonce), payload)
            .map_err(|_| SealError::DoesNotOpen)?;
        String::from_utf8(opened).map_err(|_| SealError::DoesNotOpen)
    }
}

/// Whether the key in a file opens what was sealed for the place named `name`. A file that does not exist opens nothing.
///
/// # Errors
/// When the file cannot be read, is accessible to others, or holds no key.
pub fn opens(file: &Path, name: &str, sealed: &str) -> Result<bool, SealError> {
    let key = files::read(file)?;
    Ok(key.is_some_and(|key| Sealer::new(&key).open(name, sealed).is_ok()))
}

fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
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
