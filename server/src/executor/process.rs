//! One command from start to end.

use std::sync::Arc;
use std::time::Duration;

use app::run::log::Stream;
use app::run::{RunReason, RunState};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::environment::not_started;
use super::read::read;
use super::success::OutputRule;
use super::wait::{End, Exit, ProcessWatch};
use super::{Containment, Environment, Job, StopReason, spawn, strays};
use crate::output::RunLog;

/// How long the pipes are read after the command itself has ended. Its own output is there at once;
/// this is for processes that still pass output on, as `> >(tee …)` does. A background process that
/// keeps the pipes open must not keep the run open.
const DRAIN: Duration = Duration::from_millis(250);
/// How long to search for the processes of a run whose supervisor died.
const SEARCH: Duration = Duration::from_secs(5);

/// The longest grace period of a run that another node may start again, whatever its task says: other
/// nodes declare this one dead four seconds after its lease has expired.
const ISOLATED_GRACE: Duration = Duration::from_secs(2);

/// How a command ended.
#[derive(Debug, Default)]
pub(super) struct ProcessExit {
    pub(super) exit_code: Option<i32>,
    pub(super) signal: Option<i32>,
    cause: Cause,
    /// Why the output of a run makes it a failure although the command succeeded.
    broken: Option<RunReason>,
}

#[derive(Debug, Default)]
enum Cause {
    #[default]
    ByItself,
    NotStarted(RunReason),
    TimedOut(i64),
    Stopped(StopReason),
    /// A request got the expected response.
    Answered,
    /// A request did not, for this reason.
    Http(String),
}

impl ProcessExit {
    /// Nothing was started.
    pub(super) fn not_started(reason: RunReason) -> Self {
        Self {
            cause: Cause::NotStarted(reason),
            ..Self::default()
        }
    }

    fn of(cause: Cause) -> Self {
        Self {
            cause,
            ..Self::default()
        }
    }

    /// A request got the expected response.
    pub(super) fn answered() -> Self {
        Self::of(Cause::Answered)
    }

    /// A request did not get the expected response; a code of [`RunReason::Http`].
    pub(super) fn http(fault: String) -> Self {
        Self::of(Cause::Http(fault))
    }

    /// A request took longer than its hard limit, in seconds.
    pub(super) fn timed_out(seconds: i64) -> Self {
        Self::of(Cause::TimedOut(seconds))
    }

    /// A request was dropped because a stop was requested.
    pub(super) fn stopped(reason: StopReason) -> Self {
        Self::of(Cause::Stopped(reason))
    }

    /// The same, with what is wrong with its output.
    pub(super) fn with_output(self, broken: Option<RunReason>) -> Self {
        Self { broken, ..self }
    }

    /// The final state, and the reason where the state alone does not explain it.
    pub(super) fn verdict(&self) -> (RunState, Option<RunReason>) {
        match &self.cause {
            Cause::NotStarted(reason) => (RunState::Failed, Some(reason.clone())),
            Cause::TimedOut(seconds) => (RunState::TimedOut, Some(RunReason::TimedOut(*seconds))),
            Cause::Stopped(StopReason::Person(who)) => {
                (RunState::Killed, Some(RunReason::Stopped(who.clone())))
            }
            Cause::Stopped(StopReason::Shutdown) => (RunState::Killed, Some(RunReason::Shutdown)),
            Cause::Stopped(StopReason::Replaced) => (RunState::Killed, Some(RunReason::Replaced)),
            Cause::Stopped(StopReason::Isolated) => (RunState::Lost, Some(RunReason::Isolated)),
            Cause::Answered => self.by_output(),
            Cause::Http(fault) => (RunState::Failed, Some(RunReason::Http(fault.clone()))),
            Cause::ByItself if self.exit_code == Some(0) => self.by_output(),
            Cause::ByItself => (RunState::Failed, None),
        }
    }

    /// The final state of a run whose command succeeded: its output may still make it a failure.
    fn by_output(&self) -> (RunState, Option<RunReason>) {
        match &self.broken {
            Some(reason) => (RunState::Failed, Some(reason.clone())),
            None => (RunState::Succeeded, None),
        }
    }
}

/// Runs a job's command and waits for its end. `soft` is called once, when its soft limit passes.
pub(super) async fn run(
    (job, containment, environment): (&Job, &Arc<Containment>, Environment),
    starting: &Arc<Semaphore>,
    log: &RunLog,
    mut stopped: watch::Receiver<Option<StopReason>>,
    soft: impl Fn() + Send,
) -> ProcessExit {
    let rule = match OutputRule::new(&job.task.execution.success_when) {
        Ok(rule) => rule,
        Err(error) => return ProcessExit::not_started(not_started("setup", &error.to_string())),
    };
    let started = tokio::select! {
        biased;
        // A run that has not started is stopped by not starting it.
        reason = asked_to_stop(&mut stopped) => return ProcessExit {
            cause: Cause::Stopped(reason),
            ..ProcessExit::default()
        },
        permit = Arc::clone(starting).acquire_owned() => {
            let (job, containment) = (job.clone(), Arc::clone(containment));
            let span = tracing::Span::current();
            // Starting blocks for as long as exec takes; pages and pipes must not wait for it.
            tokio::task::spawn_blocking(move || {
                let started = span.in_scope(|| spawn::start(&job, &containment, environment));
                drop(permit);
                started
            })
        }
    };
    let started = match started.await {
        Ok(Ok(started)) => started,
        Ok(Err(reason)) => return ProcessExit::not_started(reason),
        Err(error) => return ProcessExit::not_started(not_started("setup", &error.to_string())),
    };
    let over = CancellationToken::new();
    let pipes = [(Some(started.out), Stream::Out), (started.err, Stream::Err)];
    let readers = pipes
        .into_iter()
        .filter_map(|(pipe, stream)| Some((pipe?, stream)))
        .map(|(pipe, stream)| {
            let scan = rule.as_ref().map(OutputRule::scan);
            let reader = read(pipe, (stream, log.clone(), scan), over.clone());
            tokio::spawn(reader.in_current_span())
        })
        .collect();
    let mut watch = ProcessWatch::new(started.child, started.tree, started.socket);
    let (end, cause, gone) = attend(job, &mut watch, &mut stopped, soft).await;
    drain(over, readers).await;
    // Processes that cannot be killed stay in the journal: the next start of the server tries again.
    if gone {
        // The journal first: processes that are released must not be taken for orphans.
        settle(job, containment, &watch).await;
        watch.release().await;
    }
    match end {
        End::Exited(Exit { code, signal }) => ProcessExit {
            exit_code: code,
            signal,
            cause,
            broken: rule.and_then(|rule| rule.broken()),
        },
        // It was stopped before the command began.
        End::Refused(..) if matches!(cause, Cause::Stopped(_)) => ProcessExit {
            cause,
            ..ProcessExit::default()
        },
        End::Refused(step, errno) => {
            ProcessExit::not_started(spawn::refused(job, &started.whom, step, errno))
        }
        End::Unknown(why) => {
            tracing::error!(why, "how a command ended is unknown");
            ProcessExit {
                cause,
                ..ProcessExit::default()
            }
        }
    }
}

/// Waits for the end of a command, and stops it at its timeout or on request. The last value is true
/// when no process that should have ended is left.
async fn attend(
    job: &Job,
    watch: &mut ProcessWatch,
    stopped: &mut watch::Receiver<Option<StopReason>>,
    soft: impl Fn() + Send,
) -> (End, Cause, bool) {
    let start = Instant::now();
    let execution = &job.task.execution;
    let hard = job.task.timeout_seconds;
    let mut soft_limit = execution.soft_limit_seconds;
    let cause = loop {
        tokio::select! {
            biased;
            end = watch.ended() => return (end, Cause::ByItself, true),
            reason = asked_to_stop(stopped) => break Cause::Stopped(reason),
            () = passed(start, hard) => break Cause::TimedOut(hard.unwrap_or_default()),
            () = passed(start, soft_limit) => {
                soft_limit = None;
                soft();
            }
        }
    };
    let mut grace =
        Duration::from_secs(u64::try_from(execution.stop_grace_seconds.0).unwrap_or_default());
    if matches!(cause, Cause::Stopped(StopReason::Isolated)) {
        grace = grace.min(ISOLATED_GRACE);
    }
    let (end, gone) = watch.stop(grace).await;
    if !gone {
        tracing::error!("processes of a run cannot be ended; it is recorded as over");
    }
    (end, cause, gone)
}

/// Waits briefly for the readers; what comes later is discarded.
async fn drain(over: CancellationToken, readers: Vec<tokio::task::JoinHandle<()>>) {
    let ended = async {
        for reader in readers {
            if let Err(error) = reader.await {
                tracing::error!(%error, "a reader failed");
            }
        }
    };
    tokio::pin!(ended);
    if tokio::time::timeout(DRAIN, &mut ended).await.is_err() {
        over.cancel();
        ended.await;
    }
}

/// Records in the journal that the run is over, and removes its control group.
async fn settle(job: &Job, containment: &Arc<Containment>, watch: &ProcessWatch) {
    let (run, leaf, lost_supervisor) = (job.run_id, watch.leaf(), watch.lost_supervisor());
    let containment = Arc::clone(containment);
    let span = tracing::Span::current();
    let settled = tokio::task::spawn_blocking(move || {
        let _span = span.entered();
        if lost_supervisor {
            let until = std::time::Instant::now() + SEARCH;
            if let Err(error) = strays::end_run(&containment.identity.host_key, run, until) {
                tracing::error!(%error, "what is left of a run cannot be ended");
            }
        }
        containment.journal.ended(run);
        if let (Some(cgroups), Some(leaf)) = (&containment.cgroups, leaf) {
            cgroups.leave(leaf);
        }
    });
    if let Err(error) = settled.await {
        tracing::error!(%error, "the end of a run could not be noted");
    }
}

pub(super) async fn asked_to_stop(stopped: &mut watch::Receiver<Option<StopReason>>) -> StopReason {
    match stopped
        .wait_for(Option::is_some)
        .await
        .map(|reason| reason.clone())
    {
        Ok(Some(reason)) => reason,
        // No sender is left.
        _ => std::future::pending().await,
    }
}

/// Waits until this many seconds have passed; without a limit it never returns.
pub(super) async fn passed(start: Instant, seconds: Option<i64>) {
    match seconds.and_then(|seconds| u64::try_from(seconds).ok()) {
        Some(seconds) => tokio::time::sleep_until(start + Duration::from_secs(seconds)).await,
        None => std::future::pending().await,
    }
}
