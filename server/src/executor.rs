//! Running what was claimed: `/bin/sh -c` in its own process group, both pipes drained, a hard
//! limit, and an end that is recorded whatever happens.

mod cgroup;
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

pub use containment::{Containment, ContainmentError};
pub(crate) use ending::retry_at;
use environment::Environment;
pub use identity::{Identity, IdentityError, Pool, RunAsError, TaskFolder, mark_of};
pub use isolation::{Hiding, Isolation, IsolationGap};
pub use leftovers::Leftovers;
use process::Ending;

use crate::clock::SharedClock;
use crate::events::Signals;
use crate::outbound::OutboundClient;
use crate::output::{OutputStore, RunLog, readable};
use crate::recorder::{InFlight, Recorder};
use crate::run::Job;
use crate::store::{SealedSecret, StoredOutput};
use crate::telemetry::{Metrics, run_span};

/// Processes being started at the same time. Starting is work for the CPU; what runs is not
/// limited by this.
const STARTING_AT_ONCE: usize = 8;

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

struct Running {
    stop: watch::Sender<Option<StopReason>>,
    /// Another node may run it again when this one is taken for dead.
    runs_again: bool,
    capture: RunLog,
    task: app::id::TaskId,
}

/// What an executor works with.
pub struct Tools {
    /// The clock.
    pub clock: SharedClock,
    /// Wake-up calls.
    pub signals: Arc<Signals>,
    /// Where results go.
    pub recorder: Recorder,
    /// Where output goes.
    pub output: OutputStore,
    /// What commands are started with.
    pub containment: Containment,
    /// The way out for tasks that send a request.
    pub outbound: OutboundClient,
    /// What starts and ends are counted in.
    pub metrics: Arc<Metrics>,
}

/// Runs jobs and keeps hold of them.
pub struct Executor {
    clock: SharedClock,
    signals: Arc<Signals>,
    recorder: Recorder,
    output: OutputStore,
    containment: Arc<Containment>,
    /// The way out for tasks that send a request.
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
    /// An executor that has nothing to do yet.
    #[must_use]
    pub fn new(tools: Tools) -> Self {
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

    /// What this executor counts in.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Starts a job. It is in the database already; its outcome will be, too.
    pub fn start(self: &Arc<Self>, job: Job) {
        self.in_flight.insert(job.run_id);
        self.signals.publish(Some(job.task.id), Some(job.run_id));
        self.metrics.run_started(job.trigger);
        if !job.task.mode.runs_command() {
            // Nothing to run: it is over when its channel has accepted the message.
            self.finish(
                &job,
                RunState::Sending,
                None,
                &Ending::default(),
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

    /// Users that a task may name to run as, the usual one first.
    #[must_use]
    pub fn run_as_users(&self) -> Vec<String> {
        self.containment.identity.allowed_users()
    }

    /// What keeps commands away from the server and from each other.
    #[must_use]
    pub fn isolation(&self) -> &Isolation {
        &self.containment.isolation
    }

    /// Whether a task's limit of memory holds for each of its runs as a whole. Else it holds for each
    /// process of a run, and a run of many processes may take many times as much.
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

    /// Whether a task may run as this user; empty is the usual one. May ask a directory server, so
    /// it blocks.
    ///
    /// # Errors
    /// When it may not, or when there is no such user.
    pub fn check_run_as(&self, name: &str) -> Result<(), RunAsError> {
        self.containment.identity.check_run_as(name)
    }

    /// Whether this process has started a run whose end is not written yet.
    #[must_use]
    pub fn holds(&self, id: RunId) -> bool {
        self.in_flight.contains(id)
    }

    /// All such runs.
    #[must_use]
    pub fn in_flight(&self) -> HashSet<RunId> {
        self.in_flight.all()
    }

    /// A claim failed in a way that leaves open whether the database has it.
    pub fn mark_commit_unknown(&self) {
        self.commit_unknown.store(true, Ordering::SeqCst);
        self.signals.tasks.notify_one();
    }

    /// Whether such a claim is to be looked into.
    #[must_use]
    pub fn has_unknown_commit(&self) -> bool {
        self.commit_unknown.load(Ordering::SeqCst)
    }

    /// All such claims were looked into.
    pub fn clear_unknown_commit(&self) {
        self.commit_unknown.store(false, Ordering::SeqCst);
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

    /// Asks all runs of a task that are under way here to end.
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

    /// Whether a run of a task is under way here.
    #[must_use]
    pub fn runs(&self, task: app::id::TaskId) -> bool {
        self.lock().values().any(|run| run.task == task)
    }

    /// The scratch folders of tasks.
    #[must_use]
    pub fn leftovers(&self) -> Leftovers {
        Leftovers(Arc::clone(&self.containment))
    }

    /// The log of a run under way.
    #[must_use]
    pub fn live_output(&self, id: RunId) -> Option<RunLog> {
        self.lock().get(&id).map(|run| run.capture.clone())
    }

    /// Bytes of results that wait on disk for the database.
    ///
    /// # Errors
    /// When their file cannot be seen.
    pub fn spooled_bytes(&self) -> std::io::Result<u64> {
        self.recorder.spooled_bytes()
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

    /// Ends what another node may run again because it takes this one for dead.
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
        let ending = match environment {
            Ok(environment) if let Some(call) = &job.task.execution.http => {
                let work = (&job, call);
                let soft = || self.warn_over_soft_limit(&job);
                http::call(work, &environment, &self.outbound, &capture, stopped, soft).await
            }
            Ok(environment) => {
                let work = (&job, &self.containment, environment);
                process::run(work, &self.starting, &capture, stopped, || {
                    self.warn_over_soft_limit(&job)
                })
                .await
            }
            Err(reason) => Ending::not_started(reason),
        };
        crate::failpoints::point("exit.seen");
        let (state, mut reason) = ending.verdict();
        // Its words are those of the task, which may name a secret by accident.
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
}
