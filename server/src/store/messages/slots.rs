//! The pace of a robot, one for all its channels and all servers, and also over a restart.
//!
//! A vendor that takes `n` messages a minute has `n` slots, each of them a row with the time of its
//! last use. A slot is used again only after [`MINUTE`], so whatever minute one looks at, no more
//! than `n` messages fall into it. The use of a slot is a compare-and-set in the transaction that
//! takes the message: servers that want the same slot come one after the other.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::super::entity::channel_slot;
use super::super::{StoreError, Tx};

/// The vendor's minute and ours do not start together, and the clocks of two servers may be half a
/// second apart from the database's: a second lies between.
const MINUTE: TimeDelta = TimeDelta::seconds(61);
/// The same for its second: half of one lies between, and who is refused all the same waits.
const SECOND: TimeDelta = TimeDelta::milliseconds(1_500);

/// How many messages a vendor takes for one robot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// In any minute.
    pub minute: u32,
    /// In any second; `None` where only the minute counts.
    pub second: Option<u32>,
}

impl From<u32> for Rate {
    /// So many in any minute.
    fn from(minute: u32) -> Self {
        Self {
            minute,
            second: None,
        }
    }
}

/// Uses a slot of a robot, or gives the time at which one is free. `robot` is what its channels have in common:
/// [`super::queue::ChannelPace::slots`].
pub(super) async fn take(
    tx: &Tx,
    robot: i64,
    rate: Rate,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    use channel_slot::Column as S;
    let limit = rate.minute;
    let slots = channel_slot::Entity::find()
        .filter(S::ChannelId.eq(robot))
        .filter(S::Slot.lt(limit))
        .order_by_asc(S::Slot)
        .limit(u64::from(limit))
        .all(tx)
        .await?;
    if let Some(until) = second_over(&slots, rate, now) {
        return Ok(Some(until));
    }
    let is_free = |slot: &&channel_slot::Model| {
        // One that was used in the future was used before the clock was set back.
        slot.used_at <= now - MINUTE || slot.used_at > now + MINUTE
    };
    if let Some(slot) = slots.iter().filter(is_free).min_by_key(|slot| slot.used_at) {
        let used = channel_slot::Entity::update_many()
            .col_expr(S::Turn, Expr::col(S::Turn).add(1))
            .col_expr(S::UsedAt, Expr::value(now))
            .filter(S::ChannelId.eq(robot))
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
            channel_id: Set(robot),
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

/// When the next message fits into a second, where the ones that have just left fill it.
fn second_over(
    slots: &[channel_slot::Model],
    rate: Rate,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let most = usize::try_from(rate.second?).unwrap_or(usize::MAX);
    let ends = slots.iter().map(|slot| slot.used_at + SECOND);
    let mut ends: Vec<DateTime<Utc>> = ends
        .filter(|end| *end > now && *end <= now + SECOND)
        .collect();
    ends.sort_unstable();
    // Of more than it takes, the oldest that have to leave the second before another fits.
    let over = (ends.len() + 1)
        .checked_sub(most)
        .filter(|over| *over > 0)?;
    ends.get(over - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_takes_no_more_than_its_share() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let slot = |millis: i64| channel_slot::Model {
            channel_id: 1,
            slot: 0,
            turn: 0,
            used_at: now - TimeDelta::milliseconds(millis),
        };
        let rate = Rate {
            minute: 100,
            second: Some(2),
        };
        let wait = |used: &[i64]| {
            let slots: Vec<_> = used.iter().map(|millis| slot(*millis)).collect();
            let until = second_over(&slots, rate, now);
            until.map(|until| (until - now).num_milliseconds())
        };
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[0]), None);
        assert_eq!(wait(&[0, 1_500, 60_000]), None);
        assert_eq!(wait(&[0, 1_400]), Some(100));
        assert_eq!(wait(&[500, 0]), Some(1_000));
        assert_eq!(wait(&[0, 1_000, 1_400]), Some(500));
        // Used in the future: the clock was set back.
        assert_eq!(wait(&[-5_000, -9_000]), None);
        let slots = [slot(0), slot(0), slot(0)];
        assert_eq!(second_over(&slots, Rate::from(20), now), None);
    }
}
