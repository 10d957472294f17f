//! Templates of channels' messages.

use app::channel::{ALL_EVENTS, Template};
use app::id::ChannelId;
use app::message::Event;
use app::time::Stamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::entity::{channel, message_template};
use super::txn::transaction;
use super::{Act, Store, StoreError, Tx};

/// Templates that are read of a channel: one for each event, and one for the others.
const TEMPLATES_MAX: u64 = 100;

impl From<message_template::Model> for Template {
    fn from(row: message_template::Model) -> Self {
        let event = match row.event.as_str() {
            "" => ALL_EVENTS.to_owned(),
            _ => row.event,
        };
        Self {
            channel_id: ChannelId(row.channel_id),
            event,
            body: row.body,
            updated_at: Stamp(row.updated_at),
        }
    }
}

/// What stands for an event in the table: its code, or nothing for all.
fn stored(event: Option<Event>) -> &'static str {
    event.map_or("", Event::as_str)
}

impl Store {
    /// The templates of a channel, that for all events first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn templates(&self, channel: ChannelId) -> Result<Vec<Template>, StoreError> {
        let rows = message_template::Entity::find()
            .filter(message_template::Column::ChannelId.eq(channel.0))
            .order_by_asc(message_template::Column::Event)
            .limit(TEMPLATES_MAX)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Template::from).collect())
    }

    /// The template of a channel for an event, or for all events (`None`).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn template(
        &self,
        channel: ChannelId,
        event: Option<Event>,
    ) -> Result<Option<Template>, StoreError> {
        let row = message_template::Entity::find()
            .filter(message_template::Column::ChannelId.eq(channel.0))
            .filter(message_template::Column::Event.eq(stored(event)))
            .one(&self.reader)
            .await?;
        Ok(row.map(Template::from))
    }

    /// The template that a message of an event is made by: its own, or that for all events, which is not for digests.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn template_for(
        &self,
        channel: ChannelId,
        event: Event,
    ) -> Result<Option<String>, StoreError> {
        let mut wanted = vec![event.as_str()];
        if Template::is_shared(event) {
            wanted.push("");
        }
        let row = message_template::Entity::find()
            .filter(message_template::Column::ChannelId.eq(channel.0))
            .filter(message_template::Column::Event.is_in(wanted))
            // Codes sort behind the empty one.
            .order_by_desc(message_template::Column::Event)
            .limit(1)
            .one(&self.reader)
            .await?;
        Ok(row.map(|row| row.body))
    }

    /// Adds a template, or replaces it; false when the channel does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_template(
        &self,
        act: &Act,
        channel: ChannelId,
        event: Option<Event>,
        body: &str,
    ) -> Result<bool, StoreError> {
        use message_template::Column as T;
        transaction!(self, |tx| {
            if channel::Entity::find_by_id(channel.0)
                .one(tx)
                .await?
                .is_none()
            {
                return Ok(false);
            }
            let row = message_template::ActiveModel {
                channel_id: Set(channel.0),
                event: Set(stored(event).to_owned()),
                body: Set(body.to_owned()),
                updated_at: Set(act.at()),
                ..Default::default()
            };
            let conflict = sea_orm::sea_query::OnConflict::columns([T::ChannelId, T::Event])
                .update_columns([T::Body, T::UpdatedAt])
                .to_owned();
            message_template::Entity::insert(row)
                .on_conflict(conflict)
                .exec_without_returning(tx)
                .await?;
            act.record(tx, Some(channel.0)).await?;
            Ok(true)
        })
    }

    /// Removes a template; false when it does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_template(
        &self,
        act: &Act,
        channel: ChannelId,
        event: Option<Event>,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            if !delete(tx, channel, event).await? {
                return Ok(false);
            }
            act.record(tx, Some(channel.0)).await?;
            Ok(true)
        })
    }
}

async fn delete(tx: &Tx, channel: ChannelId, event: Option<Event>) -> Result<bool, StoreError> {
    let deleted = message_template::Entity::delete_many()
        .filter(message_template::Column::ChannelId.eq(channel.0))
        .filter(message_template::Column::Event.eq(stored(event)))
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected > 0)
}

/// Removes all templates of a channel that is deleted.
pub(super) async fn channel_gone(tx: &Tx, channel: ChannelId) -> Result<(), StoreError> {
    message_template::Entity::delete_many()
        .filter(message_template::Column::ChannelId.eq(channel.0))
        .exec(tx)
        .await?;
    Ok(())
}
