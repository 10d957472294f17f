//! Where output is kept: short output in the run's row, long output in an object outside the
//! database, and both while the run goes on.
//!
//! What a run writes is masked, cut into pieces with stream and time, and held in bounded memory
//! ([`RunLog`]). Its beginning goes to a file under `spool/` in the data folder; at the end that
//! file becomes the object `YYYY/MM/DD/run-<id>.log.zst` in a folder or an S3-compatible store.
//! A file that cannot be sent yet waits under `spool/ready/`, by the object's name.

mod carry;
pub mod disk;
mod finish;
mod frame;
mod log;
mod mask;
mod objects;
mod page;
mod parts;
mod rescue;
mod ring;
mod spool;
mod state;
mod stored;
mod text;
mod trouble;
mod writer;

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use app::id::RunId;
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

use crate::clock::SharedClock;
use crate::config::Config;
use crate::store::StoredOutput;

pub use finish::Finished;
pub use log::RunLog;
pub use parts::Part;
pub use stored::Kept;
pub(crate) use text::readable;

use disk::{Disk, Probe};
use log::Shared;
use mask::KnownSecrets;
use objects::Objects;

/// Output of up to this many bytes is kept in the row whole; of longer output, the end.
const INLINE_MAX: usize = 4 * 1024;
/// Objects are held in memory for the next page up to this many bytes together.
const CACHE_MAX: usize = 16 * 1024 * 1024;
/// Ended runs whose results may still be on their way to the database.
const ENDED_MAX: usize = 512;
/// Objects sent at the same time.
const SENDING_MAX: usize = 4;

/// Why output could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// `JCRONTAB_OUTPUT_URL` cannot be used.
    #[error("JCRONTAB_OUTPUT_URL: {0}")]
    Setting(String),
    /// A name that leads out of the folder.
    #[error("{0:?} is not the name of an output")]
    Name(String),
    /// A file or folder.
    #[error("{} cannot be used", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The store of objects refuses or does not answer.
    #[error("the output store failed")]
    Store(#[from] object_store::Error),
    /// An object could not be sent.
    #[error("output could not be sent to the output store")]
    Sending(#[source] std::io::Error),
}

impl OutputError {
    fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }
}

/// All output of one process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OutputStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: SharedClock,
    spool: PathBuf,
    /// Bytes of the beginning that go to the file.
    head: usize,
    disk: Disk,
    /// Whether the store was tried out.
    tried: std::sync::atomic::AtomicBool,
    /// Why the store refuses, while it does.
    trouble: Mutex<Option<String>>,
    /// What is masked in all output.
    known: KnownSecrets,
    objects: Objects,
    open: Mutex<HashMap<RunId, Weak<Shared>>>,
    ended: Mutex<VecDeque<(RunId, StoredOutput)>>,
    cache: Mutex<VecDeque<(String, Arc<Vec<u8>>)>>,
    writer: OnceLock<Option<Sender<Arc<Shared>>>>,
    sending: Semaphore,
}

impl OutputStore {
    /// Opens the places that the settings name.
    ///
    /// # Errors
    /// When a setting is wrong or a folder cannot be made.
    pub fn new(config: &Config, data: &Path, clock: SharedClock) -> Result<Self, OutputError> {
        Self::with_probe(config, data, clock, Box::new(disk::space))
    }

    /// As [`Self::new`], with another way to ask how full the disk is.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_probe(
        config: &Config,
        data: &Path,
        clock: SharedClock,
        probe: Box<Probe>,
    ) -> Result<Self, OutputError> {
        let spool = data.join("spool");
        let ready = spool.join("ready");
        std::fs::create_dir_all(&ready).map_err(|source| OutputError::file(&ready, source))?;
        let inner = Inner {
            clock,
            head: usize::try_from(config.output_head).unwrap_or(usize::MAX),
            disk: Disk::new(spool.clone(), config.output_min_free, probe),
            tried: std::sync::atomic::AtomicBool::new(false),
            trouble: Mutex::default(),
            known: KnownSecrets::default(),
            objects: Objects::open(config, data)?,
            spool,
            open: Mutex::default(),
            ended: Mutex::default(),
            cache: Mutex::default(),
            writer: OnceLock::new(),
            sending: Semaphore::new(SENDING_MAX),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Masks these values in the output of every run that starts from now on, in place of those
    /// before. Takes a while where there are many.
    ///
    /// # Errors
    /// When there are too many of them; then those before are masked.
    pub fn know_secrets(&self, values: Vec<String>) -> Result<(), aho_corasick::BuildError> {
        self.0.known.replace(values)
    }

    /// Opens the log of a run that starts. `secrets` are masked in it in every common spelling.
    #[must_use]
    pub fn open(&self, run: RunId, started_at: DateTime<Utc>, secrets: &[String]) -> RunLog {
        let log = RunLog::new(&self.0, run, started_at, secrets);
        let mut open = lock(&self.0.open);
        open.retain(|_, log| log.strong_count() > 0);
        open.insert(run, Arc::downgrade(&log.0));
        drop(open);
        // The writer looks after it from now on.
        self.0.write_soon(&log.0);
        log
    }

    /// Whether the disk is so full that output is not written to it.
    #[must_use]
    pub fn low_disk(&self) -> bool {
        self.0.disk.is_low()
    }

    /// Output of a run that has just ended here, whose result may not be in the database yet.
    #[must_use]
    pub fn ended(&self, run: RunId) -> Option<StoredOutput> {
        let ended = lock(&self.0.ended);
        let found = ended.iter().rev().find(|(id, _)| *id == run);
        found.map(|(_, stored)| stored.clone())
    }

    /// What is kept of a run's output: `stored` is what its row has. Texts of earlier versions,
    /// which have no times, get `at`. With `over`, nothing more will come.
    pub async fn kept(&self, stored: &StoredOutput, at: DateTime<Utc>, over: bool) -> Kept {
        let mut object = None;
        if let Some(name) = &stored.object {
            match self.0.object(name).await {
                Ok(bytes) => object = Some(bytes),
                // On another host, on its way, or removed by hand: the end is still in the row.
                Err(error) => tracing::warn!(
                    object = name,
                    error = &error as &dyn std::error::Error,
                    "output is not available on this server"
                ),
            }
        }
        Kept::new(stored, object, at, over)
    }
}

impl Inner {
    fn spool_path(&self, run: RunId) -> PathBuf {
        self.spool.join(format!("run-{run}.log.zst"))
    }

    fn ready_path(&self, name: &str) -> PathBuf {
        self.spool.join("ready").join(name)
    }

    fn open_logs(&self) -> Vec<Arc<Shared>> {
        lock(&self.open)
            .values()
            .filter_map(Weak::upgrade)
            .collect()
    }

    /// Has the writer look at a log.
    fn write_soon(self: &Arc<Self>, log: &Arc<Shared>) {
        let writer = self.writer.get_or_init(|| {
            writer::start(Arc::downgrade(self))
                .inspect_err(|error| tracing::error!(%error, "no thread can be started for output"))
                .ok()
        });
        let told = writer.as_ref().map(|writer| writer.send(Arc::clone(log)));
        if !matches!(told, Some(Ok(()))) {
            log.state().give_up();
        }
    }

    /// The bytes of an object, from wherever it is.
    async fn object(&self, name: &str) -> Result<Arc<Vec<u8>>, OutputError> {
        let known = lock(&self.cache)
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, bytes)| Arc::clone(bytes));
        if let Some(bytes) = known {
            return Ok(bytes);
        }
        // Names come from our own rows; one that leads elsewhere is refused all the same.
        let is_plain = Path::new(name)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        if !is_plain {
            return Err(OutputError::Name(name.to_owned()));
        }
        let bytes = match tokio::fs::read(self.ready_path(name)).await {
            Ok(bytes) => bytes,
            // Sent already.
            Err(_) => self.objects.fetch(name).await?,
        };
        let bytes = Arc::new(bytes);
        if bytes.len() <= CACHE_MAX / 2 {
            let mut cache = lock(&self.cache);
            cache.push_front((name.to_owned(), Arc::clone(&bytes)));
            let mut sum = 0;
            cache.retain(|(_, bytes)| {
                sum += bytes.len();
                sum <= CACHE_MAX
            });
        }
        Ok(bytes)
    }
}

/// The name of a run's object: by day, so that no folder grows without end.
fn object_name(run: RunId, started_at: DateTime<Utc>) -> String {
    format!("{}/run-{run}.log.zst", started_at.format("%Y/%m/%d"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
