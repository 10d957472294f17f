//! Which channels stand in for others, and what else uses a channel besides tasks.

use std::collections::HashMap;

use app::id::ChannelId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::channel;
use super::summaries;
use super::txn::transaction;
use super::{Store, StoreError, Tx};

/// A channel and its fallback.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FallbackOf {
    /// The channel.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// The channel that gets a message when this one has given it up.
    pub fallback: Option<ChannelId>,
}

/// What uses a channel, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChannelUses {
    /// Summaries that go there.
    pub summaries: Vec<String>,
    /// Channels that it is the fallback of.
    pub fallback_of: Vec<String>,
}

/// What uses a channel, in a transaction that may delete it.
pub(super) async fn uses(tx: &Tx, id: ChannelId) -> Result<ChannelUses, StoreError> {
    use channel::Column as C;
    let fallback_of = channel::Entity::find()
        .select_only()
        .column(C::Name)
        .filter(C::FallbackId.eq(id.0))
        .filter(C::Id.ne(id.0))
        .order_by_asc(C::Name)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(ChannelUses {
        summaries: summaries::names_to(tx, id).await?,
        fallback_of,
    })
}

impl ChannelUses {
    /// Whether nothing does.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        self.summaries.is_empty() && self.fallback_of.is_empty()
    }
}

impl Store {
    /// All channels with their fallbacks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fallbacks(&self) -> Result<Vec<FallbackOf>, StoreError> {
        use channel::Column as C;
        let rows: Vec<(i64, String, Option<i64>)> = channel::Entity::find()
            .select_only()
            .columns([C::Id, C::Name, C::FallbackId])
            .into_tuple()
            .all(&self.reader)
            .await?;
        let one = |(id, name, fallback): (i64, String, Option<i64>)| FallbackOf {
            id: ChannelId(id),
            name,
            fallback: fallback.map(ChannelId),
        };
        Ok(rows.into_iter().map(one).collect())
    }

    /// What uses a channel, besides tasks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_uses(&self, id: ChannelId) -> Result<ChannelUses, StoreError> {
        transaction!(self, |tx| { uses(tx, id).await })
    }

    /// The names of these channels; those that are gone are not among them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_names(
        &self,
        ids: impl IntoIterator<Item = ChannelId>,
    ) -> Result<HashMap<ChannelId, String>, StoreError> {
        let rows: Vec<(i64, String)> = channel::Entity::find()
            .select_only()
            .columns([channel::Column::Id, channel::Column::Name])
            .filter(channel::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(rows
            .into_iter()
            .map(|(id, name)| (ChannelId(id), name))
            .collect())
    }
}
