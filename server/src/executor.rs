//! Running what was claimed: `/bin/sh -c` in its own process group, both pipes drained, a hard
//! limit, and an end that is recorded whatever happens.

mod capture;
mod identity;
mod process;
pub mod strays;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use app::id::{OccurrenceId, RunId};
use app::run::{RunReason, RunState, Trigger};
use app::task::Task;
use chrono::{DateTime, Utc};
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;

pub use capture::{Capture, SharedCapture};
pub use identity::{Identity, IdentityError};
use process::Ending;

use crate::clock::SharedClock;
use crate::events::Signals;
use crate::notifier::compose::Composer;
use crate::output::OutputStore;
use crate::recorder::Recorder;
use crate::store::{Outcome, SealedSecret, StoredOutput, Unconfirmed};

/// Processes being started at the same time. Starting is work for the CPU; what runs is not
/// limited by this.
const STARTING_AT_ONCE: usize = 8;

/// A claimed firing or a manual start, in the database as `running`.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its run.
    pub run_id: RunId,
    /// Its planned firing.
    pub occurrence_id: Option<OccurrenceId>,
    /// The fence.
    pub epoch: i32,
    /// The task as it was when claimed.
    pub task: Arc<Task>,
    /// Why it starts.
    pub trigger: Trigger,
    /// The instant the schedule named.
    pub scheduled_for: Option<DateTime<Utc>>,
    /// When it was claimed.
    pub started_at: DateTime<Utc>,
    /// 1 for the first attempt.
    pub attempt: i32,
    /// What is filled in, in plain.
    pub parameters: BTreeMap<String, String>,
    /// What the task was granted, sealed.
    pub secrets: Arc<[SealedSecret]>,
}

/// Why a run is to end early.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StopReason {
    /// A person asked for it.
    Person(String),
    /// The server stops.
    Shutdown,
    /// A newer start takes its place.
    Replaced,
    /// The database could not be reached for so long that another node may run it again.
    Isolated,
}

/// Runs that this process has started and the database does not know the end of.
#[derive(Clone, Debug, Default)]
pub struct InFlight(Arc<Mutex<HashSet<RunId>>>);

impl InFlight {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<RunId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The database knows the end of this run.
    pub fn landed(&self, id: RunId) {
        self.lock().remove(&id);
    }
}

struct Running {
    stop: watch::Sender<Option<StopReason>>,
    capture: SharedCapture,
}

/// Runs jobs and keeps hold of them.
pub struct Executor {
    clock: SharedClock,
    signals: Arc<Signals>,
    recorder: Recorder,
    composer: Composer,
    output: OutputStore,
    identity: Identity,
    running: Mutex<HashMap<RunId, Running>>,
    in_flight: InFlight,
    in_doubt: AtomicBool,
    starting: Arc<Semaphore>,
    tracker: TaskTracker,
}

impl Executor {
    /// An executor that has nothing to do yet.
    #[must_use]
    pub fn new(
        clock: SharedClock,
        signals: Arc<Signals>,
        recorder: Recorder,
        composer: Composer,
        output: OutputStore,
        identity: Identity,
    ) -> Self {
        Self {
            in_flight: recorder.in_flight(),
            in_doubt: AtomicBool::new(false),
            clock,
            signals,
            recorder,
            composer,
            output,
            identity,
            running: Mutex::default(),
            starting: Arc::new(Semaphore::new(STARTING_AT_ONCE)),
            tracker: TaskTracker::new(),
        }
    }

    /// Starts a job. It is in the database already; its outcome will be, too.
    pub fn start(self: &Arc<Self>, job: Job) {
        self.in_flight.lock().insert(job.run_id);
        self.signals.tell(Some(job.task.id), Some(job.run_id));
        if !job.task.mode.runs_command() {
            // Nothing to run: handing the message to the outbox is the whole of it.
            self.finish(
                &job,
                RunState::Succeeded,
                None,
                &Ending::default(),
                StoredOutput::default(),
                &[],
            );
            return;
        }
        let (stop, stopped) = watch::channel(None);
        let capture = SharedCapture::default();
        self.lock().insert(
            job.run_id,
            Running {
                stop,
                capture: capture.clone(),
            },
        );
        let this = Arc::clone(self);
        self.tracker.spawn(async move {
            this.execute(job, capture, stopped).await;
        });
    }

    /// Whether this process has started a run whose end is not written yet.
    #[must_use]
    pub fn holds(&self, id: RunId) -> bool {
        self.in_flight.lock().contains(&id)
    }

    /// All such runs.
    #[must_use]
    pub fn in_flight(&self) -> HashSet<RunId> {
        self.in_flight.lock().clone()
    }

    /// A claim failed in a way that leaves open whether the database has it.
    pub fn doubt(&self) {
        self.in_doubt.store(true, Ordering::SeqCst);
        self.signals.tasks.notify_one();
    }

    /// Whether such a claim is to be looked into.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.in_doubt.load(Ordering::SeqCst)
    }

    /// All such claims were looked into.
    pub fn settle_doubt(&self) {
        self.in_doubt.store(false, Ordering::SeqCst);
    }

    /// Ends a claim that was never started and cannot be any more.
    pub fn give_up(&self, claimed: &Unconfirmed, now: DateTime<Utc>) {
        self.recorder.record(Outcome {
            run_id: claimed.run_id,
            occurrence_id: claimed.occurrence_id,
            task_id: claimed.task_id,
            epoch: claimed.epoch,
            state: RunState::Lost,
            reason: Some(RunReason::Unconfirmed.code()),
            finished_at: now,
            exit_code: None,
            exit_signal: None,
            output: StoredOutput::default(),
            messages: Vec::new(),
        });
    }

    /// Asks a run to end; false when it is not under way here.
    pub fn stop(&self, id: RunId, reason: StopReason) -> bool {
        let running = self.lock();
        let Some(run) = running.get(&id) else {
            return false;
        };
        // The first reason counts; who presses the button twice changes nothing.
        run.stop.send_if_modified(|current| {
            let first = current.is_none();
            if first {
                *current = Some(reason);
            }
            first
        });
        true
    }

    /// What a run under way has written so far.
    #[must_use]
    pub fn live_output(&self, id: RunId) -> Option<(StoredOutput, Vec<u8>)> {
        let capture = self.lock().get(&id).map(|run| run.capture.clone())?;
        let bytes = capture.bytes();
        let (total, dropped) = capture.counts();
        Some((
            StoredOutput {
                bytes: total,
                dropped,
                ..StoredOutput::default()
            },
            bytes,
        ))
    }

    /// Runs under way in this process.
    #[must_use]
    pub fn running(&self) -> usize {
        self.lock().len()
    }

    /// Waits until everything has ended.
    pub async fn drain(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    /// Ends everything: TERM, then KILL.
    pub fn stop_all(&self) {
        let ids: Vec<RunId> = self.lock().keys().copied().collect();
        for id in ids {
            self.stop(id, StopReason::Shutdown);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<RunId, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn execute(
        self: Arc<Self>,
        job: Job,
        capture: SharedCapture,
        stopped: watch::Receiver<Option<StopReason>>,
    ) {
        let ending = process::run(&job, &self.identity, &self.starting, &capture, stopped).await;
        let (state, reason) = ending.verdict();
        let bytes = capture.close();
        let (total, dropped) = capture.counts();
        let mut stored = StoredOutput {
            bytes: total,
            dropped,
            ..StoredOutput::default()
        };
        let mut reason = reason;
        match self.output.keep(job.run_id, job.started_at, &bytes).await {
            Ok((tail, object)) => (stored.tail, stored.object) = (tail, object),
            Err(error) => {
                // The result matters more than its output; the end of it fits into the row.
                tracing::error!(
                    run.id = job.run_id.0,
                    error = &error as &dyn std::error::Error,
                    "output could not be kept"
                );
                stored.tail = OutputStore::tail(&bytes).to_vec();
                stored.dropped = total - i64::try_from(stored.tail.len()).unwrap_or(0);
                reason.get_or_insert(RunReason::OutputNotKept);
            }
        }
        let reason = reason.map(|reason| reason.code());
        self.finish(&job, state, reason, &ending, stored, &bytes);
        self.lock().remove(&job.run_id);
    }

    fn finish(
        &self,
        job: &Job,
        state: RunState,
        reason: Option<String>,
        ending: &Ending,
        output: StoredOutput,
        bytes: &[u8],
    ) {
        let finished_at = self.clock.now().max(job.started_at);
        let outcome = Outcome {
            run_id: job.run_id,
            occurrence_id: job.occurrence_id,
            task_id: job.task.id,
            epoch: job.epoch,
            state,
            reason,
            finished_at,
            exit_code: ending.exit_code,
            exit_signal: ending.signal,
            output,
            messages: Vec::new(),
        };
        let messages = self.composer.result(job, &outcome, bytes);
        self.recorder.record(Outcome {
            messages,
            ..outcome
        });
    }
}
