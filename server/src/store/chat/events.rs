//! Events of chats that were acted on, and cards whose button was used.

use app::auth::ChatPress;
use app::id::ChannelId;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Set};

use super::super::entity::chat_event;
use super::super::txn::transaction;
use super::super::{Store, StoreError, Tx};

/// Bytes of an event's ID that are kept.
pub(crate) const EVENT_MAX: usize = 128;
/// What the mark of a card whose button was used begins with.
pub(crate) const CARD_MARK: &str = "card ";

/// Marks the event of a press, in the transaction of what the press causes.
///
/// # Errors
/// [`StoreError::EventAgain`] when it is marked: what was written is taken back.
pub(in super::super) async fn mark_press(
    tx: &Tx,
    press: &ChatPress,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    match insert(tx, press.channel, kept(&press.event), at).await {
        Err(error) if error.is_duplicate() => Err(StoreError::EventAgain),
        marked => marked,
    }
}

async fn insert(
    tx: &Tx,
    channel: ChannelId,
    event: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = chat_event::ActiveModel {
        channel_id: Set(channel.0),
        event: Set(event.to_owned()),
        seen_at: Set(at),
    };
    chat_event::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// As much of an event's ID as is kept.
fn kept(event: &str) -> &str {
    &event[..crate::text::floor(event, EVENT_MAX)]
}

impl Store {
    /// Whether an event comes for the first time; from then on it does not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_event_is_new(
        &self,
        channel: ChannelId,
        event: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let marked = self.mark_event(channel, kept(event), now).await;
        match marked {
            Err(error) if error.is_duplicate() => Ok(false),
            done => done.map(|()| true),
        }
    }

    /// Whether an event, or the use of a card, is marked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_event_is_known(
        &self,
        channel: ChannelId,
        event: &str,
    ) -> Result<bool, StoreError> {
        let found = chat_event::Entity::find_by_id((channel.0, kept(event).to_owned()));
        Ok(found.one(&self.reader).await?.is_some())
    }

    async fn mark_event(
        &self,
        channel: ChannelId,
        event: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| { insert(tx, channel, event, now).await })
    }

    /// Forgets one event: nothing came of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_event_forget(
        &self,
        channel: ChannelId,
        event: &str,
    ) -> Result<(), StoreError> {
        use chat_event::Column as E;
        let event = kept(event);
        transaction!(self, |tx| {
            chat_event::Entity::delete_many()
                .filter(E::ChannelId.eq(channel.0))
                .filter(E::Event.eq(event))
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// Forgets events from before an instant, and used cards from before another one: a card stays in its chat, with
    /// its buttons where the update of it was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_events_forget(
        &self,
        events: DateTime<Utc>,
        cards: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        use chat_event::Column as E;
        transaction!(self, |tx| {
            chat_event::Entity::delete_many()
                .filter(E::SeenAt.lt(events))
                .filter(
                    Condition::any()
                        .add(E::SeenAt.lt(cards))
                        .add(E::Event.not_like(format!("{CARD_MARK}%"))),
                )
                .exec(tx)
                .await?;
            Ok(())
        })
    }
}
