//! The data folder: embedded database, keys, output, the local socket. One server at a time.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::auth::token::random_id;

/// The file that is locked.
const LOCK: &str = "lock";
/// How often the lock is tried, and the pause between tries.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: std::time::Duration = std::time::Duration::from_millis(25);

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// It cannot be created or written.
    #[error("the data folder {} cannot be used: {source}", path.display())]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others could read or replace its content.
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
    /// Another server uses it.
    #[error("another jcrontab is using the data folder {}", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
}

/// What a server is doing that holds its folder and is not ready to answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// It is getting ready.
    Starting,
    /// It waits for its database, or migrates it.
    Database,
}

impl Stage {
    const ALL: [Self; 2] = [Self::Starting, Self::Database];

    /// As written in the lock file.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Database => "database",
        }
    }
}

/// How far a starting server has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// What it is doing.
    pub stage: Stage,
    /// Its process.
    pub pid: u32,
    /// When its start began.
    pub since: DateTime<Utc>,
}

impl Progress {
    /// Reads what the holder of a folder's lock reports about itself; `None` if it reports nothing, as a server that
    /// is up or a command that works on the database itself. Valid only while the lock is held.
    #[must_use]
    pub fn of(folder: &Path) -> Option<Self> {
        Self::read(&std::fs::read_to_string(folder.join(LOCK)).ok()?)
    }

    fn read(text: &str) -> Option<Self> {
        // A shorter line may not have been cut to its length yet.
        let mut words = text.split_once('\n')?.0.split(' ');
        let stage = words.next()?;
        let progress = Self {
            stage: Stage::ALL.into_iter().find(|one| one.as_str() == stage)?,
            pid: words.next()?.parse().ok()?,
            since: DateTime::from_timestamp(words.next()?.parse().ok()?, 0)?,
        };
        words.next().is_none().then_some(progress)
    }

    fn line(self) -> String {
        let stage = self.stage.as_str();
        format!("{stage} {} {}\n", self.pid, self.since.timestamp())
    }
}

/// A data folder that no other process uses while this value exists.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    host_key: String,
    /// The lock ends with the process, however that ends. The file contains what its holder reports about itself; the
    /// holder clears what an earlier one left.
    lock: File,
}

impl DataDir {
    /// Creates the folder if needed (mode 0700) and takes its lock.
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
        let lock = private_file(&path.join(LOCK)).map_err(failed)?;
        take(&lock, &path)?;
        lock.set_len(0).map_err(failed)?;
        let host_key = read_or_make(&path.join("host.key")).map_err(failed)?;
        Ok(Self {
            path,
            host_key,
            lock,
        })
    }

    /// Reports what this server does before it answers, for another process that finds the folder in use.
    pub(super) fn report(&self, stage: Stage, since: DateTime<Utc>) {
        let progress = Progress {
            stage,
            pid: std::process::id(),
            since,
        };
        let line = progress.line();
        let written = (self.lock.write_all_at(line.as_bytes(), 0))
            .and_then(|()| self.lock.set_len(line.len() as u64));
        log_unreported(written);
    }

    /// Clears the report: from here on the server answers by itself.
    pub(super) fn report_no_more(&self) {
        log_unreported(self.lock.set_len(0));
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Random, created once: identifies this folder in the ledger and marks its processes.
    #[must_use]
    pub fn host_key(&self) -> &str {
        &self.host_key
    }
}

/// The content of the lock file is only for people: a start does not fail because of it.
fn log_unreported(written: std::io::Result<()>) {
    if let Err(error) = written {
        tracing::debug!(%error, "the start-up stage cannot be written to the lock file");
    }
}

/// Takes the lock. A process that a dead server was just starting holds it until its `exec`, some milliseconds, so a
/// taken lock is tried again for a moment.
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
    // A crash between creating and writing leaves an empty file.
    if known.len() == 32 {
        return Ok(known);
    }
    let key = random_id(16);
    let mut file = private_file(path)?;
    file.write_all(key.as_bytes())?;
    file.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_reports_the_stage_of_its_holder_and_not_of_an_earlier_one() {
        let folder = std::env::temp_dir().join(format!("jcrontab-lock-{}", random_id(8)));
        let since = DateTime::from_timestamp(1_800_000_000, 0).expect("time");
        let data = DataDir::open(&folder).expect("a folder");
        assert_eq!(Progress::of(&folder), None);
        for stage in [Stage::Database, Stage::Starting, Stage::Database] {
            data.report(stage, since);
            let pid = std::process::id();
            assert_eq!(Progress::of(&folder), Some(Progress { stage, pid, since }));
        }
        drop(data);
        // Other tests may be starting processes, which hold the lock for a moment.
        let next = DataDir::open(&folder).expect("the folder");
        assert_eq!(Progress::of(&folder), None);
        next.report(Stage::Starting, since);
        next.report_no_more();
        assert_eq!(Progress::of(&folder), None);
        drop(next);
        std::fs::remove_dir_all(&folder).expect("removing");
    }

    #[test]
    fn a_foreign_line_in_the_lock_is_ignored() {
        for text in [
            "",
            "starting 1 2",
            "starting 1\n",
            "running 1 2\n",
            "starting x 2\n",
            "starting 1 2 3\n",
        ] {
            assert_eq!(Progress::read(text), None, "{text:?}");
        }
        assert!(Progress::read("starting 1 2\n 3\n").is_some());
    }
}
