//! The key's files in the data folder, and key rotation.
//!
//! A rotation is three files and one commit: the new key is written to `secret.key.new`; the database is sealed with
//! it in one transaction; the old key is copied to `secret.key.old`; the new one is renamed to `secret.key`. A start
//! after a crash in between finds the database sealed with one of `secret.key` and `secret.key.new`, and in the
//! second case finishes the rotation (`Sealer::take_over`). So `secret.key.new` is never removed on a guess, only
//! replaced. `secret.key.old.since` holds when the old key was replaced, since the time of a file is lost when a folder
//! is copied.

#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono::{DateTime, Utc};

use super::SealError;
use crate::auth::token::random;

/// Permission bits of anyone but the owner.
const OTHERS: u32 = 0o077;
/// The largest file that is read; a key file is much shorter.
const FILE_MAX: u64 = 4096;

/// The files of one data folder.
#[derive(Debug)]
pub(super) struct KeyFiles {
    folder: PathBuf,
    key: PathBuf,
    next: PathBuf,
    old: PathBuf,
    old_since: PathBuf,
}

impl KeyFiles {
    pub(super) fn of(folder: &Path) -> Self {
        Self {
            key: folder.join("secret.key"),
            next: folder.join("secret.key.new"),
            old: folder.join("secret.key.old"),
            old_since: folder.join("secret.key.old.since"),
            folder: folder.to_owned(),
        }
    }

    /// The key; creates one where there is none.
    pub(super) fn open_or_create(&self) -> Result<[u8; 32], SealError> {
        if let Some(key) = read(&self.key)? {
            return Ok(key);
        }
        let key = random();
        self.put(&self.key, &key)?;
        Ok(key)
    }

    /// The next key. A file cut short by a crash was never used.
    pub(super) fn next(&self) -> Result<Option<[u8; 32]>, SealError> {
        match read(&self.next) {
            Err(SealError::NotAKey { .. }) => Ok(None),
            other => other,
        }
    }

    /// The key before the last rotation, and when it was replaced. A file that holds no key is none.
    pub(super) fn old(&self) -> Result<Option<([u8; 32], DateTime<Utc>)>, SealError> {
        let key = match read(&self.old) {
            Err(SealError::NotAKey { .. }) => None,
            other => other?,
        };
        let Some(key) = key else {
            return Ok(None);
        };
        let written = std::fs::metadata(&self.old).and_then(|file| file.modified());
        let written: DateTime<Utc> = written.map_err(|source| at(&self.old, source))?.into();
        // A former version wrote no date. A copy of the file is younger than the rotation, and never older.
        let since = self.old_since()?.unwrap_or(written);
        Ok(Some((key, since.min(written))))
    }

    /// When the key before this one was replaced, as noted then.
    fn old_since(&self) -> Result<Option<DateTime<Utc>>, SealError> {
        let text = match std::fs::read_to_string(&self.old_since) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(at(&self.old_since, source)),
        };
        let since = DateTime::parse_from_rfc3339(text.trim());
        Ok(since.ok().map(|since| since.to_utc()))
    }

    /// The key in place.
    pub(super) fn current(&self) -> Result<Option<[u8; 32]>, SealError> {
        read(&self.key)
    }

    /// Stores the next key.
    pub(super) fn write_next(&self, key: &[u8; 32]) -> Result<(), SealError> {
        // A link would be replaced by a file, and its target would keep the old key.
        let kind = std::fs::symlink_metadata(&self.key).map_err(|source| at(&self.key, source))?;
        if !kind.is_file() {
            let source = std::io::Error::new(
                ErrorKind::Unsupported,
                "it is a link, which cannot be replaced safely",
            );
            return Err(at(&self.key, source));
        }
        self.put(&self.next, key)
    }

    /// Puts the next key in place, and keeps the previous one, which is replaced now. May be repeated.
    pub(super) fn adopt_next(&self, now: DateTime<Utc>) -> Result<(), SealError> {
        if let Some(key) = read(&self.key)? {
            // Copied before a crash: its date stays.
            let is_kept = matches!(self.old(), Ok(Some((old, _))) if old == key);
            if !is_kept {
                self.write(&self.old_since, now.to_rfc3339().as_bytes())?;
                self.put(&self.old, &key)?;
            }
        }
        std::fs::rename(&self.next, &self.key).map_err(|source| at(&self.key, source))?;
        self.sync_folder()
    }

    /// Writes a key file atomically.
    fn put(&self, path: &Path, key: &[u8; 32]) -> Result<(), SealError> {
        self.write(path, STANDARD_NO_PAD.encode(key).as_bytes())
    }

    /// Writes a file of the owner's atomically: whole or not at all.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), SealError> {
        let draft = path.with_extension("writing");
        let written = || -> std::io::Result<()> {
            match std::fs::remove_file(&draft) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&draft)?;
            // The umask may have removed bits, which would lock us out as well.
            file.set_permissions(Permissions::from_mode(0o600))?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&draft, path)
        };
        written().map_err(|source| at(path, source))?;
        self.sync_folder()
    }

    /// Makes renames durable.
    fn sync_folder(&self) -> Result<(), SealError> {
        File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| at(&self.folder, source))
    }
}

fn at(path: &Path, source: std::io::Error) -> SealError {
    SealError::KeyFile {
        path: path.to_owned(),
        source,
    }
}

/// The key in a file, which must be accessible to its owner only; `None` where there is no file.
pub(super) fn read(path: &Path) -> Result<Option<[u8; 32]>, SealError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(path, error)),
    };
    // The mode of the open file, which cannot be exchanged any more.
    let mode = file
        .metadata()
        .map_err(|source| at(path, source))?
        .permissions()
        .mode()
        & 0o777;
    if mode & OTHERS != 0 {
        return Err(SealError::Exposed {
            path: path.to_owned(),
            mode,
        });
    }
    let mut text = Vec::new();
    file.take(FILE_MAX)
        .read_to_end(&mut text)
        .map_err(|source| at(path, source))?;
    let text = String::from_utf8(text).unwrap_or_default();
    STANDARD_NO_PAD
        .decode(text.trim().trim_end_matches('='))
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .map(Some)
        .ok_or_else(|| SealError::NotAKey {
            path: path.to_owned(),
        })
}
