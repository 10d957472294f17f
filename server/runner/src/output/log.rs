//! The log of an active run: fed by two pipes, read by pages, in bounded memory.
//!
//! The beginning goes to a file, the end stays in memory, what is between the two is counted. Positions are counted
//! in bytes as stored: after masking, both streams together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};

use super::Inner;
use super::frame::{Block, Piece};
use super::pieces::{Closed, LogPieces};
use super::spool::{self, Spool};
use super::state::LogState;
use crate::order::{RunId, Stream};

/// How far the writer may be behind before the readers of pipes wait for it.
const BEHIND_MAX: usize = 1;
/// What is not in the file after this time is written to it.
const UNWRITTEN_MAX: Duration = Duration::from_secs(1);

/// The log of an active run. A clone is another handle on the same log.
#[derive(Clone, Debug)]
pub struct RunLog(pub(super) Arc<Shared>);

/// Shared by the handles.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) id: RunId,
    pub(super) started_at: DateTime<Utc>,
    store: Arc<Inner>,
    state: Mutex<LogState>,
    spool: Mutex<Spool>,
    /// The writer has caught up a bit.
    room: Notify,
    /// Bytes so far; closed with the log.
    moved: watch::Sender<(u64, bool)>,
}

impl RunLog {
    pub(super) fn new(
        store: &Arc<Inner>,
        id: RunId,
        started_at: DateTime<Utc>,
        secrets: &[String],
    ) -> Self {
        let log = Self(Arc::new(Shared {
            id,
            started_at,
            state: Mutex::new(LogState::new(store.head)),
            spool: Mutex::new(Spool::new(store.path(id))),
            store: Arc::clone(store),
            room: Notify::new(),
            moved: watch::channel((0, false)).0,
        }));
        log.mask(secrets);
        log
    }

    /// Masks these values and all known ones from here on, replacing the previous ones.
    fn mask(&self, secrets: &[String]) {
        let masker = self.0.store.known.masker(secrets);
        let mut state = self.0.state();
        match masker {
            Ok(masker) => state.masker = masker,
            Err(error) => {
                // No output is better than output with secrets.
                tracing::error!(run.id = self.0.id.0, %error, "secrets cannot be masked; no output is kept");
                state.closed = true;
            }
        }
    }

    /// A text with the secrets of this log masked.
    #[must_use]
    pub fn masked(&self, text: &str) -> String {
        let state = self.0.state();
        match &state.masker {
            Some(masker) => {
                let mut masked = Vec::with_capacity(text.len());
                masker.mask(text.as_bytes(), text.len(), true, &mut masked);
                String::from_utf8_lossy(&masked).into_owned()
            }
            // Closed before the end of the run: what has to be masked is unknown.
            None if state.closed => "***".to_owned(),
            None => text.to_owned(),
        }
    }

    /// Takes what was read from a pipe; discards it after the end of the run.
    pub fn push(&self, stream: Stream, bytes: &[u8]) {
        let shared = &*self.0;
        let at = shared.store.now.read();
        let mut state = shared.state();
        if state.closed {
            return;
        }
        let sealed = state.take(stream, at, bytes);
        let end = state.ring.end();
        drop(state);
        if sealed {
            shared.store.write_soon(&self.0);
        }
        shared.announce(end, false);
    }

    /// Waits while the file is far behind. The readers of pipes wait here between two reads, so that memory holds
    /// only little of what still has to be written to the disk. A disk that hangs holds up a command only once, and no
    /// longer than the settings say.
    pub async fn caught_up(&self) {
        let behind = || self.0.state().sealed.len() > BEHIND_MAX;
        if !behind() {
            return;
        }
        let waiting = async {
            loop {
                let room = self.0.room.notified();
                if !behind() {
                    return;
                }
                room.await;
            }
        };
        if tokio::time::timeout(self.0.store.patience, waiting)
            .await
            .is_err()
        {
            tracing::error!(
                run.id = self.0.id.0,
                "the disk does not respond; output is no longer written to it"
            );
            self.0.state().give_up();
        }
    }

    /// Returns once there is more than `from`, or the log is closed.
    pub async fn beyond(&self, from: u64) {
        let mut moved = self.0.moved.subscribe();
        let more = moved.wait_for(|(end, closed)| *end > from || *closed);
        if more.await.is_err() {
            tracing::debug!("the log was dropped; treated as its end");
        }
    }

    /// Bytes written so far, and bytes that were dropped.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        let state = self.0.state();
        (state.ring.end(), state.gap())
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> RunId {
        self.0.id
    }

    /// When the run was claimed.
    #[must_use]
    pub fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// Its pieces from a position on, as many as `limit` bytes need; bytes written so far, and bytes that were dropped.
    pub async fn look(&self, from: u64, limit: usize) -> (LogPieces, u64, u64) {
        let shared = Arc::clone(&self.0);
        // Blocks are read and decompressed outside the threads that drain pipes.
        let looking = tokio::task::spawn_blocking(move || shared.stretch(from, limit));
        let (end, dropped) = self.counts();
        match looking.await {
            Ok(found) => found,
            Err(error) => {
                tracing::error!(run.id = self.0.id.0, %error, "a log could not be read");
                (
                    LogPieces {
                        to: from,
                        ..LogPieces::default()
                    },
                    end,
                    dropped,
                )
            }
        }
    }

    /// Accepts nothing more, and returns what is to be done with it: all of a log of up to `inline_max` bytes, else
    /// that much of its end.
    #[must_use]
    pub fn close(&self, inline_max: usize) -> Closed {
        self.0.close(inline_max)
    }

    /// Writes no more of it to the file.
    pub fn give_up(&self) {
        self.0.state().give_up();
    }

    /// Writes the end of a closed log to the file; returns the position up to which the file is complete. Blocks.
    #[must_use]
    pub fn finish_file(&self) -> u64 {
        self.0.finish_file()
    }

    /// Removes the file. Blocks.
    pub fn remove_file(&self) {
        self.0.remove_file();
    }
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, LogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spool(&self) -> MutexGuard<'_, Spool> {
        self.spool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self, end: u64, closed: bool) {
        self.moved.send_if_modified(|known| {
            let is_new = *known != (end, closed);
            *known = (end, closed);
            is_new
        });
    }

    /// The stored log from a position on: from the file, from what is being written to it, or from memory.
    fn stretch(&self, from: u64, limit: usize) -> (LogPieces, u64, u64) {
        let mut file = None;
        loop {
            let state = self.state();
            let (end, gap) = (state.ring.end(), state.gap());
            let found = |pieces: Vec<Piece>, to: u64| {
                let over = state.closed && to >= end;
                (LogPieces { pieces, to, over }, end, gap)
            };
            if from >= state.ring.start() || from >= end {
                let pieces = state.ring.pieces(from, u64::MAX, limit);
                let to = pieces.last().map_or(end.min(from), Piece::to);
                return found(pieces, to);
            }
            if from >= state.written {
                if let Some(block) = state.sealed.iter().find(|block| block.to > from) {
                    return found(block.pieces(), block.to);
                }
                let pieces = state.ring.pieces(from, u64::MAX, limit);
                let to = pieces.last().map_or(end, Piece::to);
                return found(pieces, to);
            }
            let written = state.written;
            let Some(file) = file.take() else {
                drop(state);
                file = Some(self.spool().handle());
                continue;
            };
            drop(state);
            let read = match file {
                Ok(Some(file)) => spool::read(&file, from, written, limit),
                Ok(None) => Ok(Vec::new()),
                Err(error) => Err(error),
            };
            let pieces = read.unwrap_or_else(|error| {
                tracing::error!(run.id = self.id.0, %error, "the file of a log cannot be read");
                Vec::new()
            });
            // What is missing is shown as a gap.
            let to = pieces.last().map_or(written, Piece::to);
            let stretch = LogPieces {
                pieces,
                to,
                over: false,
            };
            return (stretch, end, gap);
        }
    }

    /// Writes finished blocks to the file; with `all`, also the unfinished one.
    pub(super) fn write_out(&self, all: bool) {
        let mut spool = self.spool();
        loop {
            let mut state = self.state();
            let Some(block) = state.sealed.front().cloned() else {
                break;
            };
            state.filed = true;
            drop(state);
            if !self.written(&mut spool, &block, true) {
                return;
            }
            self.state().landed(&block);
            self.room.notify_waiters();
        }
        if all {
            let mut state = self.state();
            state.unwritten_since = None;
            let due = state.unsealed();
            state.filed |= due.is_some();
            drop(state);
            if let Some(block) = due {
                self.written(&mut spool, &block, false);
            }
        }
    }

    fn written(&self, spool: &mut Spool, block: &Block, finished: bool) -> bool {
        if self.store.disk.is_low() {
            self.stop_writing(spool);
            return false;
        }
        if let Err(error) = spool.write(block, finished) {
            tracing::error!(
                run.id = self.id.0,
                file = %spool.path().display(),
                %error,
                "output cannot be written; only its end will be kept"
            );
            self.stop_writing(spool);
            return false;
        }
        true
    }

    fn stop_writing(&self, spool: &mut Spool) {
        self.state().give_up();
        self.room.notify_waiters();
        if let Err(error) = spool.trim() {
            tracing::warn!(run.id = self.id.0, %error, "an output file cannot be truncated");
        }
    }

    /// Whether something has waited long enough to be written to the file.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.state()
            .unwritten_since
            .is_some_and(|since| now.duration_since(since) >= UNWRITTEN_MAX)
    }

    /// Accepts nothing more, and returns what is to be done with it.
    fn close(&self, inline_max: usize) -> Closed {
        let mut state = self.state();
        let at = self.store.now.read();
        state.end(at);
        let whole = state.whole(inline_max);
        let (tail_from, tail) = state.tail(inline_max);
        let closed = Closed {
            total: state.ring.end(),
            gap: state.gap(),
            head_to: state.head_to(),
            tail_from,
            tail,
            shown: state.shown(),
            filed: state.filed,
            whole,
        };
        if closed.whole.is_some() {
            // Nothing of it goes to the file from here on.
            state.give_up();
        }
        drop(state);
        self.announce(closed.total, true);
        closed
    }

    /// Writes the end of the log to the file; returns the position up to which the file is complete.
    fn finish_file(&self) -> u64 {
        self.state().seal_tail();
        self.write_out(false);
        let mut spool = self.spool();
        if let Err(error) = spool.trim() {
            tracing::warn!(run.id = self.id.0, %error, "an output file cannot be truncated");
        }
        self.state().written
    }

    /// Removes the file.
    fn remove_file(&self) {
        let mut spool = self.spool();
        if let Err(error) = spool.remove() {
            tracing::warn!(file = %spool.path().display(), %error, "an output file cannot be removed");
        }
    }
}
