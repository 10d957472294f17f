//! Storage of output: short output in the run's row, long output in an object outside the database, and both readable
//! while the run is active.
//!
//! Output is masked, cut into pieces with stream and time, and held in bounded memory ([`RunLog`]). Its beginning
//! goes to a file under `spool/` in the data folder; at the end that file becomes the object
//! `YYYY/MM/DD/run-<id>.log.zst` in a folder or an S3-compatible store. A file that cannot be uploaded yet waits
//! under `spool/ready/`, under the object's name.

mod carry;
pub mod disk;
mod files;
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

pub(crate) use crate::text::readable;
pub use files::OutputFiles;
pub use finish::Finished;
pub use log::RunLog;
pub use parts::Part;
pub use stored::RunOutput;

use disk::{Disk, Probe};
use log::Shared;
use mask::KnownSecrets;
use objects::Objects;

/// Output of up to this many bytes is stored in the row completely; of longer output, only the end.
const INLINE_MAX: usize = 4 * 1024;
/// Bytes of objects that are cached in memory for the next page.
const CACHE_MAX: usize = 16 * 1024 * 1024;
/// Ended runs whose results may not have reached the database yet.
const ENDED_MAX: usize = 512;
/// Objects uploaded at the same time.
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
    /// A file or folder cannot be used.
    #[error("{} cannot be used", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The object store refuses or does not answer.
    #[error("the output store failed")]
    Store(#[from] object_store::Error),
    /// An object could not be uploaded.
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
    /// Whether the store was tested.
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
    /// Opens the locations that the settings name.
    ///
    /// # Errors
    /// When a setting is wrong or a folder cannot be created.
    pub fn new(config: &Config, data: &Path, clock: SharedClock) -> Result<Self, OutputError> {
        Self::with_probe(config, data, clock, Box::new(disk::space))
    }

    /// Like [`Self::new`], with another probe for the free space of the disk.
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

    /// Masks these values in the output of every run that starts from now on, replacing the previous ones. Slow for
    /// many values.
    ///
    /// # Errors
    /// When there are too many; the previous ones then stay masked.
    pub fn know_secrets(&self, values: Vec<String>) -> Result<(), aho_corasick::BuildError> {
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

    /// Whether the disk is so full that no output is written to it.
    #[must_use]
    pub fn low_disk(&self) -> bool {
        self.0.disk.is_low()
    }

    /// Free bytes on the disk of the data folder, where they are known.
    #[must_use]
    pub fn free_disk(&self) -> Option<u64> {
        self.0.disk.free()
    }

    /// Output of a run that has just ended here, whose result may not be in the database yet.
    #[must_use]
    pub fn ended(&self, run: RunId) -> Option<StoredOutput> {
        let ended = lock(&self.0.ended);
        let found = ended.iter().rev().find(|(id, _)| *id == run);
        found.map(|(_, stored)| stored.clone())
    }

    /// The stored output of a run: `stored` is the content of its row. Texts of earlier versions, which have no
    /// times, get `at`. With `over`, nothing more will be added.
    pub async fn kept(&self, stored: &StoredOutput, at: DateTime<Utc>, over: bool) -> RunOutput {
        let mut object = None;
        if let Some(name) = &stored.object {
            match self.0.object(name).await {
                Ok(bytes) => object = Some(bytes),
                // On another host, being uploaded, or removed manually: the end is still in the row.
                Err(error) => tracing::warn!(
                    object = name,
                    error = &error as &dyn std::error::Error,
                    "output is not available on this server"
                ),
            }
        }
        RunOutput::new(stored, object, at, over)
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

    /// The bytes of an object, from wherever it is.
    async fn object(&self, name: &str) -> Result<Arc<Vec<u8>>, OutputError> {
        let known = lock(&self.cache)
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, bytes)| Arc::clone(bytes));
        if let Some(bytes) = known {
            return Ok(bytes);
        }
        // Names come from our own rows; one that leaves the folder is refused all the same.
        let is_plain = Path::new(name)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        if !is_plain {
            return Err(OutputError::Name(name.to_owned()));
        }
        let bytes = match tokio::fs::read(self.ready_path(name)).await {
            Ok(bytes) => bytes,
            // Uploaded already.
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

/// The name of a run's object: by day, so that no folder grows without limit.
fn object_name(run: RunId, started_at: DateTime<Utc>) -> String {
    format!("{}/run-{run}.log.zst", started_at.format("%Y/%m/%d"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
