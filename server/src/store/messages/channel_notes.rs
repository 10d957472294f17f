//! What is noted at a channel of what it says: that it accepts messages again, refuses them, or wants fewer.

use app::id::ChannelId;
use app::message::MessageState;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::code::Code;
use super::super::entity::{channel, message};
use super::super::{StoreError, Tx};

/// A channel that has asked for fewer messages for so long, and has accepted none, is shown as one that accepts none.
/// DingTalk's refusals last ten minutes and pass.
const SHOWN_AFTER: TimeDelta = TimeDelta::minutes(30);

/// The channel wants fewer messages: all servers leave it alone until then. The first time since it accepted something
/// is kept.
pub(super) async fn note_pace(
    tx: &Tx,
    channel_id: ChannelId,
    answer: &str,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use channel::Column as C;
    let since = Func::coalesce([Expr::col(C::LimitedSince), Expr::value(now)]);
    // First the channels of its robot in their order, as every server does it, then what the answer says about this one.
    let (robot, _) = robot_and_limit(tx, channel_id).await?;
    if let Some(robot) = robot {
        channel::Entity::update_many()
            .col_expr(C::BlockedUntil, Expr::value(until))
            .col_expr(C::LimitedSince, since.clone().into())
            .filter(C::Pace.eq(robot))
            .exec(tx)
            .await?;
    }
    let is_long = Expr::col(C::LimitedSince).lte(now - SHOWN_AFTER);
    let failing = Func::coalesce([Expr::col(C::FailingSince), Expr::col(C::LimitedSince)]);
    let failing = CaseStatement::new()
        .case(is_long, failing)
        .finally(Expr::col(C::FailingSince));
    channel::Entity::update_many()
        .col_expr(C::LastAnswer, Expr::value(answer))
        .col_expr(C::BlockedUntil, Expr::value(until))
        .col_expr(C::FailingSince, failing.into())
        .col_expr(C::LimitedSince, since.into())
        .filter(C::Id.eq(channel_id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// The channel accepted something: whatever was wrong is over.
pub(super) async fn note_accepted(
    tx: &Tx,
    channel_id: ChannelId,
    answer: &str,
) -> Result<(), StoreError> {
    use channel::Column as C;
    if let (Some(robot), Some(_)) = robot_and_limit(tx, channel_id).await? {
        channel::Entity::update_many()
            .col_expr(C::LimitedSince, Expr::value(None::<DateTime<Utc>>))
            .filter(C::Pace.eq(robot))
            .exec(tx)
            .await?;
    }
    channel::Entity::update_many()
        .col_expr(C::LastAnswer, Expr::value(answer))
        .col_expr(C::FailingSince, Expr::value(None::<DateTime<Utc>>))
        .col_expr(C::LimitedSince, Expr::value(None::<DateTime<Utc>>))
        .col_expr(C::Refuses, Expr::value(false))
        .filter(C::Id.eq(channel_id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// The channel was changed, or has accepted a test: what was not accepted before is due now, in the order in which it was
/// caused. Quiet hours hold back what was not tried yet, and that stays held back.
pub(in crate::store) async fn retry_now(
    tx: &Tx,
    channel_id: ChannelId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use message::Column as M;
    message::Entity::update_many()
        .col_expr(M::NextAttemptAt, Expr::col(M::CreatedAt))
        .filter(M::State.eq(Code(MessageState::Pending)))
        .filter(M::ChannelId.eq(channel_id.0))
        .filter(M::NextAttemptAt.gt(now))
        .filter(M::Attempts.gt(0))
        .exec(tx)
        .await?;
    Ok(())
}

/// The robot of a channel, where it is known, and since when that has asked for fewer messages.
async fn robot_and_limit(
    tx: &Tx,
    id: ChannelId,
) -> Result<(Option<i64>, Option<DateTime<Utc>>), StoreError> {
    use channel::Column as C;
    let found = channel::Entity::find_by_id(id.0)
        .select_only()
        .columns([C::Pace, C::LimitedSince])
        .into_tuple()
        .one(tx)
        .await?;
    Ok(found.unwrap_or_default())
}

/// The bot of a channel is connected: what it did not accept before says nothing any more.
pub(in crate::store) async fn connected(tx: &Tx, id: ChannelId) -> Result<(), StoreError> {
    use channel::Column as C;
    channel::Entity::update_many()
        .col_expr(C::FailingSince, Expr::value(None::<DateTime<Utc>>))
        .col_expr(C::Refuses, Expr::value(false))
        .filter(C::Id.eq(id.0))
        .filter(C::FailingSince.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// The vendor refuses the bot of a channel.
pub(in crate::store) async fn refused(
    tx: &Tx,
    id: ChannelId,
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    note_trouble(tx, id, why, true, now).await
}

/// The channel did not accept something; the first time since it did last is kept.
pub(super) async fn note_trouble(
    tx: &Tx,
    channel_id: ChannelId,
    answer: &str,
    refused: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use channel::Column as C;
    let since = Func::coalesce([Expr::col(C::FailingSince), Expr::value(now)]);
    channel::Entity::update_many()
        .col_expr(C::LastAnswer, Expr::value(answer))
        .col_expr(C::FailingSince, since.into())
        .col_expr(C::Refuses, Expr::value(refused))
        .filter(C::Id.eq(channel_id.0))
        .exec(tx)
        .await?;
    Ok(())
}
