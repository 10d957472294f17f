//! What becomes of the messages of a channel that keeps asking for fewer of them.
//!
//! A message that meets "too many" keeps its place, and such attempts are counted apart, so they do not end it. Time does: once
//! its channel has asked for [`LIMITED_MAX`] and accepted nothing meanwhile, what has been due for as long is given up.
//! What waits for our own pace meets no such answer.

use app::id::ChannelId;
use app::message::{NoAnswer, NoAnswerReason};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{EntityTrait, QuerySelect};

use super::super::entity::{channel, message};
use super::super::ledger::lock_cluster;
use super::super::txn::transaction;
use super::super::{Store, StoreError, Tx};
use super::channel_notes::note_trouble;
use super::queue::ChannelPace;
use super::settle::give_up;
use super::{OutboxItem, queue};

/// How long a channel may ask for fewer messages and accept none. Messages of a channel that fails in another way are
/// tried for about as long.
const LIMITED_MAX: TimeDelta = TimeDelta::hours(3);
/// Messages of a channel that are given up in one transaction, and so many after which it goes to no further channel.
const AT_ONCE: u64 = 50;
const AT_LEAST: usize = 50;

impl Store {
    /// Gives up messages of a channel that has asked for fewer for too long, and of other channels to its robot, with
    /// its last words; their fallbacks get them. Returns how many; there may be more of them.
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
            let answer = NoAnswer::of(NoAnswerReason::Limited, words).code();
            // Its robot takes nothing of its other channels either, and may not be asked for them.
            let others = ChannelPace::read(tx, channel_id).await?.others(tx).await?;
            let mut count = 0;
            for id in std::iter::once(channel_id).chain(others.into_iter().map(ChannelId)) {
                let overdue = queue::due(id, before).limit(AT_ONCE).all(tx).await?;
                if overdue.is_empty() {
                    continue;
                }
                count += overdue.len();
                for row in overdue {
                    give_up_row(tx, row, &answer, now).await?;
                }
                note_trouble(tx, id, &answer, false, now).await?;
                if count >= AT_LEAST {
                    break;
                }
            }
            Ok(count)
        })
    }
}

/// Gives one message up; withdraws it, where that is due.
async fn give_up_row(
    tx: &Tx,
    row: message::Model,
    answer: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if queue::is_withdrawn(tx, &row, now).await? {
        return Ok(());
    }
    let attempts = row.attempts;
    let item = OutboxItem {
        attempts,
        ..queue::item(row)?
    };
    give_up(tx, &item, answer, now).await
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
