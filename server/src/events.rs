//! Changes for open pages, and wake-up calls for the loops.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use app::id::{RunId, TaskId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::{Notify, broadcast};

/// A change that pages may want to show.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ChangeEvent {
    /// The task it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The run it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
}

/// Signals within one process. Losing one is harmless: every listener also polls.
#[derive(Debug)]
pub struct Signals {
    changes: broadcast::Sender<ChangeEvent>,
    /// Tasks changed: the scheduler checks at once.
    pub tasks: Notify,
    /// Messages were written: the outbox checks at once.
    pub outbox: Notify,
    /// Starts and ends of runs, for the scheduler.
    pub room: Room,
}

/// What changed for waiting runs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RoomChange {
    /// A run has ended.
    pub ended: bool,
    /// A run has started to wait.
    pub begun: bool,
    /// When retries are due.
    pub retries: Vec<DateTime<Utc>>,
}

/// Starts and ends of runs, as the scheduler needs them.
#[derive(Debug, Default)]
pub struct Room {
    /// Runs wait for room; only then does the end of a run wake the scheduler.
    wanted: AtomicBool,
    /// A run has ended.
    ended: AtomicBool,
    /// A run has started to wait.
    begun: AtomicBool,
    /// Active runs were marked in the database to be stopped.
    stops: AtomicBool,
    /// When retries are due.
    retries: Mutex<Vec<DateTime<Utc>>>,
}

impl Room {
    /// Registers interest in ends of runs. Returns true when a run has ended that this loop has not
    /// handled, because no interest was registered at that time.
    #[must_use]
    pub fn set_wanted(&self, wanted: bool) -> bool {
        self.wanted.store(wanted, Ordering::SeqCst);
        wanted && self.ended.load(Ordering::SeqCst)
    }

    /// Takes what changed since the last call.
    #[must_use]
    pub fn take(&self) -> RoomChange {
        let retries =
            std::mem::take(&mut *self.retries.lock().unwrap_or_else(PoisonError::into_inner));
        RoomChange {
            ended: self.ended.swap(false, Ordering::SeqCst),
            begun: self.begun.swap(false, Ordering::SeqCst),
            retries,
        }
    }

    /// Whether runs were marked to be stopped since the last call.
    #[must_use]
    pub fn take_stops(&self) -> bool {
        self.stops.swap(false, Ordering::SeqCst)
    }
}

impl Default for Signals {
    fn default() -> Self {
        Self {
            changes: broadcast::channel(256).0,
            tasks: Notify::new(),
            outbox: Notify::new(),
            room: Room::default(),
        }
    }
}

impl Signals {
    /// Announces a change to open pages.
    pub fn tell(&self, task: Option<TaskId>, run: Option<RunId>) {
        // An error means that no page is open, which is fine.
        if self.changes.receiver_count() > 0
            && self.changes.send(ChangeEvent { task, run }).is_err()
        {
            tracing::trace!("no page is open");
        }
    }

    /// Runs have ended, and retries of some are scheduled.
    pub fn ended(&self, retries: impl IntoIterator<Item = DateTime<Utc>>) {
        let mut queue = self
            .room
            .retries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = queue.len();
        queue.extend(retries);
        let planned = queue.len() > before;
        drop(queue);
        self.room.ended.store(true, Ordering::SeqCst);
        if planned || self.room.wanted.load(Ordering::SeqCst) {
            self.tasks.notify_one();
        }
    }

    /// A run has started to wait for room.
    pub fn waits(&self) {
        self.room.begun.store(true, Ordering::SeqCst);
        self.tasks.notify_one();
    }

    /// Active runs were marked in the database to be stopped.
    pub fn stops(&self) {
        self.room.stops.store(true, Ordering::SeqCst);
        self.tasks.notify_one();
    }

    /// Subscribes to changes from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<ChangeEvent> {
        self.changes.subscribe()
    }
}
