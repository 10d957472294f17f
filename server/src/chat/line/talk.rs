//! An open connection: the subscription, heartbeats, what is pushed, and events, which are acted on beside it.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use app::channel::BotState;
use futures_util::StreamExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::super::lines::{Push, PushError};
use super::super::vendor::{Answered, Frame, FrameEvent, OutOfBand};
use super::actor::Actor;
use super::frames::{read, write};
use super::{End, Line};
use crate::auth::token::random_id;
use crate::outbound::Socket;

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

/// What a frame leads to at once.
enum FrameOutcome {
    Alive,
    Answer(Frame),
    Nothing,
}

/// Messages that wait for the vendor's answer, by the ID of their request.
type PendingReplies = HashMap<String, ReplySender>;

/// Who waits for the answer to a message.
type ReplySender = oneshot::Sender<Result<Answered, PushError>>;

/// What acts on an event, and gives the frame that answers it, if one does.
type Work = Pin<Box<dyn Future<Output = Option<Frame>> + Send>>;

/// Events that are being acted on, and those that wait.
struct Acting {
    running: usize,
    waiting: VecDeque<Work>,
    done: mpsc::Sender<Option<Frame>>,
}

impl Line {
    /// Subscribes, and serves the connection until it ends.
    pub(super) async fn talk(&self, mut socket: Socket, stop: &CancellationToken) -> End {
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
                FrameEvent::Subscribed => return Ok(()),
                FrameEvent::Refused(why) => return Err(End::Refused(why)),
                FrameEvent::Later(why) => return Err(End::Broken(why)),
                FrameEvent::Replaced => return Err(End::Replaced),
                _ => {}
            }
        }
    }

    async fn serve(&self, socket: &mut Socket, mut queue: mpsc::Receiver<Push>) -> End {
        let every = self.protocol.heartbeat_every();
        let mut heartbeat = interval_at(Instant::now() + every, every);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut missed = 0;
        let mut unanswered = PendingReplies::new();
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
                        Ok(FrameOutcome::Answer(frame)) => write(socket, frame).await,
                        Ok(FrameOutcome::Alive) => {
                            missed = 0;
                            continue;
                        }
                        Ok(FrameOutcome::Nothing) => continue,
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
                        let full = PushError::Unsent("too many wait for an answer".to_owned());
                        push.answer.send(Err(full)).ok();
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
        unanswered: &mut PendingReplies,
    ) -> Result<FrameOutcome, End> {
        match self.protocol.read(frame) {
            FrameEvent::Alive => return Ok(FrameOutcome::Alive),
            FrameEvent::Echo(frame) => return Ok(FrameOutcome::Answer(frame)),
            FrameEvent::Refused(why) => return Err(End::Refused(why)),
            FrameEvent::Later(why) => return Err(End::Broken(why)),
            FrameEvent::Replaced => return Err(End::Replaced),
            FrameEvent::Answered { request, words } => match unanswered.remove(&request) {
                Some(asker) => {
                    let answered = Answered {
                        status: 200,
                        words,
                        retry_after: None,
                    };
                    // Who asked may have given up waiting.
                    drop(asker.send(Ok(answered)));
                }
                None => tracing::debug!(channel.id = self.channel.0, words, "the vendor's answer"),
            },
            FrameEvent::Press(press, ticket) => {
                self.act(acting, Box::pin(self.actor().press(press, ticket)));
            }
            FrameEvent::Said(said, ticket) => {
                let receipt = self.protocol.receipt(&ticket);
                self.act(acting, Box::pin(self.actor().said(said, ticket)));
                return Ok(receipt.map_or(FrameOutcome::Nothing, FrameOutcome::Answer));
            }
            FrameEvent::Subscribed | FrameEvent::Nothing => {}
        }
        Ok(FrameOutcome::Nothing)
    }

    /// Sends a message beside the connection. What is under way continues when the connection ends.
    fn push_beside(&self, push: Push) {
        let (protocol, client) = (Arc::clone(&self.protocol), self.client.clone());
        self.tracker.spawn(async move {
            let sent = protocol.send(&client, OutOfBand::Push(push.body)).await;
            let answer = sent.map_err(|error| match error.is_final() {
                true => PushError::Refused(error.to_string()),
                false => PushError::Unsent(error.to_string()),
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
