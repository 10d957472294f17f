//! One bot's connection: connects, reconnects after a pause, keeps to its lease, and notes its state.

mod actor;
mod frames;
mod pace;
mod talk;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use app::channel::BotState;
use app::id::ChannelId;
use tokio::time::{Instant, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::pace::Pace;
use super::lines::Lines;
use super::port::ChatHandler;
use super::vendor::Protocol;
use crate::auth::token::chance;
use crate::clock::SharedClock;
use crate::events::Signals;
use crate::loops::Backoff;
use crate::outbound::{OutboundClient, SendError, Socket};
use crate::store::Store;

/// Bytes of a message; a longer one ends the connection.
const MESSAGE_MAX: usize = 256 * 1024;
/// How often the lease is looked at.
const LEASE_LOOK: Duration = Duration::from_millis(500);
/// A bot that was refused is tried again: a secret may be corrected at the vendor. A changed channel is tried at once.
const REFUSED_PAUSE: Duration = Duration::from_secs(600);
/// After another client took the connection over: trying at once would take it back, and so on.
const REPLACED_PAUSE: Duration = Duration::from_secs(60);
/// Pauses before other connections.
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(30));
/// A connection that was open this long starts the pauses anew.
const STEADY: Duration = Duration::from_secs(60);
/// Characters of the reason that are kept.
const WHY_MAX: usize = 300;

/// What a connection needs.
pub(super) struct Line {
    pub(super) channel: ChannelId,
    pub(super) protocol: Arc<dyn Protocol>,
    pub(super) client: OutboundClient,
    pub(super) store: Store,
    pub(super) clock: SharedClock,
    pub(super) signals: Arc<Signals>,
    pub(super) lines: Lines,
    pub(super) handler: Weak<dyn ChatHandler>,
    /// The lease as this process claimed it.
    pub(super) epoch: i64,
    pub(super) node_id: String,
    /// Milliseconds of the clock's ticks up to which the lease may be trusted.
    pub(super) trusted_until: Arc<AtomicU64>,
    /// What acts on events continues when the connection ends: a run that was claimed has to start.
    pub(super) tracker: TaskTracker,
    /// What was answered of late.
    pub(super) pace: Arc<Mutex<Pace>>,
}

/// Why a connection ended.
#[derive(Debug)]
enum End {
    /// The process stops, or the lease was given up.
    Stop,
    /// The vendor refuses the bot.
    Refused(String),
    /// Another client connected as the same bot.
    Replaced,
    /// Anything else.
    Broken(String),
}

impl Line {
    /// Keeps the connection until `stop`, or until the lease has expired.
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut failures = 0;
        self.lines.down(self.channel, "connecting".to_owned());
        loop {
            let began = Instant::now();
            let end = tokio::select! {
                end = self.connection(&stop) => end,
                () = self.lease_ends() => End::Stop,
                () = stop.cancelled() => End::Stop,
            };
            if began.elapsed() >= STEADY {
                failures = 0;
            }
            let pause = match end {
                End::Stop => break,
                End::Refused(why) => {
                    self.note(BotState::Refused, &why).await;
                    self.lines.refused(self.channel, why);
                    REFUSED_PAUSE.mul_f64(1.0 + chance() / 4.0)
                }
                End::Replaced => {
                    let why = "another client has connected as this bot".to_owned();
                    self.note(BotState::Replaced, &why).await;
                    self.lines.down(self.channel, why);
                    REPLACED_PAUSE.mul_f64(1.0 + chance() / 4.0)
                }
                End::Broken(why) => {
                    failures += 1;
                    self.note(BotState::Connecting, &why).await;
                    self.lines.down(self.channel, why);
                    BACKOFF.pause(failures, chance())
                }
            };
            // Messages that wait get their verdict now.
            self.signals.outbox.notify_one();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.lease_ends() => break,
                () = stop.cancelled() => break,
            }
        }
        self.lines.gone(self.channel);
        self.signals.publish(None, None);
        if self.is_trusted() {
            let released = self
                .store
                .chat_release(self.channel, self.epoch, &self.node_id);
            if let Err(error) = released.await {
                tracing::info!(
                    channel.id = self.channel.0,
                    error = &error as &dyn std::error::Error,
                    "the lease of a bot's connection was not released, and expires"
                );
            }
        }
    }

    fn is_trusted(&self) -> bool {
        let ticks = u64::try_from(self.clock.ticks().as_millis()).unwrap_or(u64::MAX);
        ticks < self.trusted_until.load(Ordering::SeqCst)
    }

    /// Completes when the lease may not be trusted any more.
    async fn lease_ends(&self) {
        let mut look = interval(LEASE_LOOK);
        while self.is_trusted() {
            look.tick().await;
        }
    }

    async fn note(&self, state: BotState, why: &str) {
        let why: String = why.chars().take(WHY_MAX).collect();
        tracing::info!(
            channel.id = self.channel.0,
            state = state.as_str(),
            why,
            "a bot's connection"
        );
        let now = self.clock.now();
        let noted = self
            .store
            .chat_note(self.channel, self.epoch, state, &why, now);
        if let Err(error) = noted.await {
            tracing::info!(
                channel.id = self.channel.0,
                error = &error as &dyn std::error::Error,
                "the state of a bot's connection was not noted"
            );
        }
        self.signals.publish(None, None);
    }

    async fn connection(&self, stop: &CancellationToken) -> End {
        match self.open().await {
            Ok(socket) => self.talk(socket, stop).await,
            // As they are stored: their words are chosen where they are read.
            Err(error) if error.is_final() => End::Refused(error.stored()),
            Err(error) => End::Broken(error.stored()),
        }
    }

    async fn open(&self) -> Result<Socket, SendError> {
        let url = self.protocol.address(&self.client).await?;
        self.client.web_socket(&url, MESSAGE_MAX).await
    }
}
