//! Sending the messages in the outbox, at least once.
//!
//! Per channel one message at a time, oldest first, never faster than the vendor allows: all servers, and all channels
//! to one robot, share one pace, and what is too much for it becomes a digest. A message is marked `sending` in the
//! database before it leaves, its words are made then, and it gets its answer afterwards; a failure
//! that may pass is retried with exponential backoff, then the message is a dead letter and stays
//! visible; a final failure makes it one at once.

mod deliver;
mod settle;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use app::id::ChannelId;
use app::message::{Event, MessageKind};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use crate::auth::link::LinkActs;
use crate::auth::seal::Sealer;
use crate::clock::SharedClock;
use crate::events::Signals;
use crate::loops::{Backoff, Spec, Turns};
use crate::store::{ChannelTarget, NO_TASK, OutboxItem, Store, StoreError, TakeResult};
use crate::telemetry::Metrics;

use super::pace::Pace;
use super::render::Renderer;
use super::robot;
use super::send::Sender;
use super::target::open_target;
use super::vendor;
use super::words::Briefs;

/// The outbox is read this often even without a signal, for what other nodes left.
const LOOK: TimeDelta = TimeDelta::seconds(5);
/// How long a bot's messages are left to the server that holds its connection, before this one looks again.
const ELSEWHERE: TimeDelta = TimeDelta::seconds(2);
/// Pause after a failure of the database.
const BACK_OFF: Duration = Duration::from_secs(1);

/// The loop as it is registered. A queue of messages wakes it and so does the end of each delivery,
/// so it goes round by itself.
pub const LOOP: Spec = Spec {
    name: "outbox",
    every: Some(Duration::from_secs(5)),
    woken: true,
    backoff: Backoff::new(BACK_OFF, Duration::from_secs(5)),
};

/// What the outbox works with.
#[derive(Clone)]
pub struct Outbox {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: SharedClock,
    /// This process.
    pub node_id: String,
    /// Wake-up calls.
    pub signals: Arc<Signals>,
    /// Opens the channels' URLs.
    pub sealer: Sealer,
    /// The way out.
    pub sender: Sender,
    /// Makes the words.
    pub renderer: Renderer,
    /// Makes briefs of failures.
    pub briefs: Arc<dyn Briefs>,
    /// When each channel may be used again.
    pub pace: Arc<Pace>,
    /// What deliveries are counted in.
    pub metrics: Arc<Metrics>,
    /// What links in reminders may do; `None` where there are no such links.
    pub link_acts: Option<LinkActs>,
}

/// Deliveries under way. They outlive a panic of the loop: a message that has left must get its
/// answer written.
#[derive(Debug, Default)]
pub struct Deliveries {
    busy: HashSet<ChannelId>,
    workers: JoinSet<ChannelId>,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outbox")
    }
}

/// Where a message goes after an attempt.
enum After {
    /// The channel may have more.
    More,
    /// Nothing is left, or the channel has to wait.
    Nothing,
}

impl Outbox {
    /// Sends until `stop`, and then until what has left got its answer.
    pub async fn run(
        &self,
        stop: &CancellationToken,
        turns: &Turns,
        deliveries: &Mutex<Deliveries>,
    ) {
        let mut deliveries = deliveries.lock().await;
        let Deliveries { busy, workers } = &mut *deliveries;
        while !stop.is_cancelled() {
            let wake_at = match turns.turn(self.look(busy, workers, stop)).await {
                Ok(wake_at) => wake_at,
                Err(error) => {
                    tracing::debug!(
                        error = &error as &dyn std::error::Error,
                        "the outbox is waiting for the database"
                    );
                    turns.back_off(stop).await;
                    continue;
                }
            };
            tokio::select! {
                () = self.clock.sleep_until(wake_at) => {}
                () = self.signals.outbox.notified() => {}
                Some(done) = workers.join_next(), if !workers.is_empty() => match done {
                    Ok(channel) => { busy.remove(&channel); }
                    Err(error) => {
                        // A crashed worker: all channels are looked at again.
                        tracing::error!(%error, "sending crashed");
                        turns.failed(&error);
                        busy.clear();
                    }
                },
                () = stop.cancelled() => {}
            }
        }
        // A message that has left must get its answer written.
        while workers.join_next().await.is_some() {}
    }

    /// Starts a worker for each channel that has something to send and none yet.
    async fn look(
        &self,
        busy: &mut HashSet<ChannelId>,
        workers: &mut JoinSet<ChannelId>,
        stop: &CancellationToken,
    ) -> Result<DateTime<Utc>, StoreError> {
        let now = self.clock.now();
        let outlook = self.store.outbox_look(now).await?;
        for channel in outlook.due {
            if self.pace.wait(channel, now).is_none() && busy.insert(channel) {
                let this = self.clone();
                let stop = stop.clone();
                workers.spawn(async move {
                    this.serve(channel, &stop).await;
                    channel
                });
            }
        }
        // What is due now has a worker, which wakes us when it ends, or waits for its channel.
        let soonest = outlook.next.into_iter().chain(self.pace.next(now)).min();
        Ok(soonest.unwrap_or(now + LOOK).min(now + LOOK))
    }

    /// Sends what a channel has, until it is empty or has to wait. Public for tests.
    pub async fn serve(&self, channel: ChannelId, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.send_one(channel, stop).await {
                Ok(After::More) => {}
                Ok(After::Nothing) => return,
                Err(error) => {
                    tracing::warn!(
                        channel.id = channel.0,
                        error = &error as &dyn std::error::Error,
                        "the outbox cannot be written"
                    );
                    // Ending at once would start the next worker at once.
                    tokio::time::sleep(BACK_OFF).await;
                    return;
                }
            }
        }
    }

    async fn send_one(
        &self,
        channel: ChannelId,
        stop: &CancellationToken,
    ) -> Result<After, StoreError> {
        let now = self.clock.now();
        let Some(target) = self.store.channel_target(channel).await? else {
            self.store.outbox_orphaned(channel, now).await?;
            return Ok(After::Nothing);
        };
        if self.pace.wait(channel, now).is_some() {
            return Ok(After::Nothing);
        }
        if target.kind.is_bot() && !self.sender.lines().holds(channel) {
            // The server that holds the connection sends it.
            self.pace.note(channel, now + ELSEWHERE, now);
            return Ok(After::Nothing);
        }
        let rate = vendor::rate(target.kind);
        let robot = self.robot_of(channel, &target).await?;
        let turn = robot.filter(|_| rate.is_some());
        let turn = turn.map(|robot| self.pace.turn(robot));
        let _turn = match &turn {
            Some(turn) => Some(tokio::select! {
                turn = turn.lock() => turn,
                () = stop.cancelled() => return Ok(After::Nothing),
            }),
            None => None,
        };
        // It may have taken a while.
        let now = self.clock.now();
        let mut item = match self
            .store
            .outbox_take(channel, rate, &self.node_id, now)
            .await?
        {
            TakeResult::Message(item) => *item,
            TakeResult::Wait(until) => {
                self.pace.note(channel, until, now);
                return Ok(After::Nothing);
            }
            TakeResult::Nothing => return Ok(After::Nothing),
        };
        // Another kind may have been chosen since its text was sent.
        if item.kind == MessageKind::Image && !target.kind.takes_pictures() {
            self.store.outbox_unsupported(&item).await?;
            return Ok(After::More);
        }
        let span = span_of(&item);
        let delivery = async {
            let answer = self.deliver(&mut item, &target).await;
            let result = self.settle(&item, target.kind, answer).await;
            self.metrics.message(target.kind, result);
        };
        delivery.instrument(span).await;
        let is_digest = item.event == Event::Digest;
        let task = Some(item.task_id).filter(|id| *id != NO_TASK);
        self.signals.publish(task, item.run_id);
        if item.run_id.is_some() || is_digest {
            // Runs may have ended with it, for which others wait.
            self.signals.runs_ended([]);
        }
        Ok(After::More)
    }
}

impl Outbox {
    /// The robot that a channel leads to, noted with the channel where it is another one than before: the address or the
    /// key of the server was changed. `None` where the settings cannot be opened; the message will say so.
    async fn robot_of(
        &self,
        channel: ChannelId,
        target: &ChannelTarget,
    ) -> Result<Option<i64>, StoreError> {
        let Ok(to) = open_target(&self.sealer, channel, target) else {
            return Ok(None);
        };
        let mark = self.sealer.robots().mark(&robot::identity(&to));
        if target.robot != Some(mark) {
            self.store.note_robot(channel, mark).await?;
        }
        Ok(Some(mark))
    }
}

/// The span of one delivery: lines about it carry the ids of message, channel, task and run.
fn span_of(item: &OutboxItem) -> Span {
    tracing::error_span!(
        "delivery",
        message.id = item.id.0,
        channel.id = item.channel_id.0,
        task.id = item.task_id.0,
        run.id = item.run_id.map(|run| run.0)
    )
}
