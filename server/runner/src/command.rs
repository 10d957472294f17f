//! One command from start to end.

mod child;
mod read;
mod spawn;
mod wait;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::containment::Containment;
use crate::environment::Environment;
use crate::order::{Order, Stream};
use crate::output::RunLog;
use crate::report::{Cause, Ending, StopReason, not_started};
use crate::stop::{Stopped, asked_to_stop, passed};
use crate::strays;
use crate::success::OutputRule;
use read::read;
use wait::{End, Exit, ProcessWatch};

/// How long the pipes are read after the command itself has ended. Its own output is there at once;
/// this is for processes that still pass output on, as `> >(tee …)` does. A background process that
/// keeps the pipes open must not keep the run open.
const DRAIN: Duration = Duration::from_millis(250);
/// How long to search for the processes of a run whose supervisor died.
const SEARCH: Duration = Duration::from_secs(5);

/// The longest grace period of a run that another node may start again, whatever its task says: other
/// nodes declare this one dead four seconds after its lease has expired.
const ISOLATED_GRACE: Duration = Duration::from_secs(2);

/// Runs the command of an order and waits for its end. `soft` is called once, when its soft limit passes.
pub(crate) async fn run(
    (order, containment, environment): (&Arc<Order>, &Arc<Containment>, Environment),
    starting: &Arc<Semaphore>,
    log: &RunLog,
    mut stopped: Stopped,
    soft: impl Fn() + Send,
) -> Ending {
    let rule = match OutputRule::new(&order.success) {
        Ok(rule) => rule,
        Err(error) => return Ending::not_started(not_started("setup", &error.to_string())),
    };
    let started = tokio::select! {
        biased;
        // A run that has not started is stopped by not starting it.
        reason = asked_to_stop(&mut stopped) => return Ending::stopped(reason),
        permit = Arc::clone(starting).acquire_owned() => {
            let (order, containment) = (Arc::clone(order), Arc::clone(containment));
            let span = tracing::Span::current();
            // Starting blocks for as long as exec takes; pages and pipes must not wait for it.
            tokio::task::spawn_blocking(move || {
                let started = span.in_scope(|| spawn::start(&order, &containment, environment));
                drop(permit);
                started
            })
        }
    };
    let started = match started.await {
        Ok(Ok(started)) => started,
        Ok(Err(reason)) => return Ending::not_started(reason),
        Err(error) => return Ending::not_started(not_started("setup", &error.to_string())),
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
    let (end, cause, gone) = attend(order, &mut watch, &mut stopped, soft).await;
    drain(over, readers).await;
    // Processes that cannot be killed stay in the journal: the next start of the server tries again.
    if gone {
        // The journal first: processes that are released must not be taken for orphans.
        settle(order, containment, &watch).await;
        watch.release().await;
    }
    match end {
        End::Exited(Exit { code, signal }) => Ending {
            exit_code: code,
            signal,
            cause,
            broken: rule.and_then(|rule| rule.broken()),
        },
        // It was stopped before the command began.
        End::Refused(..) if matches!(cause, Cause::Stopped(_)) => Ending {
            cause,
            ..Ending::default()
        },
        End::Refused(step, errno) => {
            Ending::not_started(spawn::refused(order, &started.whom, step, errno))
        }
        End::Unknown(why) => {
            tracing::error!(why, "how a command ended is unknown");
            Ending {
                cause,
                ..Ending::default()
            }
        }
    }
}

/// Waits for the end of a command, and stops it at its timeout or on request. The last value is true
/// when no process that should have ended is left.
async fn attend(
    order: &Order,
    watch: &mut ProcessWatch,
    stopped: &mut Stopped,
    soft: impl Fn() + Send,
) -> (End, Cause, bool) {
    let start = Instant::now();
    let hard = order.hard_limit_seconds;
    let mut soft_limit = order.soft_limit_seconds;
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
    let mut grace = Duration::from_secs(u64::try_from(order.grace_seconds).unwrap_or_default());
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
async fn settle(order: &Order, containment: &Arc<Containment>, watch: &ProcessWatch) {
    let (run, leaf, lost_supervisor) = (order.run, watch.leaf(), watch.lost_supervisor());
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
