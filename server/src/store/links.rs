//! Uses of signed links: what was done with a link cannot be done with it again.

use app::auth::LinkPress;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::entity::link_use;
use super::{Store, StoreError, Tx};

/// Notes that a link is used for an act, in the transaction of that act. Uses of expired links are removed.
///
/// The unique key of link and act decides between two presses at the same time.
pub(super) async fn use_up(
    tx: &Tx,
    press: &LinkPress,
    who: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    link_use::Entity::delete_many()
        .filter(link_use::Column::ExpiresAt.lt(at))
        .exec(tx)
        .await?;
    let row = link_use::ActiveModel {
        link: Set(press.link.clone()),
        act: Set(press.act.to_owned()),
        ticket_id: Set(press.ticket.0),
        who: Set(who.to_owned()),
        used_at: Set(at),
        expires_at: Set(press.expires.0),
        ..Default::default()
    };
    let inserted = link_use::Entity::insert(row)
        .exec_without_returning(tx)
        .await;
    match inserted.map_err(StoreError::from) {
        Err(error) if error.is_duplicate() => Err(StoreError::LinkUsed),
        other => other.map(drop),
    }
}

impl Store {
    /// When a link was used for an act; `None` when it was not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link_used(&self, press: &LinkPress) -> Result<Option<DateTime<Utc>>, StoreError> {
        let used = link_use::Entity::find()
            .filter(link_use::Column::Link.eq(&press.link))
            .filter(link_use::Column::Act.eq(press.act))
            .one(&self.reader)
            .await?;
        Ok(used.map(|row| row.used_at))
    }
}
