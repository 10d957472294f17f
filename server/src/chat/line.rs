//! One bot's connection: connects, subscribes, sends heartbeats and messages, passes events on, and reconnects.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use app::channel::{BotState, ChannelKind};
use app::id::ChannelId;
use futures_util::{SinkExt, StreamExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::lines::{Lines, Push, PushError};
use super::port::{ChatHandler, Press, Said};
use super::vendor::{Answered, Beside, Frame, Heard, Protocol, Ticket};
use crate::auth::token::{chance, random_id};
use crate::clock::SharedClock;
use crate::events::Signals;
use crate::loops::Backoff;
use crate::outbound::{OutboundClient, SendError, Socket};
use crate::store::{EVENT_MAX, Store};

/// Bytes of a message; a longer one ends the connection.
const MESSAGE_MAX: usize = 256 * 1024;
/// Events that are acted on at once.
const AT_ONCE: usize = 8;
/// Events that wait for their turn. With so many nothing is read: the vendor has to wait.
const WAITING_MAX: usize = 256;
/// Messages that wait for the vendor's answer.
const UNANSWERED_MAX: usize = 64;
/// Heartbeats without an answer before the connection counts as dead, as in the vendors' clients.
const MISSED_MAX: u32 = 2;
/// So long a new connection waits for the vendor to take the bot.
const SUBSCRIBES_WITHIN: Duration = Duration::from_secs(10);
/// So long the network takes a frame.
const WRITES_WITHIN: Duration = Duration::from_secs(10);
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

/// What a frame leads to at once.
enum Took {
    Alive,
    Answer(Frame),
    Nothing,
}

/// Messages that wait for the vendor's answer, by the ID of their request.
type Unanswered = HashMap<String, Asker>;

/// Who waits for the answer to a message.
type Asker = oneshot::Sender<Result<Answered, PushError>>;

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

    /// Subscribes, and serves the connection until it ends.
    async fn talk(&self, mut socket: Socket, stop: &CancellationToken) -> End {
        if let Some(greeting) = self.protocol.greeting(&random_id(8)) {
            if let Err(end) = write(&mut socket, greeting).await {
                return end;
            }
            let subscribed = tokio::time::timeout(SUBSCRIBES_WITHIN, self.subscribed(&mut socket));
            let subscribed = subscribed.await.unwrap_or_else(|_| {
                let seconds = SUBSCRIBES_WITHIN.as_secs();
                Err(End::Broken(format!("no answer within {seconds} s")))
            });
            if let Err(end) = subscribed {
                return end;
            }
        }
        let queue = self.lines.up(self.channel);
        self.note(BotState::Connected, "").await;
        self.signals.outbox.notify_one();
        let end = tokio::select! {
            end = self.serve(&mut socket, queue) => end,
            () = stop.cancelled() => End::Stop,
        };
        self.lines.down(self.channel, "connecting".to_owned());
        // The vendor notices the end anyway.
        let closing = tokio::time::timeout(Duration::from_secs(1), socket.close(None));
        if !matches!(closing.await, Ok(Ok(()))) {
            tracing::debug!(
                channel.id = self.channel.0,
                "a connection ended without a close"
            );
        }
        end
    }

    async fn subscribed(&self, socket: &mut Socket) -> Result<(), End> {
        loop {
            let Some(frame) = read(socket.next().await)? else {
                continue;
            };
            match self.protocol.read(&frame) {
                Heard::Subscribed => return Ok(()),
                Heard::Refused(why) => return Err(End::Refused(why)),
                Heard::Later(why) => return Err(End::Broken(why)),
                Heard::Replaced => return Err(End::Replaced),
                _ => {}
            }
        }
    }

    async fn serve(&self, socket: &mut Socket, mut queue: mpsc::Receiver<Push>) -> End {
        let every = self.protocol.heartbeat_every();
        let mut heartbeat = interval_at(Instant::now() + every, every);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut missed = 0;
        let mut unanswered = Unanswered::new();
        let (done, mut acted) = mpsc::channel(AT_ONCE);
        let mut acting = Acting {
            running: 0,
            waiting: VecDeque::new(),
            done,
        };
        loop {
            let sent = tokio::select! {
                // Slow events do not keep answers to messages from being read.
                read_now = socket.next(), if acting.waiting.len() < WAITING_MAX => match read(read_now) {
                    Err(end) => return end,
                    Ok(None) => continue,
                    Ok(Some(frame)) => match self.hear(&frame, &mut acting, &mut unanswered) {
                        Err(end) => return end,
                        Ok(Took::Answer(frame)) => write(socket, frame).await,
                        Ok(Took::Alive) => {
                            missed = 0;
                            continue;
                        }
                        Ok(Took::Nothing) => continue,
                    },
                },
                Some(answer) = acted.recv() => {
                    acting.running -= 1;
                    if let Some(next) = acting.waiting.pop_front() {
                        self.act(&mut acting, next);
                    }
                    match answer {
                        Some(frame) => write(socket, frame).await,
                        None => continue,
                    }
                }
                Some(push) = queue.recv() => {
                    unanswered.retain(|_, asker| !asker.is_closed());
                    if unanswered.len() >= UNANSWERED_MAX {
                        // Who asked may have gone; then nothing is to be said.
                        push.answer.send(Err(PushError::Unanswered("too many wait for one"))).ok();
                        continue;
                    }
                    match self.protocol.push(&random_id(8), &push.body) {
                        Some((request, frame)) => {
                            unanswered.insert(request, push.answer);
                            write(socket, frame).await
                        }
                        None => {
                            self.push_beside(push);
                            continue;
                        }
                    }
                }
                _ = heartbeat.tick() => {
                    if missed >= MISSED_MAX {
                        return End::Broken(format!("no answer to {missed} heartbeats"));
                    }
                    missed += 1;
                    write(socket, self.protocol.heartbeat(&random_id(8))).await
                }
            };
            if let Err(end) = sent {
                return end;
            }
        }
    }

    /// Takes in a frame.
    fn hear(
        &self,
        frame: &Frame,
        acting: &mut Acting,
        unanswered: &mut Unanswered,
    ) -> Result<Took, End> {
        match self.protocol.read(frame) {
            Heard::Alive => return Ok(Took::Alive),
            Heard::Echo(frame) => return Ok(Took::Answer(frame)),
            Heard::Refused(why) => return Err(End::Refused(why)),
            Heard::Later(why) => return Err(End::Broken(why)),
            Heard::Replaced => return Err(End::Replaced),
            Heard::Answered { request, words } => match unanswered.remove(&request) {
                Some(asker) => {
                    let answered = Answered { status: 200, words };
                    // Who asked may have given up waiting.
                    drop(asker.send(Ok(answered)));
                }
                None => tracing::debug!(channel.id = self.channel.0, words, "the vendor's answer"),
            },
            Heard::Press(press, ticket) => {
                self.act(acting, Box::pin(self.actor().press(press, ticket)));
            }
            Heard::Said(said, ticket) => {
                let receipt = self.protocol.receipt(&ticket);
                self.act(acting, Box::pin(self.actor().said(said, ticket)));
                return Ok(receipt.map_or(Took::Nothing, Took::Answer));
            }
            Heard::Subscribed | Heard::Nothing => {}
        }
        Ok(Took::Nothing)
    }

    /// Sends a message beside the connection. What is under way continues when the connection ends.
    fn push_beside(&self, push: Push) {
        let (protocol, client) = (Arc::clone(&self.protocol), self.client.clone());
        self.tracker.spawn(async move {
            let sent = protocol.send(&client, Beside::Push(push.body)).await;
            let answer = sent.map_err(|error| match error.is_final() {
                true => PushError::Refused(error.stored()),
                false => PushError::Unsent(error.stored()),
            });
            // Who asked may have given up waiting.
            drop(push.answer.send(answer));
        });
    }

    /// Acts on an event beside the connection, or lets it wait for its turn.
    fn act(&self, acting: &mut Acting, work: Work) {
        if acting.running >= AT_ONCE {
            acting.waiting.push_back(work);
            return;
        }
        acting.running += 1;
        let answers = acting.done.clone();
        self.tracker.spawn(async move {
            // A connection that has ended takes no answer.
            answers.send(work.await).await.ok();
        });
    }

    fn actor(&self) -> Actor {
        Actor {
            channel: self.channel,
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            handler: Weak::clone(&self.handler),
            protocol: Arc::clone(&self.protocol),
            client: self.client.clone(),
        }
    }
}

/// What acts on an event, and gives the frame that answers it, if one does.
type Work = Pin<Box<dyn Future<Output = Option<Frame>> + Send>>;

/// Events that are being acted on, and those that wait.
struct Acting {
    running: usize,
    waiting: VecDeque<Work>,
    done: mpsc::Sender<Option<Frame>>,
}

/// Acts on one event.
struct Actor {
    channel: ChannelId,
    store: Store,
    clock: SharedClock,
    handler: Weak<dyn ChatHandler>,
    protocol: Arc<dyn Protocol>,
    client: OutboundClient,
}

impl Actor {
    async fn press(self, press: Press, ticket: Ticket) -> Option<Frame> {
        let first = self.first(&press.event, press.vendor, &press.person);
        match first.await {
            Some(handler) => Some(self.protocol.card(&ticket, &handler.press(press).await)),
            None => self.protocol.receipt(&ticket),
        }
    }

    async fn said(self, said: Said, ticket: Ticket) -> Option<Frame> {
        let first = self.first(&said.event, said.vendor, &said.person);
        let reply = first.await?.command(said).await;
        let frame = self.protocol.reply(&ticket, &random_id(8), &reply);
        if frame.is_none() {
            let sent = self
                .protocol
                .send(&self.client, Beside::Reply(ticket, reply));
            match sent.await {
                Ok(Answered { status, words }) => {
                    tracing::debug!(
                        channel.id = self.channel.0,
                        status,
                        words,
                        "the vendor's answer"
                    );
                }
                Err(error) => tracing::warn!(
                    channel.id = self.channel.0,
                    error = &error as &dyn std::error::Error,
                    "a text in a chat was not answered"
                ),
            }
        }
        frame
    }

    /// The handler, unless the event came before: vendors deliver again what was not answered in time.
    async fn first(
        &self,
        event: &str,
        vendor: ChannelKind,
        person: &str,
    ) -> Option<Arc<dyn ChatHandler>> {
        let handler = self.handler.upgrade()?;
        // A longer one would be marked by its beginning.
        if event.is_empty() || event.len() > EVENT_MAX {
            tracing::info!(
                channel.id = self.channel.0,
                bytes = event.len(),
                "an event without a usable ID is dropped"
            );
            return None;
        }
        // What is refused anyway writes nothing: anybody in a chat can write to its bot.
        if !handler.is_known(vendor, person).await {
            return Some(handler);
        }
        match self
            .store
            .chat_event_is_new(self.channel, event, self.clock.now())
            .await
        {
            Ok(true) => Some(handler),
            Ok(false) => {
                tracing::info!(channel.id = self.channel.0, event, "an event came again");
                None
            }
            // Without its mark it may have been acted on.
            Err(error) => {
                tracing::warn!(
                    channel.id = self.channel.0,
                    event,
                    error = &error as &dyn std::error::Error,
                    "an event is dropped"
                );
                None
            }
        }
    }
}

/// A frame that was read; `None` for one that no vendor sends.
fn read(
    frame: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
) -> Result<Option<Frame>, End> {
    match frame {
        None => Err(End::Broken("the vendor ended the connection".to_owned())),
        Some(Err(error)) => Err(End::Broken(error.to_string())),
        Some(Ok(Message::Text(text))) => Ok(Some(Frame::Text(text.as_str().to_owned()))),
        Some(Ok(Message::Binary(bytes))) => Ok(Some(Frame::Binary(bytes.to_vec()))),
        Some(Ok(Message::Pong(_))) => Ok(Some(Frame::Pong)),
        Some(Ok(Message::Close(frame))) => {
            let why = frame.map(|frame| format!("{}: {}", u16::from(frame.code), frame.reason));
            let why = why.unwrap_or_else(|| "without a reason".to_owned());
            Err(End::Broken(format!(
                "the vendor closed the connection, {why}"
            )))
        }
        Some(Ok(_)) => Ok(None),
    }
}

async fn write(socket: &mut Socket, frame: Frame) -> Result<(), End> {
    let message = match frame {
        Frame::Text(text) => Message::Text(text.into()),
        Frame::Binary(bytes) => Message::Binary(bytes.into()),
        Frame::Ping => Message::Ping(Bytes::new()),
        Frame::Pong => Message::Pong(Bytes::new()),
    };
    match tokio::time::timeout(WRITES_WITHIN, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(End::Broken(error.to_string())),
        Err(_) => Err(End::Broken("the vendor reads nothing".to_owned())),
    }
}
