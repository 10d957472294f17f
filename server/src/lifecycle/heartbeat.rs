//! Heartbeats: writes this node's, and reaps nodes whose lease has expired. By the database's clock. What other
//! nodes have changed in the rules about messages is seen here, too.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::Stop;
use crate::clock::{Clock, SharedClock};
use crate::executor::Executor;
use crate::facts::{Facts, SystemEvent};
use crate::loops::{Backoff, Periodic, Spec, TurnError, Turns};
use crate::scheduler::lease::{Lease, SKEW_STOPS_MS, SKEW_WARNS_MS};
use crate::scheduler::{DatabaseClock, HeartbeatEvidence, LOST_AFTER, reap_dead_nodes};
use crate::store::{NodeRow, Notice, Store, StoreError};

/// How often a process writes that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// Time for the database to take one: two such attempts end before this process stops trusting its lease
/// ([`TRUSTED_FOR`](crate::scheduler::lease::TRUSTED_FOR)).
const PATIENCE: Duration = Duration::from_secs(3);
/// Pause after a failed heartbeat, while the lease runs out.
const HURRY: Duration = Duration::from_secs(1);

/// The loop as it is registered. Its pauses depend on the lease, so it repeats itself.
pub(super) const LOOP: Spec = Spec {
    name: "heartbeat",
    every: Some(HEARTBEAT),
    woken: false,
    backoff: Backoff::new(HURRY, HURRY),
};

/// The only process of an embedded database notes this often that it is alive. No other process
/// judges it by that: it is what the list of nodes shows after a crash.
const ALONE: Duration = Duration::from_secs(60);

/// The heartbeat of the only process of an embedded database.
pub(super) struct LoneHeartbeat {
    pub(super) store: Store,
    pub(super) node_id: String,
    pub(super) clock: SharedClock,
}

#[async_trait]
impl Periodic for LoneHeartbeat {
    fn spec(&self) -> Spec {
        Spec {
            every: Some(ALONE),
            backoff: Backoff::new(ALONE, ALONE),
            ..LOOP
        }
    }

    async fn turn(&self) -> Result<(), TurnError> {
        Ok(self
            .store
            .note_alive(&self.node_id, self.clock.now())
            .await?)
    }
}

/// The heartbeat of a process.
pub(super) struct Heartbeat {
    pub(super) store: Store,
    pub(super) node: NodeRow,
    pub(super) clock: Arc<DatabaseClock>,
    pub(super) lease: Arc<Lease>,
    /// Weak: the recorder ends with the last handle, and the heartbeat continues until it has.
    pub(super) executor: Weak<Executor>,
}

impl Heartbeat {
    /// Writes heartbeats until `gone`; stops the process when it was declared dead.
    pub(super) async fn run(&self, stop: &Stop, gone: &CancellationToken, turns: &Turns) {
        // Since when all our heartbeats have been written: only a node that could have seen the others' heartbeats
        // all that time may declare them dead. During an outage of the database every node is silent, and none is
        // dead.
        let mut steady_since: Option<Instant> = None;
        let mut reported = ReportedSkew::default();
        while !gone.is_cancelled() {
            // Without a timeout, a connection whose peer vanished silently would be waited for in vain.
            let beat = async {
                tokio::time::timeout(self.at_most(PATIENCE), self.beat(steady_since))
                    .await
                    .unwrap_or(Err(StoreError::Silent))
            };
            let pause = match turns.turn(beat).await {
                Ok(true) => {
                    steady_since.get_or_insert_with(Instant::now);
                    if let Some(seconds) = reported.check(self.lease.skew_ms()) {
                        reported.announced = self.announce_skew(seconds).await;
                    }
                    HEARTBEAT
                }
                Ok(false) => {
                    // The others took us for dead and ended our runs: continuing would run tasks twice.
                    tracing::error!("this server was declared dead by another one; it stops");
                    stop.now();
                    return;
                }
                Err(error) => {
                    steady_since = None;
                    tracing::debug!(error = &error as &dyn std::error::Error, "no heartbeat");
                    self.at_most(HURRY)
                }
            };
            if !self.lease.is_heard(self.clock.ticks())
                && let Some(executor) = self.executor.upgrade()
            {
                executor.isolate();
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = gone.cancelled() => {}
            }
        }
    }

    /// Writes that this server's clock is off, and that it therefore starts nothing; false when that failed.
    async fn announce_skew(&self, seconds: i64) -> bool {
        let now = self.clock.now();
        let host = self.node.hostname.clone();
        let event = SystemEvent::ClockOff { host, seconds };
        let notice = Notice::of_system(Facts::System { at: now, event });
        let detail = format!("{seconds:+}");
        let written = self.store.note(
            "clock.off",
            None,
            &detail,
            now,
            std::slice::from_ref(&notice),
        );
        match tokio::time::timeout(self.at_most(PATIENCE), written).await {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "that the clock is off could not be announced; it is tried again"
            ),
            Err(_) => tracing::warn!(
                "that the clock is off could not be announced in time; it is tried again"
            ),
        }
        false
    }

    /// This time, but not beyond the moment at which runs must be ended: other nodes start them again soon after.
    fn at_most(&self, time: Duration) -> Duration {
        let left = self.lease.trusted_on(self.clock.ticks());
        left.map_or(time, |left| time.min(left))
    }

    async fn beat(&self, steady_since: Option<Instant>) -> Result<bool, StoreError> {
        let ticks = self.clock.ticks();
        let skew_ms = self.clock.compare(&self.store).await?;
        let now = self.clock.now();
        if !self.store.heartbeat(&self.node.id, now, skew_ms).await? {
            return Ok(false);
        }
        // Counted from the start of the attempt, as the other nodes count it.
        self.lease.heard(ticks, skew_ms);
        let long_enough = steady_since.is_some_and(|since| {
            chrono::TimeDelta::from_std(since.elapsed()).is_ok_and(|steady| steady > LOST_AFTER)
        });
        let silence = if long_enough {
            HeartbeatEvidence::Conclusive
        } else {
            HeartbeatEvidence::Inconclusive
        };
        let clock: SharedClock = self.clock.clone();
        reap_dead_nodes(&self.store, &clock, &self.node, silence).await?;
        self.store.watch_rules().await?;
        Ok(true)
    }
}

/// The part of the clock's skew that was reported already.
#[derive(Debug, Default)]
struct ReportedSkew {
    warned: bool,
    stopped: bool,
    /// Whether there was a message about it.
    announced: bool,
}

impl ReportedSkew {
    /// Logs what is new. The seconds that are to be announced, where this server starts nothing because of them.
    fn check(&mut self, skew_ms: i64) -> Option<i64> {
        let off = skew_ms.abs();
        let stops = off > SKEW_STOPS_MS;
        if stops && !self.stopped {
            tracing::error!(
                skew_ms,
                "this machine's clock is more than 30 s off the database's: this server starts nothing until it is corrected"
            );
        } else if !stops && self.stopped {
            tracing::info!(skew_ms, "this machine's clock is right again");
        }
        if off > SKEW_WARNS_MS && !self.warned {
            tracing::warn!(
                skew_ms,
                "this machine's clock is off the database's; set up time synchronisation"
            );
        }
        (self.warned, self.stopped) = (off > SKEW_WARNS_MS, stops);
        self.announced &= stops;
        (stops && !self.announced).then_some(skew_ms / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_announced_once_until_it_is_right_again() {
        let mut reported = ReportedSkew::default();
        assert_eq!(reported.check(SKEW_STOPS_MS), None, "it still starts runs");
        assert_eq!(reported.check(90_000), Some(90));
        // The database failed: it is still to be announced.
        assert_eq!(reported.check(91_000), Some(91));
        reported.announced = true;
        assert_eq!(reported.check(91_000), None);
        assert_eq!(reported.check(0), None);
        assert_eq!(reported.check(-40_000), Some(-40));
    }
}
