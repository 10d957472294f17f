//! The kinds of channels.

use std::collections::HashMap;

use app::channel::{ChannelKind, TextFormat};
use app::id::ChannelId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::entity::channel;
use super::super::{Store, StoreError};
use super::row::{details, kind};

impl Store {
    /// The kinds of these channels, except those of other versions.
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
        let known = |(id, text): (i64, String)| Some((ChannelId(id), kind(&text).ok()?));
        Ok(rows.into_iter().filter_map(known).collect())
    }

    /// The kinds of these channels, and what their texts are sent as.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_formats(
        &self,
        ids: impl IntoIterator<Item = ChannelId>,
    ) -> Result<HashMap<ChannelId, (ChannelKind, TextFormat)>, StoreError> {
        use channel::Column as C;
        let rows: Vec<(i64, String, Option<String>)> = channel::Entity::find()
            .select_only()
            .columns([C::Id, C::Kind, C::Settings])
            .filter(C::Id.is_in(ids.into_iter().map(|id| id.0)))
            .into_tuple()
            .all(&self.reader)
            .await?;
        rows.into_iter()
            .map(|(id, text, settings)| {
                let format = details(settings.as_deref())?.format;
                Ok((ChannelId(id), (kind(&text)?, format)))
            })
            .collect()
    }
}
