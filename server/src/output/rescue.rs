//! Output that a dead process left behind, and output that was not uploaded yet.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use app::id::RunId;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::stored::survey;
use super::{INLINE_MAX, Inner, OutputError, OutputStore, object_name};
use crate::loops::{Backoff, Periodic, Spec, TurnError};
use crate::store::StoredOutput;

/// How often waiting files are uploaded.
const SWEEP_EVERY: Duration = Duration::from_secs(120);

impl OutputStore {
    /// Removes what a dead process left of a log that is not kept.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub async fn remove_leftover(&self, run: RunId) -> Result<(), OutputError> {
        let path = self.0.spool_path(run);
        let removed = tokio::fs::remove_file(&path).await;
        removed.map_err(|error| OutputError::file(&path, error))
    }

    /// Deletes a finished output, wherever it is; false when it is not here.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub async fn delete(&self, name: &str) -> Result<bool, OutputError> {
        let stored = self.0.objects.delete(name).await?;
        let path = self.0.ready_path(name);
        match tokio::fs::remove_file(&path).await {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(stored),
            Err(error) => Err(OutputError::file(&path, error)),
        }
    }

    /// The output of a run whose process died, up to its last second. `None` when it wrote nothing, or wrote it on
    /// another host. `started_at` is the time in its row.
    ///
    /// # Errors
    /// When the leftover cannot be read.
    pub async fn recover(
        &self,
        run: RunId,
        started_at: DateTime<Utc>,
    ) -> Result<Option<StoredOutput>, OutputError> {
        if self.0.logs.is_open(runner::RunId(run.0)) {
            return Ok(None);
        }
        let name = object_name(run, started_at);
        let path = self.0.spool_path(run);
        let bytes = match tokio::fs::read(&path).await {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return self.recover_finished(&name).await;
            }
            Err(error) => return Err(OutputError::file(&path, error)),
        };
        let failed = |error| OutputError::file(&path, error);
        let Some((length, mut stored)) = survey(&bytes, INLINE_MAX) else {
            tokio::fs::remove_file(&path).await.map_err(failed)?;
            return Ok(None);
        };
        if stored.bytes <= INLINE_MAX as i64 && stored.dropped == 0 {
            tokio::fs::remove_file(&path).await.map_err(failed)?;
            return Ok(Some(stored));
        }
        // Drops what the process was writing when it died.
        let file = tokio::fs::File::options().write(true).open(&path).await;
        let file = file.map_err(failed)?;
        file.set_len(length as u64).await.map_err(failed)?;
        if let Some(waiting) = self.0.put_away(&path, &name) {
            self.0.send(&waiting, &name).await.unwrap_or_else(|error| {
                tracing::warn!(
                    object = name,
                    error = &error as &dyn std::error::Error,
                    "recovered output stays on this disk until the output store accepts it"
                );
            });
        }
        stored.object = Some(name);
        Ok(Some(stored))
    }

    /// The process died after finishing the output and before updating the database.
    async fn recover_finished(&self, name: &str) -> Result<Option<StoredOutput>, OutputError> {
        let waits = tokio::fs::try_exists(self.0.ready_path(name)).await;
        if !waits.unwrap_or(false) && !self.0.objects.has(name).await? {
            return Ok(None);
        }
        let bytes = self.0.object(name).await?;
        Ok(survey(&bytes, INLINE_MAX).map(|(_, stored)| StoredOutput {
            object: Some(name.to_owned()),
            ..stored
        }))
    }

    /// Uploads waiting files, and tests the store while it is not known to work.
    async fn look_after(&self) -> Result<(), Refused> {
        if !self
            .0
            .tried
            .swap(true, std::sync::atomic::Ordering::Relaxed)
            || self.trouble().is_some()
        {
            self.check().await;
        }
        if self.trouble().is_none() {
            self.sweep().await;
        }
        self.trouble().map_or(Ok(()), |why| Err(Refused(why)))
    }

    /// Uploads waiting files.
    pub async fn sweep(&self) {
        for (file, name) in self.0.waiting().await {
            if self.0.send(&file, &name).await.is_err() {
                // The next one would fail too, and the reason was logged when the trouble started.
                tracing::debug!(
                    object = name,
                    "output is still on this disk, waiting for the output store"
                );
                return;
            }
            tracing::info!(object = name, "spooled output was sent to the output store");
        }
    }
}

/// The store refuses the waiting files.
#[derive(Debug, thiserror::Error)]
#[error("the store of outputs refuses: {0}")]
struct Refused(String);

#[async_trait]
impl Periodic for OutputStore {
    fn spec(&self) -> Spec {
        Spec {
            name: "output",
            every: Some(SWEEP_EVERY),
            woken: false,
            backoff: Backoff::new(SWEEP_EVERY, SWEEP_EVERY),
        }
    }

    async fn turn(&self) -> Result<(), TurnError> {
        Ok(self.look_after().await?)
    }
}

/// Files below a folder, counted up to `left` of them.
fn count(folder: &Path, left: u64) -> std::io::Result<u64> {
    let mut found = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        found += if entry.file_type()?.is_dir() {
            count(&entry.path(), left - found)?
        } else {
            1
        };
        if found >= left {
            break;
        }
    }
    Ok(found)
}

impl OutputStore {
    /// How many files wait to be uploaded, counted up to `most`. Blocks.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn count_waiting(&self, most: u64) -> std::io::Result<u64> {
        count(&self.0.spool.join("ready"), most)
    }
}

impl Inner {
    /// Files that wait to be uploaded, with their objects' names.
    async fn waiting(self: &Arc<Self>) -> Vec<(PathBuf, String)> {
        let root = self.spool.join("ready");
        let walking = tokio::task::spawn_blocking(move || {
            let mut found = Vec::new();
            walk(&root, &root, &mut found).map(|()| found)
        });
        match walking.await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::error!(%error, "spooled output cannot be listed");
                Vec::new()
            }
            Err(error) => {
                tracing::error!(%error, "spooled output cannot be listed");
                Vec::new()
            }
        }
    }
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<(PathBuf, String)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            walk(root, &path, found)?;
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            found.push((path.clone(), name.to_owned()));
        }
    }
    Ok(())
}
