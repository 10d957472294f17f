//! Logs of runs under way: output is masked, cut into pieces with stream and time, and held in bounded memory
//! ([`RunLog`]); its beginning goes to a file in the folder of the spool.
//!
//! What becomes of a finished log is for others to decide: it can be [closed](RunLog::close), read, and its file moved or
//! removed.

mod carry;
pub mod disk;
mod frame;
mod log;
mod mask;
mod pieces;
mod ring;
mod spool;
mod state;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::order::RunId;

pub use carry::{boundary, orphans};
pub use frame::{Block, Header, Piece, WRAPPED, decode, read_inline};
pub use log::RunLog;
pub use mask::TooMany;
pub use pieces::{Closed, LogPieces, Shown};

use disk::{Disk, Probe};
use log::Shared;
use mask::KnownSecrets;

/// Reads the time.
#[derive(Clone)]
pub struct Now(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Now {
    /// Reads it by this function.
    #[must_use]
    pub fn new(read: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    fn read(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl std::fmt::Debug for Now {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Now")
    }
}

/// Where logs are written, and how much of each.
pub struct LogSettings {
    /// The folder of the files; it exists.
    pub spool: PathBuf,
    /// Bytes of the beginning that go to the file.
    pub head: usize,
    /// Free bytes of the disk below which nothing is written.
    pub min_free: u64,
    /// Reads the free space of the disk.
    pub probe: Box<Probe>,
    /// How long a command waits for a disk that does not respond, before its output is no longer written there.
    pub patience: Duration,
}

/// The logs of one process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Logs(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    now: Now,
    spool: PathBuf,
    head: usize,
    disk: Disk,
    patience: Duration,
    /// What is masked in all output.
    known: KnownSecrets,
    open: Mutex<HashMap<RunId, Weak<Shared>>>,
    writer: OnceLock<Option<Sender<Arc<Shared>>>>,
}

impl Logs {
    /// No logs yet.
    #[must_use]
    pub fn new(settings: LogSettings, now: Now) -> Self {
        let LogSettings {
            spool,
            head,
            min_free,
            probe,
            patience,
        } = settings;
        Self(Arc::new(Inner {
            now,
            head,
            disk: Disk::new(spool.clone(), min_free, probe),
            patience,
            known: KnownSecrets::default(),
            spool,
            open: Mutex::default(),
            writer: OnceLock::new(),
        }))
    }

    /// Masks these values in the output of every run that starts from now on, replacing the previous ones. Slow for
    /// many values.
    ///
    /// # Errors
    /// When there are too many; the previous ones then stay masked.
    pub fn know_secrets(&self, values: Vec<String>) -> Result<(), TooMany> {
        self.0.known.replace(values)
    }

    /// Opens the log of a run that starts. Masks `secrets` in it, in all common spellings.
    #[must_use]
    pub fn open(&self, run: RunId, started_at: DateTime<Utc>, secrets: &[String]) -> RunLog {
        let log = RunLog::new(&self.0, run, started_at, secrets);
        let mut open = lock(&self.0.open);
        open.retain(|_, log| log.strong_count() > 0);
        open.insert(run, Arc::downgrade(&log.0));
        drop(open);
        // The writer takes care of it from now on.
        self.0.write_soon(&log.0);
        log
    }

    /// Whether the log of a run is open.
    #[must_use]
    pub fn is_open(&self, run: RunId) -> bool {
        lock(&self.0.open)
            .get(&run)
            .is_some_and(|log| log.strong_count() > 0)
    }

    /// Forgets the log of a run that has ended.
    pub fn forget(&self, run: RunId) {
        lock(&self.0.open).remove(&run);
    }

    /// The file of a run's log, whether or not it exists.
    #[must_use]
    pub fn path(&self, run: RunId) -> PathBuf {
        self.0.path(run)
    }

    /// Whether the disk is so full that no output is written to it.
    #[must_use]
    pub fn low_disk(&self) -> bool {
        self.0.disk.is_low()
    }

    /// Free bytes on the disk of the folder, where they are known.
    #[must_use]
    pub fn free_disk(&self) -> Option<u64> {
        self.0.disk.free()
    }
}

impl Inner {
    fn path(&self, run: RunId) -> PathBuf {
        self.spool.join(format!("run-{run}.log.zst"))
    }

    fn open_logs(&self) -> Vec<Arc<Shared>> {
        lock(&self.open)
            .values()
            .filter_map(Weak::upgrade)
            .collect()
    }

    /// Asks the writer to check a log.
    fn write_soon(self: &Arc<Self>, log: &Arc<Shared>) {
        let writer = self.writer.get_or_init(|| {
            writer::start(Arc::downgrade(self))
                .inspect_err(|error| tracing::error!(%error, "no thread can be started for output"))
                .ok()
        });
        let queued = writer.as_ref().map(|writer| writer.send(Arc::clone(log)));
        if !matches!(queued, Some(Ok(()))) {
            log.state().give_up();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
