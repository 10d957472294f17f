//! The end of a log: what goes into the row, and moving the object to its place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use runner::output::{Closed, Shown};

use super::page::shown_text;
use super::{
    DISK_PATIENCE, ENDED_MAX, INLINE_MAX, Inner, OutputError, OutputStore, RunLog, lock,
    object_name,
};
use crate::store::StoredOutput;

/// The result of closing a log.
#[derive(Debug)]
pub struct Finished {
    /// What goes into the row.
    pub stored: StoredOutput,
    /// What a message may show: a short output completely, otherwise both ends.
    pub shown: Shown,
    /// Whether nothing but a short end of it could be stored.
    pub is_lost: bool,
}

impl OutputStore {
    /// Closes a log: it accepts nothing more. Does not wait for a remote store: what cannot be uploaded at once waits
    /// on the disk and is uploaded later, under the name that the row has.
    pub async fn finish(&self, log: &RunLog) -> Finished {
        let run = log.run();
        let mut closed = log.0.close(INLINE_MAX);
        let shown = std::mem::take(&mut closed.shown);
        let excerpt = crate::text::excerpt(&shown_text(&shown));
        let (mut stored, is_lost) = match closed.whole.take() {
            Some(whole) => {
                if closed.filed {
                    let log = log.clone();
                    on_disk(move || log.0.remove_file()).await;
                }
                (row(&closed, 0, whole, None), false)
            }
            None => self.finish_long(log, closed).await,
        };
        stored.excerpt = excerpt;
        self.0.logs.forget(log.0.run());
        let mut ended = lock(&self.0.ended);
        ended.push_back((run, stored.clone()));
        if ended.len() > ENDED_MAX {
            ended.pop_front();
        }
        Finished {
            stored,
            shown,
            is_lost,
        }
    }

    /// Closes a log of which nothing is stored, and returns its text: a short one completely, otherwise both ends.
    pub async fn discard(&self, log: &RunLog) -> Vec<u8> {
        let closed = log.0.close(INLINE_MAX);
        log.0.give_up();
        let file = log.clone();
        on_disk(move || file.0.remove_file()).await;
        self.0.logs.forget(log.0.run());
        shown_text(&closed.shown)
    }

    async fn finish_long(&self, log: &RunLog, mut closed: Closed) -> (StoredOutput, bool) {
        let run = log.run();
        let name = object_name(run, log.0.started_at());
        let (log, store, place) = (log.clone(), Arc::clone(&self.0), name.clone());
        let done = on_disk(move || {
            let written = log.0.finish_file();
            if written == 0 {
                log.0.remove_file();
                return (0, None);
            }
            (written, store.put_away(&store.spool_path(run), &place))
        });
        let (written, waiting) = done.await.unwrap_or_default();
        if let Some(waiting) = waiting {
            self.send_soon(waiting, name.clone());
        }
        let lost = closed.tail_from.saturating_sub(written)
            + if written > closed.head_to {
                closed.gap
            } else {
                0
            };
        let object = (written > 0).then_some(name);
        let is_lost = object.is_none() && lost > 0;
        let tail = std::mem::take(&mut closed.tail);
        (row(&closed, lost, tail, object), is_lost)
    }

    fn send_soon(&self, file: PathBuf, name: String) {
        let store = Arc::clone(&self.0);
        tokio::spawn(async move {
            if store.send(&file, &name).await.is_err() {
                // The reason was logged when the trouble started, and is on the overview.
                tracing::debug!(
                    object = name,
                    "output stays on this disk until the output store accepts it"
                );
            }
        });
    }
}

impl Inner {
    /// Moves a finished file to its place; returns where it waits when it must be uploaded.
    pub(super) fn put_away(&self, file: &Path, name: &str) -> Option<PathBuf> {
        lock(&self.cache).retain(|(known, _)| known != name);
        let Err(error) = self.objects.take_over(file, name) else {
            return None;
        };
        if error.kind() != std::io::ErrorKind::Unsupported {
            tracing::debug!(%error, "output cannot be moved and is copied");
        }
        let waiting = self.ready_path(name);
        let moved = waiting
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::rename(file, &waiting));
        if let Err(error) = moved {
            tracing::error!(file = %file.display(), %error, "output cannot be moved to the spool");
            return Some(file.to_owned());
        }
        Some(waiting)
    }

    /// Uploads a waiting file, and removes it.
    pub(super) async fn send(&self, file: &Path, name: &str) -> Result<(), OutputError> {
        // The semaphore is never closed.
        let _turn = self.sending.acquire().await.ok();
        if !tokio::fs::try_exists(file).await.unwrap_or(true) {
            // Another process has uploaded it.
            return Ok(());
        }
        let sent = self.objects.send(file, name).await;
        self.note(sent.as_ref().err());
        sent?;
        match tokio::fs::remove_file(file).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(OutputError::file(file, error))
            }
            _ => Ok(()),
        }
    }
}

/// Runs file operations with a time limit; `None` when they did not finish. The result of the run is then recorded without
/// what they were to write.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    match tokio::time::timeout(DISK_PATIENCE, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(done)) => Some(done),
        Ok(Err(error)) => {
            tracing::error!(%error, "finishing an output failed");
            None
        }
        Err(_) => {
            tracing::error!("the disk does not respond; the end of an output is lost");
            None
        }
    }
}

/// What goes into the row, without the text of the result.
fn row(closed: &Closed, lost: u64, tail: Vec<u8>, object: Option<String>) -> StoredOutput {
    let number = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    StoredOutput {
        bytes: number(closed.total),
        dropped: number(lost),
        tail,
        object,
        excerpt: None,
    }
}
