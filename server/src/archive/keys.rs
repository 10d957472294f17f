//! The key files of a data folder in a backup.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::{ArchiveError, Verified};
use crate::auth::seal::{KEY_FILES, SealError, opens};

/// Bytes of a key file that are read.
const MAX: u64 = 4096;
/// The key files that may seal what is in the database: a rotation that was interrupted leaves the second one.
const CURRENT: [&str; 2] = ["secret.key", "secret.key.new"];

/// The key files that a folder has.
pub(super) fn keys_of(folder: &Path) -> Result<Vec<(&'static str, Vec<u8>)>, ArchiveError> {
    let mut keys = Vec::new();
    for file in KEY_FILES {
        if let Some(content) = content(&folder.join(file))? {
            keys.push((file, content));
        }
    }
    Ok(keys)
}

fn content(path: &Path) -> Result<Option<Vec<u8>>, ArchiveError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ArchiveError::other(path, error)),
    };
    let mut content = Vec::new();
    let read = file.take(MAX).read_to_end(&mut content);
    read.map_err(|error| ArchiveError::other(path, error))?;
    Ok(Some(content))
}

/// Whether a key of a folder opens what a database's key has sealed.
///
/// # Errors
/// When a key file cannot be read, or is accessible to others.
pub fn key_fits(folder: &Path, name: &str, sealed: &str) -> Result<bool, SealError> {
    for file in CURRENT {
        match opens(&folder.join(file), name, sealed) {
            Ok(true) => return Ok(true),
            // The next key, cut short by a crash, was never used.
            Err(SealError::NotAKey { .. }) if file != CURRENT[0] => {}
            fits => _ = fits?,
        }
    }
    Ok(false)
}

/// Writes the key files of a backup to a folder, mode 0600. Those that are there already stay.
///
/// # Errors
/// When a file with another content is there, or one cannot be written.
pub fn put_keys(backup: &Verified, folder: &Path) -> Result<(), ArchiveError> {
    for (file, key) in &backup.keys {
        let path = folder.join(file);
        match content(&path)? {
            Some(known) if known == *key => continue,
            Some(_) => return Err(ArchiveError::InTheWay(path)),
            None => {}
        }
        let mut options = File::options();
        options.write(true).create_new(true).mode(0o600);
        let written = options.open(&path).and_then(|mut file| {
            file.write_all(key)?;
            file.sync_all()
        });
        written.map_err(|error| ArchiveError::other(&path, error))?;
    }
    Ok(())
}

impl Verified {
    /// Checks that no other key is in the place of one of this backup.
    ///
    /// # Errors
    /// When one is, or a file cannot be read.
    pub fn keys_fit_into(&self, folder: &Path) -> Result<(), ArchiveError> {
        for (file, key) in &self.keys {
            let path = folder.join(file);
            if content(&path)?.is_some_and(|known| known != *key) {
                return Err(ArchiveError::InTheWay(path));
            }
        }
        Ok(())
    }
}
