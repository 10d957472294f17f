//! The data folder: embedded database, keys, output, the local socket. One server at a time.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::auth::token::random_id;

/// Times the lock is asked for, and the pause between.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: std::time::Duration = std::time::Duration::from_millis(25);

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// It cannot be made or written.
    #[error("the data folder {} cannot be used: {source}", path.display())]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others could read or replace what is in it.
    #[error(
        "{} is open to other users and cannot be closed to them: {source}; give it to the server's user, with mode 0700",
        path.display()
    )]
    Exposed {
        /// The folder, or a file in it.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another server holds it.
    #[error("another jcrontab is using the data folder {}", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
}

/// A data folder that nobody else uses while this value lives.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    host_key: String,
    /// The lock ends with the process, whatever ends it.
    _lock: File,
}

impl DataDir {
    /// Makes the folder if needed (mode 0700) and takes its lock.
    ///
    /// # Errors
    /// When the folder cannot be used, or is in use.
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        let failed = |source| DataDirError::Unusable {
            path: path.to_owned(),
            source,
        };
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(failed)?;
        let path = path.canonicalize().map_err(failed)?;
        let lock = private_file(&path.join("lock")).map_err(failed)?;
        take(&lock, &path)?;
        let host_key = read_or_make(&path.join("host.key")).map_err(failed)?;
        Ok(Self {
            path,
            host_key,
            _lock: lock,
        })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Random, made once: names this folder in the ledger and marks its processes.
    #[must_use]
    pub fn host_key(&self) -> &str {
        &self.host_key
    }
}

/// Takes the lock. A process that a dead server was just starting holds it until its `exec`, some
/// milliseconds, so a lock that is taken is asked for again for a moment.
fn take(lock: &File, path: &Path) -> Result<(), DataDirError> {
    for _ in 0..LOCK_TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(source)) => {
                return Err(DataDirError::Unusable {
                    path: path.to_owned(),
                    source,
                });
            }
        }
    }
    Err(DataDirError::InUse {
        path: path.to_owned(),
    })
}

fn private_file(path: &Path) -> std::io::Result<File> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}

fn read_or_make(path: &Path) -> std::io::Result<String> {
    let known = match std::fs::read_to_string(path) {
        Ok(text) => text.trim().to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    // A crash between making and writing leaves an empty file.
    if known.len() == 32 {
        return Ok(known);
    }
    let key = random_id(16);
    let mut file = private_file(path)?;
    file.write_all(key.as_bytes())?;
    file.sync_all()?;
    Ok(key)
}
