//! Which robot a channel leads to, by a mark that channels to one robot have in common. What its vendor asks for, and the
//! slots of its pace, belong to the robot, not to the channel.

use app::id::ChannelId;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use super::super::entity::{channel, channel_slot};
use super::super::txn::transaction;
use super::super::{Store, StoreError, Tx};

impl Store {
    /// Notes the robot of a channel. Until when that robot is to be left alone holds for this channel as well.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_robot(&self, id: ChannelId, robot: i64) -> Result<(), StoreError> {
        use channel::Column as C;
        transaction!(self, |tx| {
            let before = robot_of(tx, id).await?;
            if before == Some(robot) {
                return Ok(());
            }
            let others: Option<(Option<DateTime<Utc>>, Option<DateTime<Utc>>)> =
                channel::Entity::find()
                    .select_only()
                    .column_as(C::BlockedUntil.max(), "blocked_until")
                    .column_as(C::LimitedSince.min(), "limited_since")
                    .filter(C::Pace.eq(robot))
                    .into_tuple()
                    .one(tx)
                    .await?;
            let mut noted = channel::Entity::update_many().col_expr(C::Pace, Expr::value(robot));
            if let Some((Some(until), since)) = others {
                noted = noted
                    .col_expr(C::BlockedUntil, Expr::value(until))
                    .col_expr(C::LimitedSince, Expr::value(since));
            }
            noted.filter(C::Id.eq(id.0)).exec(tx).await?;
            drop_slots(tx, id.0).await?;
            match before {
                Some(before) => drop_unused(tx, before).await,
                None => Ok(()),
            }
        })
    }
}

/// The robot of a channel, where it is known.
async fn robot_of(tx: &Tx, id: ChannelId) -> Result<Option<i64>, StoreError> {
    let found: Option<Option<i64>> = channel::Entity::find_by_id(id.0)
        .select_only()
        .column(channel::Column::Pace)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(found.flatten())
}

/// Removes the slots of a channel that is being deleted, unless its robot has another channel.
pub(super) async fn channel_gone(tx: &Tx, id: ChannelId) -> Result<(), StoreError> {
    drop_slots(tx, id.0).await?;
    let Some(robot) = robot_of(tx, id).await? else {
        return Ok(());
    };
    channel::Entity::update_many()
        .col_expr(channel::Column::Pace, Expr::value(None::<i64>))
        .filter(channel::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    drop_unused(tx, robot).await
}

/// Removes the slots of a robot that no channel leads to.
async fn drop_unused(tx: &Tx, robot: i64) -> Result<(), StoreError> {
    let channels = channel::Entity::find()
        .filter(channel::Column::Pace.eq(robot))
        .count(tx)
        .await?;
    match channels {
        0 => drop_slots(tx, robot).await,
        _ => Ok(()),
    }
}

async fn drop_slots(tx: &Tx, of: i64) -> Result<(), StoreError> {
    channel_slot::Entity::delete_many()
        .filter(channel_slot::Column::ChannelId.eq(of))
        .exec(tx)
        .await?;
    Ok(())
}
