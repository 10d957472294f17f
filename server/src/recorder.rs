//! Writing results in groups: whatever ends while one group is written goes into the next.
//!
//! A result is kept until the database has it. While the database is away the results wait here;
//! runs whose results are lost with the process are found by the next one and become `lost`.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use crate::events::Signals;
use crate::executor::InFlight;
use crate::store::{Outcome, Store};

/// Results of one transaction.
const GROUP_MAX: usize = 500;
/// A first result waits this long for company.
const GATHER: Duration = Duration::from_millis(8);
/// Pause after a failure of the database.
const BACK_OFF: Duration = Duration::from_millis(500);

/// Takes results; cheap to clone. The recorder ends when the last handle is gone.
#[derive(Clone, Debug)]
pub struct Recorder {
    queue: mpsc::UnboundedSender<Outcome>,
    in_flight: InFlight,
}

impl Recorder {
    /// Starts a recorder on `tracker`.
    #[must_use]
    pub fn start(store: Store, signals: Arc<Signals>, tracker: &TaskTracker) -> Self {
        let (queue, results) = mpsc::unbounded_channel();
        let in_flight = InFlight::default();
        tracker.spawn(write_groups(store, signals, results, in_flight.clone()));
        Self { queue, in_flight }
    }

    /// The runs whose results are still to be written.
    #[must_use]
    pub fn in_flight(&self) -> InFlight {
        self.in_flight.clone()
    }

    /// Hands a result over.
    pub fn record(&self, outcome: Outcome) {
        if let Err(error) = self.queue.send(outcome) {
            // Only after the recorder's task has died, which the supervisor reports as a crash.
            tracing::error!(run.id = error.0.run_id.0, "a result has nowhere to go");
        }
    }
}

async fn write_groups(
    store: Store,
    signals: Arc<Signals>,
    mut results: mpsc::UnboundedReceiver<Outcome>,
    in_flight: InFlight,
) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while results.recv_many(&mut group, GROUP_MAX).await > 0 {
        if group.len() < GROUP_MAX {
            tokio::time::sleep(GATHER).await;
            while group.len() < GROUP_MAX {
                let Ok(outcome) = results.try_recv() else {
                    break;
                };
                group.push(outcome);
            }
        }
        write(&store, &group).await;
        for outcome in &group {
            in_flight.landed(outcome.run_id);
            signals.tell(Some(outcome.task_id), Some(outcome.run_id));
        }
        if group.iter().any(|outcome| !outcome.messages.is_empty()) {
            signals.outbox.notify_one();
        }
        group.clear();
    }
}

/// Writes a group, again and again until the database has it.
async fn write(store: &Store, group: &[Outcome]) {
    let mut told = false;
    loop {
        match store.record(group).await {
            Ok(fenced) => {
                for run in fenced {
                    tracing::warn!(
                        run.id = run.0,
                        "somebody else has ended this run; its result is not written"
                    );
                }
                return;
            }
            Err(error) => {
                if !std::mem::replace(&mut told, true) {
                    tracing::error!(
                        results = group.len(),
                        error = &error as &dyn std::error::Error,
                        "results wait for the database"
                    );
                }
                tokio::time::sleep(BACK_OFF).await;
            }
        }
    }
}
