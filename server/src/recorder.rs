//! Writes results in groups: whatever ends while one group is written goes into the next.
//!
//! A result is kept until the database has it. While the database is down, results wait in a file; the next process
//! writes what is left there, unless those runs have been ended meanwhile.

mod in_flight;
mod spool;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use in_flight::InFlight;
pub use spool::{Spool, SpooledResults};

use crate::events::Signals;
use crate::loops::{Backoff, Loops, Spec, Turns, supervise};
use crate::store::{Notice, Outcome, Recorded, Store, StoreError};

/// The most results of one transaction.
const GROUP_MAX: usize = 500;
/// How long a first result waits for others to join its group.
const GATHER: Duration = Duration::from_millis(8);
/// Time for the database to take a group.
const PATIENCE: Duration = Duration::from_secs(15);
/// Pause before a result or message that the database refused is tried again.
const BACK_OFF: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_millis(500));

/// The loop that writes results, as it is registered. It consumes a queue, so it repeats itself.
const RESULTS: Spec = Spec {
    name: "results",
    every: None,
    woken: true,
    backoff: BACK_OFF,
};
/// The loop that writes messages not caused by a result.
const NOTICES: Spec = Spec {
    name: "notices",
    every: None,
    woken: true,
    backoff: BACK_OFF,
};

/// Takes results; cheap to clone. The recorder ends when the last handle is dropped.
#[derive(Clone, Debug)]
pub struct Recorder {
    results: mpsc::UnboundedSender<Outcome>,
    notices: mpsc::UnboundedSender<Vec<Notice>>,
    in_flight: InFlight,
    spool: Spool,
}

impl Recorder {
    /// Starts a recorder on `tracker`.
    #[must_use]
    pub fn start(
        store: Store,
        signals: Arc<Signals>,
        spool: Spool,
        loops: &Loops,
        tracker: &TaskTracker,
    ) -> Self {
        let (results, queue) = mpsc::unbounded_channel();
        let (notices, handed) = mpsc::unbounded_channel();
        let in_flight = InFlight::default();
        let writer = Notices {
            store: store.clone(),
            signals: Arc::clone(&signals),
            queue: handed,
            held: Vec::new(),
        };
        let turns = loops.register(NOTICES);
        tracker.spawn(kept(turns, writer, |mut writer, turns| async move {
            writer.run(&turns).await;
        }));
        let waiting = spool.clone();
        let writer = Writer {
            store,
            signals,
            spool,
            in_flight: in_flight.clone(),
            away: false,
            queue,
            group: Vec::with_capacity(GROUP_MAX),
        };
        let turns = loops.register(RESULTS);
        tracker.spawn(kept(turns, writer, |mut writer, turns| async move {
            writer.run(&turns).await;
        }));
        Self {
            results,
            notices,
            in_flight,
            spool: waiting,
        }
    }

    /// Bytes of results that wait on disk.
    ///
    /// # Errors
    /// When their file cannot be read.
    pub fn spooled_bytes(&self) -> std::io::Result<u64> {
        self.spool.bytes()
    }

    /// The runs whose results are still to be written.
    #[must_use]
    pub fn in_flight(&self) -> InFlight {
        self.in_flight.clone()
    }

    /// Queues a result.
    pub fn record(&self, outcome: Outcome) {
        if let Err(error) = self.results.send(outcome) {
            // Only after the recorder's task has died, which the supervisor reports as a crash.
            tracing::error!(
                run.id = error.0.run_id.0,
                "a result could not be recorded: the recorder has stopped"
            );
        }
    }

    /// Queues notices that no result causes.
    pub fn queue_notices(&self, notices: Vec<Notice>) {
        if !notices.is_empty() && self.notices.send(notices).is_err() {
            tracing::error!("a notice could not be recorded: the recorder has stopped");
        }
    }
}

/// Supervises a loop whose queue survives its panics, so that no results are lost. It ends with its queue and not
/// with the server's stop, because the last results arrive after that.
async fn kept<T, F>(turns: Turns, state: T, run: impl Fn(OwnedMutexGuard<T>, Turns) -> F)
where
    F: Future<Output = ()>,
{
    let state = Arc::new(Mutex::new(state));
    supervise(turns.clone(), CancellationToken::new(), || {
        let (state, turns) = (Arc::clone(&state), turns.clone());
        let run = &run;
        async move { run(state.lock_owned().await, turns).await }
    })
    .await;
}

struct Notices {
    store: Store,
    signals: Arc<Signals>,
    queue: mpsc::UnboundedReceiver<Vec<Notice>>,
    /// Notices that the database has not taken yet.
    held: Vec<Notice>,
}

impl Notices {
    async fn run(&mut self, turns: &Turns) {
        let never = CancellationToken::new();
        loop {
            if self.held.is_empty() {
                match self.queue.recv().await {
                    Some(notices) => self.held = notices,
                    None => return,
                }
            }
            match turns.turn(self.store.add_notices(&self.held)).await {
                Ok(has_messages) => {
                    self.held.clear();
                    if has_messages {
                        self.signals.outbox.notify_one();
                    }
                }
                Err(error) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "notices wait");
                    turns.back_off(&never).await;
                }
            }
        }
    }
}

struct Writer {
    store: Store,
    signals: Arc<Signals>,
    spool: Spool,
    in_flight: InFlight,
    /// Results wait on disk; new ones are queued behind them.
    away: bool,
    queue: mpsc::UnboundedReceiver<Outcome>,
    /// Results that are neither in the database nor on disk.
    group: Vec<Outcome>,
}

impl Writer {
    async fn run(&mut self, turns: &Turns) {
        loop {
            let mut open = true;
            if self.away {
                let pause = turns.pause();
                tokio::select! {
                    count = self.queue.recv_many(&mut self.group, GROUP_MAX) => open = count > 0,
                    () = tokio::time::sleep(pause) => {}
                }
                if !open {
                    tokio::time::sleep(pause).await;
                }
            } else if self.group.is_empty() {
                open = self.queue.recv_many(&mut self.group, GROUP_MAX).await > 0;
                if open && self.group.len() < GROUP_MAX {
                    tokio::time::sleep(GATHER).await;
                    while self.group.len() < GROUP_MAX {
                        let Ok(outcome) = self.queue.try_recv() else {
                            break;
                        };
                        self.group.push(outcome);
                    }
                }
            }
            if let Err(error) = turns.turn(self.take()).await {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "results still wait"
                );
            }
            if !open && !self.away {
                return;
            }
        }
    }

    /// Writes the group, or appends it to what waits on disk and tries that again.
    async fn take(&mut self) -> Result<(), ReplayError> {
        if !self.away && !self.group.is_empty() {
            match write(&self.store, &self.group).await {
                Ok(has_messages) => {
                    self.landed(&self.group, has_messages);
                    self.group.clear();
                    return Ok(());
                }
                Err(error) => tracing::error!(
                    results = self.group.len(),
                    error = &error as &dyn std::error::Error,
                    "results wait for the database"
                ),
            }
            self.away = true;
        }
        if !self.group.is_empty() {
            let (spool, outcomes) = (self.spool.clone(), std::mem::take(&mut self.group));
            let kept = tokio::task::spawn_blocking(move || {
                let kept = spool.append(&outcomes);
                (kept, outcomes)
            })
            .await;
            match kept {
                Ok((Ok(()), _)) => {}
                Ok((Err(error), outcomes)) => {
                    // Neither database nor disk: they stay in memory, before later ones.
                    tracing::error!(%error, "results cannot be kept on disk");
                    self.group = outcomes;
                }
                Err(error) => tracing::error!(%error, "spooling results failed"),
            }
        }
        if !self.away {
            return Ok(());
        }
        replay(&self.store, &self.spool, |outcomes, has_messages| {
            self.landed(outcomes, has_messages);
        })
        .await?;
        if !self.group.is_empty() {
            let has_messages = write(&self.store, &self.group).await?;
            self.landed(&self.group, has_messages);
            self.group.clear();
        }
        tracing::info!("all spooled results are in the database");
        self.away = false;
        Ok(())
    }

    fn landed(&self, group: &[Outcome], has_messages: bool) {
        for outcome in group {
            self.in_flight.remove(outcome.run_id);
            self.signals
                .publish(Some(outcome.task_id), Some(outcome.run_id));
        }
        self.signals
            .runs_ended(group.iter().filter_map(|outcome| outcome.retry_at));
        if has_messages {
            self.signals.outbox.notify_one();
        }
        let may_open = |outcome: &Outcome| {
            outcome.ticket.is_some() && outcome.state.is_bad() && outcome.retry_at.is_none()
        };
        if group.iter().any(may_open) {
            self.signals.tickets.notify_one();
        }
    }
}

/// Why results that wait on disk could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The database is still down.
    #[error("the database does not accept the results")]
    Store(#[from] StoreError),
    /// The file cannot be read.
    #[error("results on disk cannot be read")]
    Disk(#[from] std::io::Error),
}

/// Writes what waits on disk, and empties the file. `landed` gets each group that is written, and whether it caused
/// messages. Runs that other nodes have ended meanwhile stay as they are.
///
/// # Errors
/// When the database or the file fails; the file then keeps everything, and results that were written are recognised
/// by their epoch the next time.
pub async fn replay(
    store: &Store,
    spool: &Spool,
    mut landed: impl FnMut(&[Outcome], bool),
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
        let has_messages = write(store, &stretch.outcomes).await?;
        landed(&stretch.outcomes, has_messages);
        count += stretch.outcomes.len();
        from = stretch.next;
    }
}

/// Writes a group. If a next attempt already exists, which only a result written twice can explain, the results are
/// written one by one, that one without its attempt. Returns whether they caused messages.
async fn write(store: &Store, group: &[Outcome]) -> Result<bool, StoreError> {
    crate::failpoints::point("record.before");
    let recorded = tokio::time::timeout(PATIENCE, store.record(group))
        .await
        .unwrap_or(Err(StoreError::Silent));
    match recorded {
        Ok(Recorded {
            fenced,
            has_messages,
        }) => {
            crate::failpoints::point("record.committed");
            tracing::debug!(count = group.len(), "recorded");
            for run in fenced {
                tracing::warn!(
                    run.id = run.0,
                    "another process has ended this run; its result is dropped"
                );
            }
            Ok(has_messages)
        }
        Err(error) if error.is_duplicate() => {
            let mut has_messages = false;
            for outcome in group {
                let alone = std::slice::from_ref(outcome);
                let recorded = match store.record(alone).await {
                    Err(error) if error.is_duplicate() => {
                        let plain = Outcome {
                            retry_at: None,
                            ..outcome.clone()
                        };
                        store.record(&[plain]).await?
                    }
                    done => done?,
                };
                has_messages |= recorded.has_messages;
            }
            Ok(has_messages)
        }
        Err(error) => Err(error),
    }
}
