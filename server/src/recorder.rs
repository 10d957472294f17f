//! Writing results in groups: whatever ends while one group is written goes into the next.
//!
//! A result is kept until the database has it. While the database is away the results wait in a
//! file; what waits there when the process dies is written by the next one, unless those runs have
//! been ended meanwhile.

mod in_flight;
mod spool;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

pub use in_flight::InFlight;
pub use spool::{Spool, SpooledResults};

use crate::events::Signals;
use crate::store::{NewMessage, Outcome, Store, StoreError};

/// Results of one transaction.
const GROUP_MAX: usize = 500;
/// A first result waits this long for company.
const GATHER: Duration = Duration::from_millis(8);
/// The database gets so long to take a group.
const PATIENCE: Duration = Duration::from_secs(15);
/// Pause after a failure of the database.
const BACK_OFF: Duration = Duration::from_millis(500);

/// Takes results; cheap to clone. The recorder ends when the last handle is gone.
#[derive(Clone, Debug)]
pub struct Recorder {
    results: mpsc::UnboundedSender<Outcome>,
    messages: mpsc::UnboundedSender<Vec<NewMessage>>,
    in_flight: InFlight,
}

impl Recorder {
    /// Starts a recorder on `tracker`.
    #[must_use]
    pub fn start(store: Store, signals: Arc<Signals>, spool: Spool, tracker: &TaskTracker) -> Self {
        let (results, queue) = mpsc::unbounded_channel();
        let (messages, told) = mpsc::unbounded_channel();
        let in_flight = InFlight::default();
        tracker.spawn(write_messages(store.clone(), Arc::clone(&signals), told));
        let writer = Writer {
            store,
            signals,
            spool,
            in_flight: in_flight.clone(),
            away: false,
        };
        tracker.spawn(writer.run(queue));
        Self {
            results,
            messages,
            in_flight,
        }
    }

    /// The runs whose results are still to be written.
    #[must_use]
    pub fn in_flight(&self) -> InFlight {
        self.in_flight.clone()
    }

    /// Hands a result over.
    pub fn record(&self, outcome: Outcome) {
        if let Err(error) = self.results.send(outcome) {
            // Only after the recorder's task has died, which the supervisor reports as a crash.
            tracing::error!(
                run.id = error.0.run_id.0,
                "a result could not be recorded: the recorder has stopped"
            );
        }
    }

    /// Hands messages over that no result causes.
    pub fn tell(&self, messages: Vec<NewMessage>) {
        if !messages.is_empty() && self.messages.send(messages).is_err() {
            tracing::error!("a message could not be recorded: the recorder has stopped");
        }
    }
}

async fn write_messages(
    store: Store,
    signals: Arc<Signals>,
    mut told: mpsc::UnboundedReceiver<Vec<NewMessage>>,
) {
    while let Some(messages) = told.recv().await {
        while let Err(error) = store.add_messages(&messages).await {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "messages are waiting for the database"
            );
            tokio::time::sleep(BACK_OFF).await;
        }
        signals.outbox.notify_one();
    }
}

struct Writer {
    store: Store,
    signals: Arc<Signals>,
    spool: Spool,
    in_flight: InFlight,
    /// Results wait on disk; those that come now go behind them.
    away: bool,
}

impl Writer {
    async fn run(mut self, mut results: mpsc::UnboundedReceiver<Outcome>) {
        let mut group = Vec::with_capacity(GROUP_MAX);
        loop {
            let mut open = true;
            if self.away {
                tokio::select! {
                    count = results.recv_many(&mut group, GROUP_MAX) => open = count > 0,
                    () = tokio::time::sleep(BACK_OFF) => {}
                }
                if !open {
                    tokio::time::sleep(BACK_OFF).await;
                }
            } else {
                open = results.recv_many(&mut group, GROUP_MAX).await > 0;
                if open && group.len() < GROUP_MAX {
                    tokio::time::sleep(GATHER).await;
                    while group.len() < GROUP_MAX {
                        let Ok(outcome) = results.try_recv() else {
                            break;
                        };
                        group.push(outcome);
                    }
                }
            }
            self.take(&mut group).await;
            if !open && !self.away {
                return;
            }
        }
    }

    /// Writes a group, or puts it behind what waits on disk and tries that again.
    async fn take(&mut self, group: &mut Vec<Outcome>) {
        if !self.away && !group.is_empty() {
            match write(&self.store, group).await {
                Ok(()) => {
                    self.landed(group);
                    group.clear();
                    return;
                }
                Err(error) => tracing::error!(
                    results = group.len(),
                    error = &error as &dyn std::error::Error,
                    "results wait for the database"
                ),
            }
            self.away = true;
        }
        if !group.is_empty() {
            let (spool, outcomes) = (self.spool.clone(), std::mem::take(group));
            let kept = tokio::task::spawn_blocking(move || {
                let kept = spool.append(&outcomes);
                (kept, outcomes)
            })
            .await;
            match kept {
                Ok((Ok(()), _)) => {}
                Ok((Err(error), outcomes)) => {
                    // Neither database nor disk: they stay in memory, in front of what comes.
                    tracing::error!(%error, "results cannot be spooled on disk");
                    *group = outcomes;
                }
                Err(error) => tracing::error!(%error, "spooling results failed"),
            }
        }
        if !self.away {
            return;
        }
        let replayed = replay(&self.store, &self.spool, |outcomes| self.landed(outcomes)).await;
        if let Err(error) = replayed {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "results are still waiting for the database"
            );
            return;
        }
        if !group.is_empty() {
            if let Err(error) = write(&self.store, group).await {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "results are still waiting for the database"
                );
                return;
            }
            self.landed(group);
            group.clear();
        }
        tracing::info!("all spooled results are in the database");
        self.away = false;
    }

    fn landed(&self, group: &[Outcome]) {
        for outcome in group {
            self.in_flight.landed(outcome.run_id);
            self.signals
                .tell(Some(outcome.task_id), Some(outcome.run_id));
        }
        self.signals
            .ended(group.iter().filter_map(|outcome| outcome.retry_at));
        if group.iter().any(|outcome| !outcome.messages.is_empty()) {
            self.signals.outbox.notify_one();
        }
    }
}

/// Why results that wait on disk could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The database is still away.
    #[error("the database does not accept the results")]
    Store(#[from] StoreError),
    /// The file cannot be read.
    #[error("results on disk cannot be read")]
    Disk(#[from] std::io::Error),
}

/// Writes what waits on disk, and empties the file. Runs that were ended by others meanwhile
/// stay as they are.
///
/// # Errors
/// When the database or the file fails; the file then keeps everything, and what was written is
/// recognised by its epoch the next time.
pub async fn replay(
    store: &Store,
    spool: &Spool,
    mut landed: impl FnMut(&[Outcome]),
) -> Result<usize, ReplayError> {
    let mut from = 0;
    let mut count = 0;
    loop {
        let reading = spool.clone();
        let stretch = tokio::task::spawn_blocking(move || reading.read(from, GROUP_MAX))
            .await
            .map_err(std::io::Error::other)??;
        if stretch.outcomes.is_empty() {
            spool.clear()?;
            return Ok(count);
        }
        write(store, &stretch.outcomes).await?;
        landed(&stretch.outcomes);
        count += stretch.outcomes.len();
        from = stretch.next;
    }
}

/// Writes a group. Where a further attempt is there already, which only a result written twice
/// could explain, the results are written one by one, that one without it.
async fn write(store: &Store, group: &[Outcome]) -> Result<(), StoreError> {
    crate::failpoints::point("record.before");
    let recorded = tokio::time::timeout(PATIENCE, store.record(group))
        .await
        .unwrap_or(Err(StoreError::Silent));
    match recorded {
        Ok(fenced) => {
            crate::failpoints::point("record.committed");
            tracing::debug!(count = group.len(), "recorded");
            for run in fenced {
                tracing::warn!(
                    run.id = run.0,
                    "another process has ended this run; its result is dropped"
                );
            }
            Ok(())
        }
        Err(error) if error.is_duplicate() => {
            for outcome in group {
                let alone = std::slice::from_ref(outcome);
                match store.record(alone).await {
                    Err(error) if error.is_duplicate() => {
                        let plain = Outcome {
                            retry_at: None,
                            ..outcome.clone()
                        };
                        store.record(&[plain]).await?;
                    }
                    done => {
                        done?;
                    }
                }
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}
