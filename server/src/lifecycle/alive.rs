//! Saying that this process is alive, and noticing others that are not.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::Stop;
use crate::clock::SharedClock;
use crate::notifier::compose::Composer;
use crate::scheduler::{LOST_AFTER, Silence, bury_dead_nodes};
use crate::store::{NodeRow, Store, StoreError};

/// A process says that it is alive this often.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// The heartbeat of a process.
pub(super) struct Alive {
    pub(super) store: Store,
    pub(super) composer: Composer,
    pub(super) node: NodeRow,
    pub(super) clock: SharedClock,
}

impl Alive {
    /// Beats until `gone`; stops the process when it was declared dead.
    pub(super) async fn run(self, stop: Stop, gone: CancellationToken) {
        // Since when every heartbeat of ours has got through: only who could have heard the
        // others all that time may say that they are silent. After an outage of the database
        // everybody is, and nobody is dead.
        let mut steady_since: Option<Instant> = None;
        while !gone.is_cancelled() {
            match self.beat(steady_since).await {
                Ok(true) => {
                    steady_since.get_or_insert_with(Instant::now);
                }
                Ok(false) => {
                    // The others took us for dead and ended our runs: going on would run things twice.
                    tracing::error!("this server was declared dead by another one; it stops");
                    stop.now();
                    return;
                }
                Err(error) => {
                    steady_since = None;
                    tracing::debug!(error = &error as &dyn std::error::Error, "no heartbeat");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(HEARTBEAT) => {}
                () = gone.cancelled() => {}
            }
        }
    }

    async fn beat(&self, steady_since: Option<Instant>) -> Result<bool, StoreError> {
        if !self
            .store
            .heartbeat(&self.node.id, self.clock.now())
            .await?
        {
            return Ok(false);
        }
        let long_enough = steady_since.is_some_and(|since| {
            chrono::TimeDelta::from_std(since.elapsed()).is_ok_and(|steady| steady > LOST_AFTER)
        });
        let silence = if long_enough {
            Silence::Counts
        } else {
            Silence::SaysNothing
        };
        bury_dead_nodes(
            &self.store,
            &self.clock,
            &self.node,
            &self.composer,
            silence,
        )
        .await?;
        Ok(true)
    }
}
