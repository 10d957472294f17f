//! Storage of output: short output in the run's row, long output in an object outside the database, and both readable
//! while the run is active.
//!
//! The logs of active runs are the runner's ([`runner::output`]): masked, cut into pieces, in bounded memory. Their
//! beginning goes to a file under `spool/` in the data folder; at the end that file becomes the object
//! `YYYY/MM/DD/run-<id>.log.zst` in a folder or an S3-compatible store. A file that cannot be uploaded yet waits
//! under `spool/ready/`, under the object's name.

mod files;
mod finish;
mod live;
mod objects;
mod page;
mod parts;
mod rescue;
mod stored;
mod trouble;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::id::RunId;
use chrono::{DateTime, Utc};
use runner::output::disk::{Probe, space};
use runner::output::{LogSettings, Logs, Now, TooMany};
use tokio::sync::Semaphore;

use crate::clock::SharedClock;
use crate::config::Config;
use crate::store::StoredOutput;

pub(crate) use crate::text::readable;
pub use files::OutputFiles;
pub use finish::Finished;
pub use live::RunLog;
pub use parts::Part;
pub use stored::RunOutput;

use objects::Objects;

/// Output of up to this many bytes is stored in the row completely; of longer output, only the end.
const INLINE_MAX: usize = 4 * 1024;
/// Bytes of objects that are cached in memory for the next page.
const CACHE_MAX: usize = 16 * 1024 * 1024;
/// Ended runs whose results may not have reached the database yet.
const ENDED_MAX: usize = 512;
/// A disk that does not respond within this time hangs: runs go on, and their output is not written there. A kernel that
/// writes back what others have dirtied may hold up a write for ten seconds and more.
const DISK_PATIENCE: Duration = Duration::from_secs(30);
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
    /// The logs of active runs.
    logs: Logs,
    spool: PathBuf,
    /// Whether the store was tested.
    tried: std::sync::atomic::AtomicBool,
    /// Why the store refuses, while it does.
    trouble: Mutex<Option<String>>,
    objects: Objects,
    ended: Mutex<VecDeque<(RunId, StoredOutput)>>,
    cache: Mutex<VecDeque<(String, Arc<Vec<u8>>)>>,
    sending: Semaphore,
}

impl OutputStore {
    /// Opens the locations that the settings name.
    ///
    /// # Errors
    /// When a setting is wrong or a folder cannot be created.
    pub fn new(config: &Config, data: &Path, clock: SharedClock) -> Result<Self, OutputError> {
        Self::with_probe(config, data, clock, Box::new(space))
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
        let settings = LogSettings {
            spool: spool.clone(),
            head: usize::try_from(config.output_head).unwrap_or(usize::MAX),
            min_free: config.output_min_free,
            probe,
            patience: DISK_PATIENCE,
        };
        let inner = Inner {
            logs: Logs::new(settings, Now::new(move || clock.now())),
            tried: std::sync::atomic::AtomicBool::new(false),
            trouble: Mutex::default(),
            objects: Objects::open(config, data)?,
            spool,
            ended: Mutex::default(),
            cache: Mutex::default(),
            sending: Semaphore::new(SENDING_MAX),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// The logs of active runs.
    #[must_use]
    pub fn logs(&self) -> &Logs {
        &self.0.logs
    }

    /// Masks these values in the output of every run that starts from now on, replacing the previous ones. Slow for
    /// many values.
    ///
    /// # Errors
    /// When there are too many; the previous ones then stay masked.
    pub fn know_secrets(&self, values: Vec<String>) -> Result<(), TooMany> {
        self.0.logs.know_secrets(values)
    }

    /// Opens the log of a run that starts. Masks `secrets` in it, in all common spellings.
    #[must_use]
    pub fn open(&self, run: RunId, started_at: DateTime<Utc>, secrets: &[String]) -> RunLog {
        let run = runner::RunId(run.0);
        RunLog::of(self.0.logs.open(run, started_at, secrets))
    }

    /// Whether the disk is so full that no output is written to it.
    #[must_use]
    pub fn low_disk(&self) -> bool {
        self.0.logs.low_disk()
    }

    /// Free bytes on the disk of the data folder, where they are known.
    #[must_use]
    pub fn free_disk(&self) -> Option<u64> {
        self.0.logs.free_disk()
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
        self.logs.path(runner::RunId(run.0))
    }

    fn ready_path(&self, name: &str) -> PathBuf {
        self.spool.join("ready").join(name)
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
