//! Changes for open pages, and wake-up calls for the loops.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
    /// Tickets were opened or changed: the loop that urges checks at once.
    pub tickets: Notify,
    /// How long history is kept was changed: the loop that deletes it checks at once.
    pub retention: Arc<Notify>,
    /// Starts and ends of runs, for the scheduler.
    pub runs: RunSignals,
}

/// What changed since [`RunSignals::take`] was last called.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RunChanges {
    /// A run has ended.
    pub ended: bool,
    /// A run has begun to wait.
    pub waits: bool,
    /// When retries are due.
    pub retries: Vec<DateTime<Utc>>,
}

/// Starts and ends of runs, as the scheduler needs them.
#[derive(Debug, Default)]
pub struct RunSignals {
    /// Runs wait for a free slot; only then does the end of a run wake the scheduler.
    wanted: AtomicBool,
    /// A run has ended.
    ended: AtomicBool,
    /// A run has begun to wait.
    waits: AtomicBool,
    /// Active runs were marked in the database to be stopped.
    stops: AtomicBool,
    /// When retries are due.
    retries: Mutex<Vec<DateTime<Utc>>>,
}

impl RunSignals {
    /// Registers interest in ends of runs. Returns true when a run has ended that this loop has not
    /// handled, because no interest was registered at that time.
    #[must_use]
    pub fn set_wanted(&self, wanted: bool) -> bool {
        self.wanted.store(wanted, Ordering::SeqCst);
        wanted && self.ended.load(Ordering::SeqCst)
    }

    /// Takes what changed since the last call.
    #[must_use]
    pub fn take(&self) -> RunChanges {
        let retries =
            std::mem::take(&mut *self.retries.lock().unwrap_or_else(PoisonError::into_inner));
        RunChanges {
            ended: self.ended.swap(false, Ordering::SeqCst),
            waits: self.waits.swap(false, Ordering::SeqCst),
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
            tickets: Notify::new(),
            retention: Arc::default(),
            runs: RunSignals::default(),
        }
    }
}

impl Signals {
    /// Publishes a change to open pages.
    pub fn publish(&self, task: Option<TaskId>, run: Option<RunId>) {
        // An error means that no page is open, which is fine.
        if self.changes.receiver_count() > 0
            && self.changes.send(ChangeEvent { task, run }).is_err()
        {
            tracing::trace!("no page is open");
        }
    }

    /// Reports that tasks were made or changed: the scheduler looks at them, and the loop that urges at their tickets,
    /// which open and end with them.
    pub fn tasks_changed(&self) {
        self.tasks.notify_one();
        self.tickets.notify_one();
    }

    /// Reports that runs have ended, and when retries of them are due.
    pub fn runs_ended(&self, retries: impl IntoIterator<Item = DateTime<Utc>>) {
        let mut queue = self
            .runs
            .retries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = queue.len();
        queue.extend(retries);
        let planned = queue.len() > before;
        drop(queue);
        self.runs.ended.store(true, Ordering::SeqCst);
        if planned || self.runs.wanted.load(Ordering::SeqCst) {
            self.tasks.notify_one();
        }
    }

    /// Reports that a run has begun to wait for a free slot.
    pub fn run_waits(&self) {
        self.runs.waits.store(true, Ordering::SeqCst);
        self.tasks.notify_one();
    }

    /// Reports that active runs were marked in the database to be stopped.
    pub fn stops_requested(&self) {
        self.runs.stops.store(true, Ordering::SeqCst);
        self.tasks.notify_one();
    }

    /// Subscribes to changes from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<ChangeEvent> {
        self.changes.subscribe()
    }
}
