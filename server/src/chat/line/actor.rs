//! Acts on one event, once, beside the connection.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use app::id::ChannelId;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Semaphore, mpsc};

use super::super::port::{CardState, ChatHandler, ChatNotice, IncomingText, Press, Reply};
use super::super::vendor::{Answered, Frame, OutOfBand, Protocol, Ticket};
use super::pace::{Admission, Pace};
use crate::auth::token::random_id;
use crate::clock::SharedClock;
use crate::outbound::{OutboundClient, SendError};
use crate::store::{EVENT_MAX, Store};

/// Acts on one event.
pub(super) struct Actor {
    pub(super) channel: ChannelId,
    pub(super) store: Store,
    pub(super) clock: SharedClock,
    /// When the event came.
    pub(super) came_at: DateTime<Utc>,
    pub(super) handler: Weak<dyn ChatHandler>,
    pub(super) protocol: Arc<dyn Protocol>,
    pub(super) client: OutboundClient,
    pub(super) pace: Arc<Mutex<Pace>>,
}

impl Actor {
    /// Acts on a press. Vendors want their answer soon: one that takes longer says so, and shows its outcome afterwards.
    pub(super) async fn press(
        self,
        (press, ticket): (Press, Ticket),
        turns: Arc<Semaphore>,
        early: mpsc::Sender<Frame>,
    ) -> Option<Frame> {
        let lang = press.lang;
        let acting = self.acted(press, &turns);
        tokio::pin!(acting);
        let limit = TimeDelta::from_std(self.protocol.answers_within()).unwrap_or_default();
        let card = tokio::select! {
            card = &mut acting => return match card {
                Some(card) => Some(self.protocol.card(&ticket, &card)),
                None => self.protocol.receipt(&ticket),
            },
            () = self.clock.sleep_until(self.came_at + limit) => {
                let notice = self.handler.upgrade()?.notice(ChatNotice::Processing, lang);
                // A connection that has ended takes no answer.
                early.send(self.protocol.processing(&ticket, &notice)).await.ok();
                acting.await?
            }
        };
        let frame = self.protocol.late_card(&ticket, &random_id(8), &card);
        if frame.is_none() {
            let sent = OutOfBand::Card(ticket, card);
            self.note(self.protocol.send(&self.client, sent).await, "a card");
        }
        frame
    }

    /// The card after a press; `None` for an event that was acted on before, or is dropped.
    async fn acted(&self, press: Press, turns: &Semaphore) -> Option<CardState> {
        // Never closed.
        let _turn = turns.acquire().await.ok()?;
        let handler = self.handler.upgrade()?;
        if !self.has_id(&press.event) {
            return None;
        }
        if !handler.is_known(self.channel, &press.person).await
            && !self
                .pace()
                .admit_stranger(&press.person, self.clock.ticks())
        {
            return None;
        }
        handler.press(press).await
    }

    pub(super) async fn said(self, said: IncomingText, ticket: Ticket) -> Option<Frame> {
        let reply = self.reply(said).await?;
        let frame = self.protocol.reply(&ticket, &random_id(8), &reply);
        if frame.is_none() {
            let sent = OutOfBand::Reply(ticket, reply);
            self.note(self.protocol.send(&self.client, sent).await, "a text");
        }
        frame
    }

    /// What is answered to a text, if anything is.
    async fn reply(&self, said: IncomingText) -> Option<Reply> {
        let handler = self.handler.upgrade()?;
        if !self.has_id(&said.event) {
            return None;
        }
        let ticks = self.clock.ticks();
        let admitted = self.pace().admit(&said.person, &said.chat, ticks);
        if admitted == Admission::Silent {
            return None;
        }
        let is_known = handler.is_known(self.channel, &said.person).await;
        if !is_known && !self.pace().admit_stranger(&said.person, ticks) {
            return None;
        }
        if admitted == Admission::TooMany {
            let text = handler.notice(ChatNotice::TooMany, said.lang).title;
            return self.has_room(&*handler).await.then_some(Reply { text });
        }
        // What is refused anyway writes nothing: anybody in a chat can write to its bot.
        if is_known && !self.is_first(&said.event).await {
            return None;
        }
        if !self.has_room(&*handler).await {
            return None;
        }
        Some(handler.command(said).await)
    }

    /// Whether the bot may send another message.
    async fn has_room(&self, handler: &dyn ChatHandler) -> bool {
        let has_room = handler.has_room(self.channel).await;
        if !has_room {
            tracing::info!(
                channel.id = self.channel.0,
                "a text is not answered: the bot has sent as much as its vendor takes"
            );
        }
        has_room
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, sent: Result<Answered, SendError>, what: &str) {
        match sent {
            Ok(Answered { status, words, .. }) => tracing::debug!(
                channel.id = self.channel.0,
                status,
                words,
                "the vendor's answer"
            ),
            Err(error) => tracing::warn!(
                channel.id = self.channel.0,
                error = &error as &dyn std::error::Error,
                what,
                "an answer in a chat was not sent"
            ),
        }
    }

    /// Whether an event has an ID to mark it by; a longer one would be marked by its beginning.
    fn has_id(&self, event: &str) -> bool {
        let has_id = !event.is_empty() && event.len() <= EVENT_MAX;
        if !has_id {
            tracing::info!(
                channel.id = self.channel.0,
                bytes = event.len(),
                "an event without a usable ID is dropped"
            );
        }
        has_id
    }

    /// Whether a text came for the first time: vendors deliver again what was not answered in time. It is marked before
    /// it is acted on, since a command that starts a task must not start it twice.
    async fn is_first(&self, event: &str) -> bool {
        let now = self.clock.now();
        match self.store.chat_event_is_new(self.channel, event, now).await {
            Ok(true) => true,
            Ok(false) => {
                tracing::info!(channel.id = self.channel.0, event, "an event came again");
                false
            }
            // Without its mark it may have been acted on.
            Err(error) => {
                tracing::warn!(
                    channel.id = self.channel.0,
                    event,
                    error = &error as &dyn std::error::Error,
                    "an event is dropped"
                );
                false
            }
        }
    }
}
