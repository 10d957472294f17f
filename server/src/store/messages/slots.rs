//! The pace of a channel, one for all servers and also over a restart.
//!
//! A vendor that takes `n` messages a minute has `n` slots, each of them a row with the time of its
//! last use. A slot is used again only after [`MINUTE`], so whatever minute one looks at, no more
//! than `n` messages fall into it. The use of a slot is a compare-and-set in the transaction that
//! takes the message: servers that want the same slot come one after the other.

use app::id::ChannelId;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::super::entity::channel_slot;
use super::super::{StoreError, Tx};

/// The vendor's minute and ours do not start together, and the clocks of two servers may be half a
/// second apart from the database's: a second lies between.
const MINUTE: TimeDelta = TimeDelta::seconds(61);

/// Uses a slot of a channel, or gives the time at which one is free.
pub(super) async fn take(
    tx: &Tx,
    channel: ChannelId,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    use channel_slot::Column as S;
    let slots = channel_slot::Entity::find()
        .filter(S::ChannelId.eq(channel.0))
        .filter(S::Slot.lt(limit))
        .order_by_asc(S::Slot)
        .limit(u64::from(limit))
        .all(tx)
        .await?;
    let is_free = |slot: &&channel_slot::Model| {
        // One that was used in the future was used before the clock was set back.
        slot.used_at <= now - MINUTE || slot.used_at > now + MINUTE
    };
    if let Some(slot) = slots.iter().filter(is_free).min_by_key(|slot| slot.used_at) {
        let used = channel_slot::Entity::update_many()
            .col_expr(S::Turn, Expr::col(S::Turn).add(1))
            .col_expr(S::UsedAt, Expr::value(now))
            .filter(S::ChannelId.eq(channel.0))
            .filter(S::Slot.eq(slot.slot))
            .filter(S::Turn.eq(slot.turn))
            .exec(tx)
            .await?;
        return match used.rows_affected {
            1 => Ok(None),
            _ => Err(StoreError::Raced),
        };
    }
    if u64::try_from(slots.len()).is_ok_and(|count| count < u64::from(limit)) {
        // Slots are made in their order and never removed one by one, so their count is the next.
        let next = channel_slot::ActiveModel {
            channel_id: Set(channel.0),
            slot: Set(i32::try_from(slots.len()).unwrap_or(i32::MAX)),
            turn: Set(0),
            used_at: Set(now),
        };
        let made = channel_slot::Entity::insert(next)
            .exec_without_returning(tx)
            .await
            .map_err(StoreError::from);
        return match made {
            Ok(_) => Ok(None),
            // Another server has just made it.
            Err(error) if error.is_duplicate() => Err(StoreError::Raced),
            Err(error) => Err(error),
        };
    }
    let free_at = slots.iter().map(|slot| slot.used_at + MINUTE).min();
    Ok(Some(free_at.unwrap_or(now + MINUTE)))
}
