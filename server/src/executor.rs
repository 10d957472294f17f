//! Runs claimed occurrences: has the runner carry out their orders, and has every end recorded.

mod check;
mod ending;
mod vault;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use app::id::{RunId, TaskId};
use app::run::{RunReason, RunState};
use runner::output::Shown;
use runner::{Accepted, Containment, Ending, Isolation, Leftovers, RunAsError, Runner};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

pub use check::Checked;
pub(crate) use ending::retry_at;
pub use runner::StopReason;

use crate::auth::seal::Sealer;
use crate::clock::SharedClock;
use crate::dispatch;
use crate::events::Signals;
use crate::outbound::OutboundClient;
use crate::output::{OutputStore, RunLog};
use crate::recorder::{InFlight, Recorder};
use crate::run::Job;
use crate::store::{SealedSecret, StoredOutput};
use crate::telemetry::{Metrics, run_span};

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
    /// Opens the secrets of tasks.
    pub sealer: Sealer,
    /// Counts starts and ends.
    pub metrics: Arc<Metrics>,
}

/// Runs jobs and tracks them until they end.
pub struct Executor {
    clock: SharedClock,
    signals: Arc<Signals>,
    recorder: Recorder,
    output: OutputStore,
    runner: Runner,
    sealer: Sealer,
    in_flight: InFlight,
    commit_unknown: AtomicBool,
    metrics: Arc<Metrics>,
    /// The secrets that all output is masked for.
    learnt: Mutex<Vec<SealedSecret>>,
    tracker: TaskTracker,
}

impl Executor {
    /// An executor without runs.
    #[must_use]
    pub fn new(tools: Dependencies) -> Self {
        let client = Arc::new(tools.outbound);
        Self {
            in_flight: tools.recorder.in_flight(),
            commit_unknown: AtomicBool::new(false),
            learnt: Mutex::default(),
            clock: tools.clock,
            signals: tools.signals,
            recorder: tools.recorder,
            runner: Runner::new(tools.containment, client, tools.output.logs().clone()),
            output: tools.output,
            sealer: tools.sealer,
            metrics: tools.metrics,
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
                &Ending::default(),
                StoredOutput::default(),
                &Shown::default(),
            );
            return;
        }
        let order = match dispatch::order(&job, &self.sealer) {
            Ok(order) => order,
            Err(ending) => {
                let (stored, shown) = (StoredOutput::default(), Shown::default());
                self.conclude(&job, &ending, None, stored, &shown);
                return;
            }
        };
        let accepted = self.runner.accept(order);
        let this = Arc::clone(self);
        let span = run_span(job.task.id, job.run_id);
        let work = async move { this.execute(job, accepted).await };
        self.tracker.spawn(work.instrument(span));
    }

    /// Users that a task may run as, the default one first.
    #[must_use]
    pub fn run_as_users(&self) -> Vec<String> {
        self.runner.containment().identity().allowed_users()
    }

    /// How commands are isolated from the server and from each other.
    #[must_use]
    pub fn isolation(&self) -> &Isolation {
        self.runner.containment().isolation()
    }

    /// Whether a task's memory limit applies to each run as a whole. Otherwise it applies to each process,
    /// and a run of many processes may use many times as much.
    #[must_use]
    pub fn bounds_memory_of_runs(&self) -> bool {
        self.runner.containment().bounds_memory_of_runs()
    }

    /// The path of a shell, as a task names it, that does not exist on this machine or cannot be
    /// executed.
    #[must_use]
    pub fn missing_shell(&self, name: &str) -> Option<String> {
        runner::missing_shell(name)
    }

    /// Checks that a task may run as this user; empty means the default one. Blocks, because it may ask a
    /// directory server.
    ///
    /// # Errors
    /// When it may not, or when there is no such user.
    pub fn check_run_as(&self, name: &str) -> Result<(), RunAsError> {
        self.runner.containment().identity().check_run_as(name)
    }

    /// The home folder of a user of this machine, and whether tasks that name no user run as it.
    #[must_use]
    pub fn home_of(&self, name: &str) -> Option<(String, bool)> {
        self.runner.containment().identity().home_of(name)
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
        self.runner.stop(runner::RunId(id.0), reason)
    }

    /// Stops all runs of a task that are active in this process.
    pub fn stop_task(&self, task: TaskId, reason: &StopReason) {
        self.runner.stop_task(runner::TaskId(task.0), reason);
    }

    /// Whether a run of a task is active in this process.
    #[must_use]
    pub fn runs(&self, task: TaskId) -> bool {
        self.runner.runs(runner::TaskId(task.0))
    }

    /// The scratch folders of tasks.
    #[must_use]
    pub fn leftovers(&self) -> Leftovers {
        self.runner.leftovers()
    }

    /// The log of an active run.
    #[must_use]
    pub fn live_output(&self, id: RunId) -> Option<RunLog> {
        self.runner.log(runner::RunId(id.0)).map(RunLog::of)
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
        self.runner.running()
    }

    /// Waits until all runs have ended.
    pub async fn drain(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    /// Stops all runs: SIGTERM, then SIGKILL.
    pub fn stop_all(&self) {
        self.runner.stop_all();
    }

    /// Stops the runs that another node may start again after it has declared this one dead.
    pub fn isolate(&self) {
        self.runner.isolate();
    }

    async fn execute(self: Arc<Self>, job: Job, accepted: Accepted) {
        let log = RunLog::of(accepted.log().clone());
        let soft = || self.warn_over_soft_limit(&job);
        let ending = self.runner.carry_out(accepted, soft).await;
        crate::failpoints::point("exit.seen");
        let finished = self.output.finish(&log).await;
        // The result matters more than its output.
        let otherwise = finished.is_lost.then_some(RunReason::OutputNotKept);
        self.conclude(&job, &ending, otherwise, finished.stored, &finished.shown);
        self.runner.forget(runner::RunId(job.run_id.0));
    }

    /// Hands an end to the recorder, with this reason where it has none of its own.
    fn conclude(
        &self,
        job: &Job,
        ending: &Ending,
        otherwise: Option<RunReason>,
        output: StoredOutput,
        shown: &Shown,
    ) {
        let (state, reason) = dispatch::verdict(ending);
        let reason = reason.or(otherwise).map(|reason| reason.code());
        self.finish(job, state, reason, ending, output, shown);
    }
}
