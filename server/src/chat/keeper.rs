//! Which server holds the connection of which bot: a lease for each bot in the database, moved by compare-and-set. The
//! holder renews it; when that one dies, another server takes it over within [`LEASE`] and one turn.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use app::channel::{BotState, ChannelKind};
use app::i18n::Lang;
use app::id::ChannelId;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::line::Line;
use super::lines::Lines;
use super::port::ChatHandler;
use super::vendor;
use crate::clock::SharedClock;
use crate::events::Signals;
use crate::loops::{Backoff, Periodic, Spec, TurnError};
use crate::outbound::{Egress, OutboundClient};
use crate::store::{ChannelTarget, ChatLease, Engine, Store, StoreError};

/// How long a lease lasts after it was renewed.
pub const LEASE: Duration = Duration::from_secs(10);
/// The holder trusts it for less: it ends its connection before another server can make one.
const TRUSTED: Duration = Duration::from_secs(8);
/// How often leases are renewed, and expired ones found.
const TURN: Duration = Duration::from_secs(2);
/// The database answers a turn within this time, or the turn has failed.
const PATIENCE: Duration = Duration::from_secs(3);
/// The only server on its database needs no lease; its connections end with it.
const ALONE: TimeDelta = TimeDelta::days(36_500);
/// Marks of events are deleted after this time; vendors repeat an event within minutes.
const EVENTS_KEPT: TimeDelta = TimeDelta::days(1);
/// Marks of used cards: a card that its vendor did not update can be pressed for as long as people find it.
const CARDS_KEPT: TimeDelta = TimeDelta::days(365);
/// How often they are deleted.
const SWEEP: Duration = Duration::from_secs(3600);

/// What a bot connects with.
#[derive(Clone)]
pub struct Account {
    /// The vendor.
    pub kind: ChannelKind,
    /// The vendor's address.
    pub url: String,
    /// The ID of the bot.
    pub bot: String,
    /// Its secret.
    pub secret: String,
    /// The way out.
    pub way: Egress,
    /// The language of its channel.
    pub lang: Option<Lang>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.bot)
    }
}

/// Opens what is stored of a bot's channel; an error says why it cannot be used.
pub type Opener = Arc<dyn Fn(ChannelId, &ChannelTarget) -> Result<Account, String> + Send + Sync>;

/// A connection that this process holds.
struct Held {
    epoch: i64,
    target: ChannelTarget,
    /// Milliseconds of the clock's ticks up to which the lease may be trusted.
    trusted_until: Arc<AtomicU64>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

/// The loop that takes, renews and gives up leases, and keeps the connections of those it holds.
pub struct BotConnectionManager {
    store: Store,
    clock: SharedClock,
    signals: Arc<Signals>,
    node_id: String,
    client: OutboundClient,
    lines: Lines,
    opener: Opener,
    handler: Weak<dyn ChatHandler>,
    /// Ends all connections.
    stop: CancellationToken,
    /// Waits for them.
    tracker: TaskTracker,
    held: Mutex<HashMap<ChannelId, Held>>,
    /// Ticks at which marks of events were deleted.
    swept_at: Mutex<Option<Duration>>,
}

/// What a keeper works with.
#[derive(Clone)]
pub struct Dependencies {
    /// The database.
    pub store: Store,
    /// The clock that all servers on the database agree on.
    pub clock: SharedClock,
    /// Wake-up calls.
    pub signals: Arc<Signals>,
    /// This process.
    pub node_id: String,
    /// The way out.
    pub client: OutboundClient,
    /// Where messages find the connections.
    pub lines: Lines,
    /// Opens what is stored of a bot's channel.
    pub opener: Opener,
    /// Acts on events. Weak: the use cases must not live on for it.
    pub handler: Weak<dyn ChatHandler>,
}

impl std::fmt::Debug for BotConnectionManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keeper")
    }
}

impl BotConnectionManager {
    /// A keeper that holds nothing yet. `stop` ends its connections, `tracker` waits for them.
    #[must_use]
    pub fn new(tools: Dependencies, stop: CancellationToken, tracker: TaskTracker) -> Self {
        let Dependencies {
            store,
            clock,
            signals,
            node_id,
            client,
            lines,
            opener,
            handler,
        } = tools;
        Self {
            store,
            clock,
            signals,
            node_id,
            client,
            lines,
            opener,
            handler,
            stop,
            tracker,
            held: Mutex::default(),
            swept_at: Mutex::default(),
        }
    }

    fn is_alone(&self) -> bool {
        self.store.engine() == Engine::Sqlite
    }

    fn lease_end(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let lease = TimeDelta::from_std(LEASE).unwrap_or(TimeDelta::MAX);
        now + if self.is_alone() { ALONE } else { lease }
    }

    /// Ticks up to which a lease that is written now may be trusted.
    fn trusted(&self, ticks: Duration) -> u64 {
        match self.is_alone() {
            true => u64::MAX,
            false => u64::try_from((ticks + TRUSTED).as_millis()).unwrap_or(u64::MAX),
        }
    }

    async fn look(&self) -> Result<(), StoreError> {
        // Before the questions: the answer is no younger than this.
        let ticks = self.clock.ticks();
        let now = self.clock.now();
        let leases = self.store.chat_leases().await?;
        let mut held = self.held.lock().await;
        let known: HashMap<ChannelId, &ChatLease> =
            leases.iter().map(|lease| (lease.channel, lease)).collect();
        let stale: Vec<ChannelId> = held
            .iter()
            .filter(|(channel, mine)| {
                mine.running.is_finished()
                    || known
                        .get(channel)
                        .is_none_or(|lease| !self.is_mine(lease, mine))
            })
            .map(|(channel, _)| *channel)
            .collect();
        for channel in stale {
            if let Some(old) = held.remove(&channel) {
                old.stop.cancel();
                if let Err(error) = old.running.await {
                    tracing::error!(channel.id = channel.0, %error, "a bot's connection crashed");
                    self.lines.gone(channel);
                }
            }
        }
        for lease in &leases {
            match held.get(&lease.channel) {
                Some(mine) => self.renew(lease, mine, (now, ticks)).await?,
                None => {
                    if let Some(new) = self.take(lease, (now, ticks)).await? {
                        held.insert(lease.channel, new);
                    }
                }
            }
        }
        drop(held);
        let mut swept = self.swept_at.lock().await;
        if swept.is_none_or(|at| ticks.saturating_sub(at) >= SWEEP) {
            let (events, cards) = (now - EVENTS_KEPT, now - CARDS_KEPT);
            self.store.chat_events_forget(events, cards).await?;
            *swept = Some(ticks);
        }
        Ok(())
    }

    fn is_mine(&self, lease: &ChatLease, mine: &Held) -> bool {
        lease.target == mine.target
            && lease.epoch == Some(mine.epoch)
            && lease.holder.as_deref() == Some(self.node_id.as_str())
    }

    async fn renew(
        &self,
        lease: &ChatLease,
        mine: &Held,
        (now, ticks): (DateTime<Utc>, Duration),
    ) -> Result<(), StoreError> {
        if self.is_alone() {
            return Ok(());
        }
        let until = self.lease_end(now);
        let renewed = self
            .store
            .chat_renew(lease.channel, mine.epoch, &self.node_id, until)
            .await?;
        if renewed {
            mine.trusted_until
                .store(self.trusted(ticks), Ordering::SeqCst);
        } else {
            mine.stop.cancel();
        }
        Ok(())
    }

    /// Takes a lease that is free or has expired, and starts the connection.
    async fn take(
        &self,
        lease: &ChatLease,
        (now, ticks): (DateTime<Utc>, Duration),
    ) -> Result<Option<Held>, StoreError> {
        let is_free = lease.holder.is_none()
            || lease.holder.as_deref() == Some(self.node_id.as_str())
            || lease.held_until.is_none_or(|until| until <= now)
            || self.is_alone();
        if !is_free {
            self.lines.gone(lease.channel);
            return Ok(None);
        }
        let until = self.lease_end(now);
        let claimed = self
            .store
            .chat_claim(lease, &self.node_id, until, now)
            .await?;
        let Some(epoch) = claimed else {
            return Ok(None);
        };
        let trusted_until = Arc::new(AtomicU64::new(self.trusted(ticks)));
        let stop = self.stop.child_token();
        let running = match self.line(lease, epoch, Arc::clone(&trusted_until)) {
            Ok(line) => self.tracker.spawn(line.run(stop.clone())),
            Err(why) => {
                let (channel, state) = (lease.channel, BotState::Refused);
                self.store
                    .chat_note(channel, epoch, state, &why, now)
                    .await?;
                self.lines.refused(channel, why);
                let stopped = stop.clone();
                self.tracker.spawn(async move { stopped.cancelled().await })
            }
        };
        tracing::info!(
            channel.id = lease.channel.0,
            epoch,
            "this server holds the connection of a bot"
        );
        Ok(Some(Held {
            epoch,
            target: lease.target.clone(),
            trusted_until,
            stop,
            running,
        }))
    }

    fn line(
        &self,
        lease: &ChatLease,
        epoch: i64,
        trusted_until: Arc<AtomicU64>,
    ) -> Result<Line, String> {
        let account = (self.opener)(lease.channel, &lease.target)?;
        let client = self
            .client
            .by(&account.way, "")
            .map_err(|error| error.to_string())?;
        let protocol = vendor::of(lease.channel, &account);
        Ok(Line {
            channel: lease.channel,
            protocol: protocol.ok_or_else(|| "this kind of channel is no bot".to_owned())?,
            client,
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            signals: Arc::clone(&self.signals),
            lines: self.lines.clone(),
            handler: Weak::clone(&self.handler),
            epoch,
            node_id: self.node_id.clone(),
            trusted_until,
            tracker: self.tracker.clone(),
            pace: Arc::default(),
        })
    }
}

#[async_trait]
impl Periodic for BotConnectionManager {
    fn spec(&self) -> Spec {
        Spec {
            name: "chat",
            every: Some(TURN),
            woken: false,
            backoff: Backoff::new(TURN, TURN),
        }
    }

    async fn turn(&self) -> Result<(), TurnError> {
        let looked = tokio::time::timeout(PATIENCE, self.look()).await;
        Ok(looked.unwrap_or(Err(StoreError::Silent))?)
    }
}
