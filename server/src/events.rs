//! What just changed, for whoever looks at a page, and wake-up calls for the loops.

use app::id::{RunId, TaskId};
use serde::Serialize;
use tokio::sync::{Notify, broadcast};

/// A change that pages may want to show.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Change {
    /// The task it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The run it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
}

/// Signals inside one process. Losing one is harmless: every listener also looks by itself.
#[derive(Debug)]
pub struct Signals {
    changes: broadcast::Sender<Change>,
    /// Tasks changed: the scheduler looks at once.
    pub tasks: Notify,
    /// Messages were written: the notifier looks at once.
    pub outbox: Notify,
}

impl Default for Signals {
    fn default() -> Self {
        Self {
            changes: broadcast::channel(256).0,
            tasks: Notify::new(),
            outbox: Notify::new(),
        }
    }
}

impl Signals {
    /// Tells pages that something changed.
    pub fn tell(&self, task: Option<TaskId>, run: Option<RunId>) {
        // An error means that nobody looks at a page, which is fine.
        if self.changes.receiver_count() > 0 && self.changes.send(Change { task, run }).is_err() {
            tracing::trace!("nobody listens");
        }
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }
}
