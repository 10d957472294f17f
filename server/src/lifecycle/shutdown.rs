//! Stops in two steps: the first signal stops taking work, the second ends what runs.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Assembled, loops};
use crate::clock::SharedClock;
use crate::config::Config;
use crate::executor::Executor;
use crate::service::Service;

/// Time for the loops to end after the stop: a message that was sent waits for its answer.
const LOOPS_END: Duration = Duration::from_secs(15);
/// Time for the database to take the last results.
const RESULTS_END: Duration = Duration::from_secs(10);

/// Signals that the process has to stop. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    first: CancellationToken,
    second: CancellationToken,
}

impl Stop {
    /// Listens to TERM and INT.
    ///
    /// # Errors
    /// When the signal handlers cannot be installed.
    pub fn on_signals() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let stop = Self::default();
        let mut term = signal(SignalKind::terminate())?;
        let mut int = signal(SignalKind::interrupt())?;
        let notified = stop.clone();
        tokio::spawn(async move {
            for token in [&notified.first, &notified.second] {
                tokio::select! {
                    _ = term.recv() => {}
                    _ = int.recv() => {}
                }
                token.cancel();
            }
        });
        Ok(stop)
    }

    /// Ends at once.
    pub fn now(&self) {
        self.first.cancel();
        self.second.cancel();
    }

    /// Stops taking work.
    pub fn gently(&self) {
        self.first.cancel();
    }

    /// The first step, for loops.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.first.clone()
    }

    /// Waits for the first step.
    pub async fn first(&self) {
        self.first.cancelled().await;
    }

    /// Waits for the second step.
    pub async fn second(&self) {
        self.second.cancelled().await;
    }
}

/// Waits for running commands; ends them after the grace period or at a second signal.
pub(super) async fn drain(executor: Option<&Executor>, config: &Config, stop: &Stop) -> bool {
    let Some(executor) = executor else {
        return true;
    };
    let grace = Duration::from_secs(config.shutdown_grace);
    let in_time = tokio::select! {
        () = executor.drain() => true,
        () = tokio::time::sleep(grace) => false,
        () = stop.second() => false,
    };
    if !in_time {
        tracing::warn!(running = executor.running(), "stopping the remaining runs");
        executor.stop_all();
        executor.drain().await;
    }
    in_time
}

/// Lets the loops end and the last results be written.
pub(super) async fn end(
    parts: Assembled,
    service: Arc<Service>,
    loops: loops::Running,
    clock: &SharedClock,
    stop: &Stop,
) {
    let store = parts.components.store.clone();
    // The counts of this minute are in memory.
    if let Err(error) = service.write_refusals().await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "could not write how many attempts were refused in the last seconds"
        );
    }
    // The recorder ends when the last sender of results is dropped.
    drop(service);
    let Assembled {
        components,
        service,
        node,
        tracker,
    } = parts;
    drop((components, service));
    tracker.close();
    let written = tokio::time::timeout(RESULTS_END, tracker.wait())
        .await
        .is_ok();
    loops.gone.cancel();
    tokio::select! {
        () = loops.others.wait() => {}
        () = tokio::time::sleep(LOOPS_END) => tracing::warn!("a message still waits for its answer"),
        () = stop.second() => {}
    }
    if !written {
        // Not marked as stopped: the next process then sees runs without a live server.
        tracing::error!(
            "the database did not take the last results; their runs will be marked lost"
        );
        return;
    }
    let now = clock.now();
    let left = async {
        store.note_alive(&node.id, now).await?;
        store.stop_node(&node.id, now).await
    };
    if let Err(error) = left.await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "could not mark this server as stopped in the database"
        );
    }
    tracing::info!("stopped");
}
