//! Bots of chats: the lease of each connection, events that were acted on, and whose account a person acts as.

mod events;
mod leases;
mod people;

use app::id::ChannelId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::entity::{chat_connection, chat_event};
use super::{StoreError, Tx};

pub(super) use events::mark_press;
pub(crate) use events::{CARD_MARK, EVENT_MAX};
pub use leases::ChatLease;
pub use people::{ChatIdentity, chat_client};
pub(super) use people::{account_gone, bot_changed};

/// A channel is deleted.
pub(super) async fn channel_gone(tx: &Tx, id: ChannelId) -> Result<(), StoreError> {
    chat_connection::Entity::delete_by_id(id.0).exec(tx).await?;
    chat_event::Entity::delete_many()
        .filter(chat_event::Column::ChannelId.eq(id.0))
        .exec(tx)
        .await?;
    people::forget(tx, id).await
}
