//! What becomes of the messages of a channel that keeps asking for fewer of them.
//!
//! A message that meets "too many" keeps its place and no attempt is counted, so attempts do not end it. Time does: once
//! its channel has asked for [`LIMITED_MAX`] and accepted nothing meanwhile, what has been due for as long is given up.
//! What waits for our own pace meets no such answer.

use app::id::ChannelId;
use app::message::{NoAnswer, NoAnswerReason};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{EntityTrait, QuerySelect};

use super::super::entity::channel;
use super::super::ledger::lock_cluster;
use super::super::txn::transaction;
use super::super::{Store, StoreError, Tx};
use super::channel_notes::note_trouble;
use super::settle::give_up;
use super::{OutboxItem, queue};

/// How long a channel may ask for fewer messages and accept none. Messages of a channel that fails in another way are
/// tried for about as long.
const LIMITED_MAX: TimeDelta = TimeDelta::hours(3);
/// Messages that are given up in one transaction.
const AT_ONCE: u64 = 50;

impl Store {
    /// Gives up messages of a channel that has asked for fewer for too long, with its last words; its fallback gets
    /// them. Returns how many; there may be more of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_give_up_limited(
        &self,
        channel_id: ChannelId,
        words: &str,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let before = now - LIMITED_MAX;
        transaction!(self, |tx| {
            if limited_since(tx, channel_id)
                .await?
                .is_none_or(|since| since > before)
            {
                return Ok(0);
            }
            // A run that ends may pause its task, which takes this lock: before any other.
            lock_cluster(tx).await?;
            let overdue = queue::due(channel_id, before).limit(AT_ONCE);
            let overdue = overdue.all(tx).await?;
            let count = overdue.len();
            let answer = NoAnswer::of(NoAnswerReason::Limited, words).code();
            for row in overdue {
                if queue::is_withdrawn(tx, &row, now).await? {
                    continue;
                }
                let attempts = row.attempts;
                let item = OutboxItem {
                    attempts,
                    ..queue::item(row)?
                };
                give_up(tx, &item, &answer, now).await?;
            }
            if count > 0 {
                note_trouble(tx, channel_id, &answer, false, now).await?;
            }
            Ok(count)
        })
    }
}

/// Since when a channel has asked for fewer messages; `None` where it has accepted one since it last did.
async fn limited_since(tx: &Tx, id: ChannelId) -> Result<Option<DateTime<Utc>>, StoreError> {
    let found: Option<Option<DateTime<Utc>>> = channel::Entity::find_by_id(id.0)
        .select_only()
        .column(channel::Column::LimitedSince)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(found.flatten())
}
