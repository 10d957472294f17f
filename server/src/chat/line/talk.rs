//! An open connection: the subscription, heartbeats, what is pushed, and events, which are acted on beside it.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use app::channel::BotState;
use futures_util::StreamExt;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::super::lines::{Push, PushError};
use super::super::port::Press;
use super::super::vendor::{Answered, Frame, FrameEvent, OutOfBand, Ticket};
use super::actor::Actor;
use super::frames::{read, write};
use super::{End, Line};
use crate::auth::token::random_id;
use crate::outbound::Socket;

/// Texts that are acted on at once, and as many presses beside them: texts do not keep presses waiting.
const AT_ONCE: usize = 8;
/// Texts that wait for their turn. With so many nothing is read: the vendor has to wait.
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

/// What is done for events beside the connection.
enum Acted {
    /// An answer while the press is still being acted on.
    Early(Frame),
    /// A press was acted on.
    Press(Option<Frame>),
    /// A text was acted on.
    Text(Option<Frame>),
}

/// Events that are being acted on, and those that wait.
struct Acting {
    /// Texts that are acted on.
    running: usize,
    /// Texts that wait for their turn.
    waiting: VecDeque<Work>,
    /// Presses that are acted on or wait for their turn. Each has its limit of time from the moment it came.
    presses: usize,
    /// The turns of presses.
    turns: Arc<Semaphore>,
    done: mpsc::Sender<Acted>,
}

impl Acting {
    /// Whether another event is taken.
    fn has_room(&self) -> bool {
        self.waiting.len() + self.presses < WAITING_MAX
    }
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
            presses: 0,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            done,
        };
        loop {
            let sent = tokio::select! {
                // Slow events do not keep answers to messages from being read.
                read_now = socket.next(), if acting.has_room() => match read(read_now) {
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
                Some(done) = acted.recv() => {
                    let answer = match done {
                        Acted::Early(frame) => Some(frame),
                        Acted::Press(answer) => {
                            acting.presses -= 1;
                            answer
                        }
                        Acted::Text(answer) => {
                            acting.running -= 1;
                            if let Some(next) = acting.waiting.pop_front() {
                                self.act(&mut acting, next);
                            }
                            answer
                        }
                    };
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
                self.act_on_press(acting, press, ticket);
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

    /// Acts on a press beside the connection.
    fn act_on_press(&self, acting: &mut Acting, press: Press, ticket: Ticket) {
        acting.presses += 1;
        let (turns, done) = (Arc::clone(&acting.turns), acting.done.clone());
        let actor = self.actor();
        self.tracker.spawn(async move {
            let (early, mut answers) = mpsc::channel(1);
            let work = actor.press((press, ticket), turns, early);
            tokio::pin!(work);
            let answer = loop {
                tokio::select! {
                    answer = &mut work => break answer,
                    Some(frame) = answers.recv() => {
                        done.send(Acted::Early(frame)).await.ok();
                    }
                }
            };
            // A connection that has ended takes no answer.
            done.send(Acted::Press(answer)).await.ok();
        });
    }

    /// Acts on a text beside the connection, or lets it wait for its turn.
    fn act(&self, acting: &mut Acting, work: Work) {
        if acting.running >= AT_ONCE {
            acting.waiting.push_back(work);
            return;
        }
        acting.running += 1;
        let answers = acting.done.clone();
        self.tracker.spawn(async move {
            // A connection that has ended takes no answer.
            answers.send(Acted::Text(work.await)).await.ok();
        });
    }

    fn actor(&self) -> Actor {
        Actor {
            channel: self.channel,
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            came_at: self.clock.now(),
            pace: Arc::clone(&self.pace),
            handler: Weak::clone(&self.handler),
            protocol: Arc::clone(&self.protocol),
            client: self.client.clone(),
        }
    }
}
