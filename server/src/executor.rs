//! Runs claimed occurrences: `/bin/sh -c` in its own process group, with both pipes drained, a hard
//! time limit, and an end that is always recorded.

mod cgroup;
mod check;
mod child;
mod containment;
mod ending;
mod environment;
mod helper;
mod http;
mod identity;
mod isolation;
mod journal;
mod launcher;
mod leftovers;
mod process;
mod read;
mod shell;
mod spawn;
pub mod strays;
mod success;
#[cfg(test)]
mod test_folder;
mod tree;
mod vault;
mod wait;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use app::id::RunId;
use app::run::{RunReason, RunState};
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

pub use check::Checked;
pub use containment::{Containment, ContainmentError};
pub(crate) use ending::retry_at;
use environment::Environment;
pub use identity::{Identity, IdentityError, Pool, RunAsError, TaskFolder, mark_of};
pub use isolation::{Hiding, Isolation, IsolationGap};
pub use leftovers::Leftovers;
use process::ProcessExit;

use crate::clock::SharedClock;
use crate::events::Signals;
use crate::outbound::OutboundClient;
use crate::output::{OutputStore, RunLog, readable};
use crate::recorder::{InFlight, Recorder};
use crate::run::Job;
use crate::store::{SealedSecret, StoredOutput};
use crate::telemetry::{Metrics, run_span};

/// Processes that are started concurrently. Starting one is CPU-bound; the number of active runs is not
/// limited by this.
const STARTING_AT_ONCE: usize = 8;

/// Why a run is stopped early.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StopReason {
    /// This person requested it.
    Person(String),
    /// The server stops.
    Shutdown,
    /// A newer start takes its place.
    Replaced,
    /// The database could not be reached for so long that another node may run it again.
    Isolated,
}

struct Running {
    stop: watch::Sender<Option<StopReason>>,
    /// Another node may start it again after this one was declared dead.
    runs_again: bool,
    capture: RunLog,
    task: app::id::TaskId,
}

/// The dependencies of an executor.
pub struct Dependencies {
    /// The clock.
    pub clock: SharedClock,
    /// Wake-up calls.
    pub signals: Arc<Signals>,
    /// Where results go.
    pub recorder: Recorder,
    /// Where output goes.
    pub output: OutputStore,
    /// Starts commands.
    pub containment: Containment,
    /// Sends the requests of tasks.
    pub outbound: OutboundClient,
    /// Counts starts and ends.
    pub metrics: Arc<Metrics>,
}

/// Runs jobs and tracks them until they end.
pub struct Executor {
    clock: SharedClock,
    signals: Arc<Signals>,
    recorder: Recorder,
    output: OutputStore,
    containment: Arc<Containment>,
    /// Sends the requests of tasks.
    outbound: OutboundClient,
    running: Mutex<HashMap<RunId, Running>>,
    in_flight: InFlight,
    commit_unknown: AtomicBool,
    metrics: Arc<Metrics>,
    /// The secrets that all output is masked for.
    learnt: Mutex<Vec<SealedSecret>>,
    starting: Arc<Semaphore>,
    tracker: TaskTracker,
}

impl Executor {
    /// An executor without runs.
    #[must_use]
    pub fn new(tools: Dependencies) -> Self {
        Self {
            in_flight: tools.recorder.in_flight(),
            commit_unknown: AtomicBool::new(false),
            learnt: Mutex::default(),
            clock: tools.clock,
            signals: tools.signals,
            recorder: tools.recorder,
            output: tools.output,
            containment: Arc::new(tools.containment),
            outbound: tools.outbound,
            metrics: tools.metrics,
            running: Mutex::default(),
            starting: Arc::new(Semaphore::new(STARTING_AT_ONCE)),
            tracker: TaskTracker::new(),
        }
    }

    /// The metrics of this executor.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Starts a job, which is in the database as running; its outcome is always recorded.
    pub fn start(self: &Arc<Self>, job: Job) {
        self.in_flight.insert(job.run_id);
        self.signals.publish(Some(job.task.id), Some(job.run_id));
        self.metrics.run_started(job.trigger);
        if !job.task.mode.runs_command() {
            // Nothing to run: the run ends when the channel has accepted the message.
            self.finish(
                &job,
                RunState::Sending,
                None,
                &ProcessExit::default(),
                StoredOutput::default(),
                &[],
            );
            return;
        }
        let (stop, stopped) = watch::channel(None);
        let environment = self.containment.environment(&job);
        let secrets = environment
            .as_ref()
            .map_or(&[][..], |found| &found.secret_values);
        let capture = self.output.open(job.run_id, job.started_at, secrets);
        self.lock().insert(
            job.run_id,
            Running {
                stop,
                runs_again: job.task.execution.retry.on_lost,
                capture: capture.clone(),
                task: job.task.id,
            },
        );
        let this = Arc::clone(self);
        let span = run_span(job.task.id, job.run_id);
        let work = async move { this.execute(job, environment, capture, stopped).await };
        self.tracker.spawn(work.instrument(span));
    }

    /// Users that a task may run as, the default one first.
    #[must_use]
    pub fn run_as_users(&self) -> Vec<String> {
        self.containment.identity.allowed_users()
    }

    /// How commands are isolated from the server and from each other.
    #[must_use]
    pub fn isolation(&self) -> &Isolation {
        &self.containment.isolation
    }

    /// Whether a task's memory limit applies to each run as a whole. Otherwise it applies to each process,
    /// and a run of many processes may use many times as much.
    #[must_use]
    pub fn bounds_memory_of_runs(&self) -> bool {
        let cgroups = self.containment.cgroups.as_ref();
        cgroups.is_some_and(cgroup::Cgroups::bounds_memory)
    }

    /// The path of a shell, as a task names it, that does not exist on this machine or cannot be
    /// executed.
    #[must_use]
    pub fn missing_shell(&self, name: &str) -> Option<String> {
        shell::missing(name)
    }

    /// Checks that a task may run as this user; empty means the default one. Blocks, because it may ask a
    /// directory server.
    ///
    /// # Errors
    /// When it may not, or when there is no such user.
    pub fn check_run_as(&self, name: &str) -> Result<(), RunAsError> {
        self.containment.identity.check_run_as(name)
    }

    /// The home folder of a user of this machine, and whether tasks that name no user run as it.
    #[must_use]
    pub fn home_of(&self, name: &str) -> Option<(String, bool)> {
        self.containment.identity.home_of(name)
    }

    /// Whether this process has started the run and its end is not written yet.
    #[must_use]
    pub fn holds(&self, id: RunId) -> bool {
        self.in_flight.contains(id)
    }

    /// All such runs.
    #[must_use]
    pub fn in_flight(&self) -> HashSet<RunId> {
        self.in_flight.all()
    }

    /// Records that a claim failed and it is unknown whether it was committed.
    pub fn mark_commit_unknown(&self) {
        self.commit_unknown.store(true, Ordering::SeqCst);
        self.signals.tasks.notify_one();
    }

    /// Whether there is such a claim.
    #[must_use]
    pub fn has_unknown_commit(&self) -> bool {
        self.commit_unknown.load(Ordering::SeqCst)
    }

    /// Records that all such claims were resolved.
    pub fn clear_unknown_commit(&self) {
        self.commit_unknown.store(false, Ordering::SeqCst);
    }

    /// Stops a run; false when it is not active in this process.
    pub fn stop(&self, id: RunId, reason: StopReason) -> bool {
        let running = self.lock();
        let Some(run) = running.get(&id) else {
            return false;
        };
        // The first reason counts; a second request changes nothing.
        run.stop.send_if_modified(|current| {
            let first = current.is_none();
            if first {
                *current = Some(reason);
            }
            first
        });
        true
    }

    /// Stops all runs of a task that are active in this process.
    pub fn stop_task(&self, task: app::id::TaskId, reason: &StopReason) {
        let runs: Vec<RunId> = self
            .lock()
            .iter()
            .filter(|(_, run)| run.task == task)
            .map(|(id, _)| *id)
            .collect();
        for run in runs {
            self.stop(run, reason.clone());
        }
    }

    /// Whether a run of a task is active in this process.
    #[must_use]
    pub fn runs(&self, task: app::id::TaskId) -> bool {
        self.lock().values().any(|run| run.task == task)
    }

    /// The scratch folders of tasks.
    #[must_use]
    pub fn leftovers(&self) -> Leftovers {
        Leftovers(Arc::clone(&self.containment))
    }

    /// The log of an active run.
    #[must_use]
    pub fn live_output(&self, id: RunId) -> Option<RunLog> {
        self.lock().get(&id).map(|run| run.capture.clone())
    }

    /// Bytes of results that wait on disk for the database.
    ///
    /// # Errors
    /// When their file cannot be read.
    pub fn spooled_bytes(&self) -> std::io::Result<u64> {
        self.recorder.spooled_bytes()
    }

    /// The number of active runs in this process.
    #[must_use]
    pub fn running(&self) -> usize {
        self.lock().len()
    }

    /// Waits until all runs have ended.
    pub async fn drain(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    /// Stops all runs: SIGTERM, then SIGKILL.
    pub fn stop_all(&self) {
        let ids: Vec<RunId> = self.lock().keys().copied().collect();
        for id in ids {
            self.stop(id, StopReason::Shutdown);
        }
    }

    /// Stops the runs that another node may start again after it has declared this one dead.
    pub fn isolate(&self) {
        let again: Vec<RunId> = self
            .lock()
            .iter()
            .filter(|(_, run)| run.runs_again)
            .map(|(id, _)| *id)
            .collect();
        for id in again {
            self.stop(id, StopReason::Isolated);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<RunId, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn execute(
        self: Arc<Self>,
        job: Job,
        environment: Result<Environment, RunReason>,
        capture: RunLog,
        stopped: watch::Receiver<Option<StopReason>>,
    ) {
        let ending = self.work(&job, environment, &capture, stopped).await;
        crate::failpoints::point("exit.seen");
        let (state, mut reason) = ending.verdict();
        // The text comes from the task, which may contain a secret by accident.
        if let Some(RunReason::OutputLacks(text) | RunReason::OutputContains(text)) = &mut reason {
            *text = capture.masked(text);
        }
        let finished = self.output.finish(&capture).await;
        if finished.is_lost {
            // The result matters more than its output.
            reason.get_or_insert(RunReason::OutputNotKept);
        }
        let reason = reason.map(|reason| reason.code());
        self.finish(
            &job,
            state,
            reason,
            &ending,
            finished.stored,
            readable(&finished.shown).as_bytes(),
        );
        self.lock().remove(&job.run_id);
    }

    /// Runs the command of a job, or sends its request, and waits for the end.
    async fn work(
        &self,
        job: &Job,
        environment: Result<Environment, RunReason>,
        capture: &RunLog,
        stopped: watch::Receiver<Option<StopReason>>,
    ) -> ProcessExit {
        let soft = || self.warn_over_soft_limit(job);
        match environment {
            Ok(environment) if let Some(call) = &job.task.execution.http => {
                let work = (job, call);
                http::call(work, &environment, &self.outbound, capture, stopped, soft).await
            }
            Ok(environment) => {
                let work = (job, &self.containment, environment);
                process::run(work, &self.starting, capture, stopped, soft).await
            }
            Err(reason) => ProcessExit::not_started(reason),
        }
    }
}
