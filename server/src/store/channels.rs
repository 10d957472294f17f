//! Notification channels.

use std::collections::HashMap;

use app::channel::{Channel, ChannelKind};
use app::id::ChannelId;
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::delivery::channel_gone;
use super::entity::{channel, message, task};
use super::txn::transaction;
use super::{Store, StoreError};

/// A checked channel, its URL sealed.
#[derive(Clone, Debug)]
pub struct NewChannel {
    /// Unique name.
    pub name: String,
    /// What stands at the other end.
    pub kind: ChannelKind,
    /// The sealed URL and its masked form; `None` keeps the stored one.
    pub url: Option<(String, String)>,
}

impl Store {
    /// All channels by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channels(&self) -> Result<Vec<Channel>, StoreError> {
        let rows = channel::Entity::find()
            .order_by_asc(channel::Column::Name)
            .all(&self.reader)
            .await?;
        let mut channels = Vec::with_capacity(rows.len());
        for row in rows {
            channels.push(self.to_channel(row).await?);
        }
        Ok(channels)
    }

    /// One channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, StoreError> {
        match channel::Entity::find_by_id(id.0).one(&self.reader).await? {
            Some(row) => self.to_channel(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Channels that do not accept messages, those that began first, first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn failing_channels(&self, limit: u64) -> Result<Vec<Channel>, StoreError> {
        let rows = channel::Entity::find()
            .filter(channel::Column::FailingSince.is_not_null())
            .order_by_asc(channel::Column::FailingSince)
            .limit(limit)
            .all(&self.reader)
            .await?;
        let mut channels = Vec::with_capacity(rows.len());
        for row in rows {
            channels.push(self.to_channel(row).await?);
        }
        Ok(channels)
    }

    /// The kinds of these channels.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_kinds(
        &self,
        ids: impl IntoIterator<Item = ChannelId>,
    ) -> Result<HashMap<ChannelId, ChannelKind>, StoreError> {
        let rows: Vec<(i64, String)> = channel::Entity::find()
            .select_only()
            .columns([channel::Column::Id, channel::Column::Kind])
            .filter(channel::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
            .into_tuple()
            .all(&self.reader)
            .await?;
        rows.into_iter()
            .map(|(id, text)| Ok((ChannelId(id), kind(&text)?)))
            .collect()
    }

    /// Kind and sealed URL of a channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_target(
        &self,
        id: ChannelId,
    ) -> Result<Option<(ChannelKind, String)>, StoreError> {
        let Some(row) = channel::Entity::find_by_id(id.0).one(&self.reader).await? else {
            return Ok(None);
        };
        Ok(Some((kind(&row.kind)?, row.url_sealed)))
    }

    async fn to_channel(&self, row: channel::Model) -> Result<Channel, StoreError> {
        let messages = async |states: &[&str]| -> Result<i64, StoreError> {
            let count = message::Entity::find()
                .filter(message::Column::ChannelId.eq(row.id))
                .filter(message::Column::State.is_in(states.iter().copied()))
                .count(&self.reader)
                .await?;
            Ok(i64::try_from(count).unwrap_or(i64::MAX))
        };
        let tasks = task::Entity::find()
            .filter(task::Column::ChannelId.eq(row.id))
            .count(&self.reader)
            .await?;
        Ok(Channel {
            id: ChannelId(row.id),
            kind: kind(&row.kind)?,
            tasks: i64::try_from(tasks).unwrap_or(i64::MAX),
            pending: messages(&["pending", "waiting", "sending"]).await?,
            dead: messages(&["dead"]).await?,
            name: row.name,
            url_masked: row.url_masked,
            created_at: Stamp(row.created_at),
            last_answer: row.last_answer,
            failing_since: row.failing_since.map(Stamp),
            refuses: row.refuses,
        })
    }

    /// Adds a channel. A name that exists already is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the name.
    pub async fn insert_channel(
        &self,
        new: &NewChannel,
        now: DateTime<Utc>,
    ) -> Result<ChannelId, StoreError> {
        let (sealed, masked) = new.url.clone().unwrap_or_default();
        transaction!(self, |tx| {
            let inserted = channel::Entity::insert(channel::ActiveModel {
                name: Set(new.name.clone()),
                kind: Set(new.kind.as_str().to_owned()),
                url_sealed: Set(sealed.clone()),
                url_masked: Set(masked.clone()),
                created_at: Set(now),
                updated_at: Set(now),
                ..Default::default()
            })
            .exec(tx)
            .await?;
            Ok(ChannelId(inserted.last_insert_id))
        })
    }

    /// Replaces a channel; false when it is gone.
    ///
    /// # Errors
    /// When the database fails or refuses the name.
    pub async fn update_channel(
        &self,
        id: ChannelId,
        new: &NewChannel,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        use channel::Column as C;
        transaction!(self, |tx| {
            let mut update = channel::Entity::update_many()
                .col_expr(C::Name, Expr::value(new.name.as_str()))
                .col_expr(C::Kind, Expr::value(new.kind.as_str()))
                .col_expr(C::UpdatedAt, Expr::value(now));
            if let Some((sealed, masked)) = &new.url {
                // Whatever the old address answered says nothing about the new one.
                update = update
                    .col_expr(C::FailingSince, Expr::value(None::<DateTime<Utc>>))
                    .col_expr(C::Refuses, Expr::value(false))
                    .col_expr(C::UrlSealed, Expr::value(sealed.as_str()))
                    .col_expr(C::UrlMasked, Expr::value(masked.as_str()));
            }
            Ok(update.filter(C::Id.eq(id.0)).exec(tx).await?.rows_affected == 1)
        })
    }

    /// Removes a channel that no task sends to; false when one does, or it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_channel(
        &self,
        id: ChannelId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let used = task::Entity::find()
                .filter(task::Column::ChannelId.eq(id.0))
                .count(tx)
                .await?;
            if used > 0 {
                return Ok(false);
            }
            channel_gone(tx, id, now).await?;
            message::Entity::delete_many()
                .filter(message::Column::ChannelId.eq(id.0))
                .filter(message::Column::State.is_in([
                    "pending",
                    "waiting",
                    "sending",
                    "dead",
                    "withdrawn",
                ]))
                .exec(tx)
                .await?;
            Ok(channel::Entity::delete_by_id(id.0)
                .exec(tx)
                .await?
                .rows_affected
                == 1)
        })
    }
}

fn kind(text: &str) -> Result<ChannelKind, StoreError> {
    text.parse().map_err(|()| StoreError::UnknownValue {
        what: "channel kind",
        value: text.to_owned(),
    })
}
