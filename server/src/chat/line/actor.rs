//! Acts on one event, once, beside the connection.

use std::sync::{Arc, Weak};

use app::id::ChannelId;

use super::super::port::{ChatHandler, IncomingText, Press};
use super::super::vendor::{Answered, Frame, OutOfBand, Protocol, Ticket};
use crate::auth::token::random_id;
use crate::clock::SharedClock;
use crate::outbound::OutboundClient;
use crate::store::{EVENT_MAX, Store};

/// Acts on one event.
pub(super) struct Actor {
    pub(super) channel: ChannelId,
    pub(super) store: Store,
    pub(super) clock: SharedClock,
    pub(super) handler: Weak<dyn ChatHandler>,
    pub(super) protocol: Arc<dyn Protocol>,
    pub(super) client: OutboundClient,
}

impl Actor {
    pub(super) async fn press(self, press: Press, ticket: Ticket) -> Option<Frame> {
        let first = self.first(&press.event, &press.person);
        match first.await {
            Some(handler) => Some(self.protocol.card(&ticket, &handler.press(press).await)),
            None => self.protocol.receipt(&ticket),
        }
    }

    pub(super) async fn said(self, said: IncomingText, ticket: Ticket) -> Option<Frame> {
        let first = self.first(&said.event, &said.person);
        let reply = first.await?.command(said).await;
        let frame = self.protocol.reply(&ticket, &random_id(8), &reply);
        if frame.is_none() {
            let sent = self
                .protocol
                .send(&self.client, OutOfBand::Reply(ticket, reply));
            match sent.await {
                Ok(Answered { status, words, .. }) => {
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
    async fn first(&self, event: &str, person: &str) -> Option<Arc<dyn ChatHandler>> {
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
        if !handler.is_known(self.channel, person).await {
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
