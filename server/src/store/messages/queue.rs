//! What waits in the outbox, and taking the next message of a channel.
//!
//! A channel's messages go in the order of the time from which they may be sent, then of their ids.
//! Along the index (`state`, `channel_id`, `next_attempt_at`) a look costs the same whatever waits.

use app::id::{ChannelId, MessageId, RunId, TaskId};
use app::message::{Event, MessageKind, MessageState, MessageStep};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::super::code::{Code, TakeStep, is_known};
use super::super::delivery::{channel_gone, outdated, withdraw_message};
use super::super::entity::{channel, message};
use super::super::ledger::lock_cluster;
use super::super::txn::transaction;
use super::super::{Store, StoreError, Tx};
use super::{OutboxItem, Rate, TakeResult, caused_at, digest, read_stand_in, slots};

/// Ids of one statement.
const CHUNK: usize = 500;
/// Channels of one robot whose messages are counted to find out whether too many wait for it.
const OTHERS_MAX: u64 = 500;

/// What the outbox has to do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OutboxState {
    /// Channels that have something to send now, the one whose message has waited longest first.
    pub due: Vec<ChannelId>,
    /// When the first of the others has something.
    pub next: Option<DateTime<Utc>>,
}

/// What waits for a channel, in its order. A row with a word of another version is left to a server
/// that knows it.
fn pending(channel: ChannelId) -> Select<message::Entity> {
    use message::Column as M;
    message::Entity::find()
        .filter(M::State.eq(Code(MessageState::Pending)))
        .filter(M::ChannelId.eq(channel.0))
        .filter(is_known::<_, Event>(M::Event))
        .filter(is_known::<_, MessageKind>(M::Kind))
        .order_by_asc(M::NextAttemptAt)
        .order_by_asc(M::Id)
}

/// What of that may be sent now.
pub(super) fn due(channel: ChannelId, now: DateTime<Utc>) -> Select<message::Entity> {
    pending(channel).filter(message::Column::NextAttemptAt.lte(now))
}

/// The first of them. What asks for something on behalf of a task that was closed is withdrawn.
async fn first(
    tx: &Tx,
    channel: ChannelId,
    now: DateTime<Utc>,
) -> Result<Option<message::Model>, StoreError> {
    loop {
        let Some(row) = due(channel, now).limit(1).one(tx).await? else {
            return Ok(None);
        };
        if !is_withdrawn(tx, &row, now).await? {
            return Ok(Some(row));
        }
    }
}

/// Withdraws a message that asks for something on behalf of a task that was closed; whether it is one. A run that was
/// under way at the close may have caused it since.
pub(super) async fn is_withdrawn(
    tx: &Tx,
    row: &message::Model,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    if !row.event.known().is_some_and(Event::asks) {
        return Ok(false);
    }
    let caused = caused_at(row.facts.as_deref(), row.created_at);
    let Some(reason) = outdated(tx, row.task_id, caused).await? else {
        return Ok(false);
    };
    withdraw_message(tx, row.id, &reason, now).await?;
    Ok(true)
}

/// What is known of the pace of a channel.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChannelPace {
    channel: ChannelId,
    /// The mark of its robot, which other channels may lead to as well.
    robot: Option<i64>,
    /// Until when its robot asked to be left alone.
    blocked_until: Option<DateTime<Utc>>,
}

impl ChannelPace {
    pub(super) async fn read(tx: &Tx, channel: ChannelId) -> Result<Self, StoreError> {
        use channel::Column as C;
        let found: Option<(Option<i64>, Option<DateTime<Utc>>)> =
            channel::Entity::find_by_id(channel.0)
                .select_only()
                .columns([C::Pace, C::BlockedUntil])
                .into_tuple()
                .one(tx)
                .await?;
        let (robot, blocked_until) = found.unwrap_or_default();
        Ok(Self {
            channel,
            robot,
            blocked_until,
        })
    }

    /// Uses a slot, or gives the time at which the channel may be used.
    pub(super) async fn take(
        &self,
        tx: &Tx,
        rate: Option<Rate>,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        if let Some(until) = self.blocked(now) {
            return Ok(Some(until));
        }
        match rate {
            Some(rate) => slots::take(tx, self.slots(), rate, now).await,
            None => Ok(None),
        }
    }

    fn blocked(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.blocked_until.filter(|until| *until > now)
    }

    /// Whose slots it uses: those of its robot, or its own until that is known.
    fn slots(&self) -> i64 {
        self.robot.unwrap_or(self.channel.0)
    }

    /// The other channels of its robot.
    pub(super) async fn others(&self, tx: &Tx) -> Result<Vec<i64>, StoreError> {
        let Some(robot) = self.robot else {
            return Ok(Vec::new());
        };
        Ok(channel::Entity::find()
            .select_only()
            .column(channel::Column::Id)
            .filter(channel::Column::Pace.eq(robot))
            .filter(channel::Column::Id.ne(self.channel.0))
            .limit(OTHERS_MAX)
            .into_tuple()
            .all(tx)
            .await?)
    }
}

impl Store {
    /// Channels that have something to send now, and when the next of the others has something.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_look(&self, now: DateTime<Utc>) -> Result<OutboxState, StoreError> {
        use message::Column as M;
        let mut outlook = OutboxState::default();
        let mut due: Vec<(DateTime<Utc>, ChannelId)> = Vec::new();
        let mut last = i64::MIN;
        // From channel to channel along the index, since a DISTINCT would go through all that waits.
        loop {
            let next: Option<Option<i64>> = message::Entity::find()
                .select_only()
                .column_as(M::ChannelId.min(), "channel")
                .filter(M::State.eq(Code(MessageState::Pending)))
                .filter(M::ChannelId.gt(last))
                .into_tuple()
                .one(&self.reader)
                .await?;
            let Some(id) = next.flatten() else {
                // Of channels to one robot the one that has waited longest goes first.
                due.sort_unstable();
                outlook.due = due.into_iter().map(|(_, channel)| channel).collect();
                return Ok(outlook);
            };
            let first: Option<DateTime<Utc>> = pending(ChannelId(id))
                .select_only()
                .column(M::NextAttemptAt)
                .limit(1)
                .into_tuple()
                .one(&self.reader)
                .await?;
            match first {
                Some(at) if at <= now => due.push((at, ChannelId(id))),
                at => outlook.next = outlook.next.into_iter().chain(at).min(),
            }
            last = id;
        }
    }

    /// Takes the next message of a channel whose vendor takes them at this rate, and marks it `sending`. When more wait
    /// than a minute takes, with what waits for other channels to its robot, they become one digest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_take(
        &self,
        channel_id: ChannelId,
        rate: Option<Rate>,
        node: &str,
        now: DateTime<Utc>,
    ) -> Result<TakeResult, StoreError> {
        use message::Column as M;
        transaction!(self, |tx| {
            let pace = ChannelPace::read(tx, channel_id).await?;
            if let Some(until) = pace.blocked(now) {
                return Ok(TakeResult::Wait(until));
            }
            let Some(mut row) = first(tx, channel_id, now).await? else {
                return Ok(TakeResult::Nothing);
            };
            if let Some(until) = pace.take(tx, rate, now).await? {
                return Ok(TakeResult::Wait(until));
            }
            if let Some(rate) = rate
                && digest::merge(tx, channel_id, &pace, rate.minute, now).await?
            {
                row = first(tx, channel_id, now).await?.ok_or(StoreError::Raced)?;
            }
            let taken = message::Entity::update_many()
                .col_expr(M::NodeId, Expr::value(node))
                .col_expr(M::Attempts, Expr::col(M::Attempts).add(1))
                .filter(M::Id.eq(row.id))
                .step(M::State, MessageStep::Take)
                .exec(tx)
                .await?;
            if taken.rows_affected != 1 {
                return Err(StoreError::Raced);
            }
            Ok(TakeResult::Message(Box::new(item(row)?)))
        })
    }

    /// The nodes that are sending messages.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sending_nodes(&self) -> Result<Vec<String>, StoreError> {
        use message::Column as M;
        let nodes: Vec<Option<String>> = message::Entity::find()
            .select_only()
            .column(M::NodeId)
            .filter(M::State.eq(Code(MessageState::Sending)))
            .distinct()
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(nodes.into_iter().flatten().collect())
    }

    /// Messages that dead nodes were sending go back, marked: better twice than never. See
    /// `docs/adr/0004-messages-at-least-once.md`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_reclaim(
        &self,
        dead: &[String],
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        use message::Column as M;
        if dead.is_empty() {
            return Ok(0);
        }
        transaction!(self, |tx| {
            let updated = message::Entity::update_many()
                .col_expr(M::NextAttemptAt, Expr::value(now))
                .col_expr(M::MaybeTwice, Expr::value(true))
                .step(M::State, MessageStep::PutBack)
                .filter(M::NodeId.is_in(dead.iter().map(String::as_str)))
                .exec(tx)
                .await?;
            Ok(updated.rows_affected)
        })
    }

    /// Gives up what was meant for a channel that is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_orphaned(
        &self,
        channel_id: ChannelId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        use message::Column as M;
        transaction!(self, |tx| {
            // A run that ends may pause its task, which takes this lock: before any other.
            lock_cluster(tx).await?;
            for ids in channel_gone(tx, channel_id, now).await?.chunks(CHUNK) {
                message::Entity::update_many()
                    .col_expr(M::LastAnswer, Expr::value("the channel was deleted"))
                    .filter(M::Id.is_in(ids.iter().copied()))
                    .step(M::State, MessageStep::Orphan)
                    .exec(tx)
                    .await?;
            }
            Ok(())
        })
    }
}

/// A row that is being sent.
pub(super) fn item(row: message::Model) -> Result<OutboxItem, StoreError> {
    Ok(OutboxItem {
        id: MessageId(row.id),
        channel_id: ChannelId(row.channel_id),
        kind: row.kind.known().ok_or_else(|| foreign(row.kind.word()))?,
        event: row.event.known().ok_or_else(|| foreign(row.event.word()))?,
        body: row.body,
        facts: row.facts,
        mentions: super::super::tasks::from_json(&row.mentions)?,
        task_id: TaskId(row.task_id),
        run_id: row.run_id.map(RunId),
        attempts: row.attempts + 1,
        limited: row.limited,
        created_at: row.created_at,
        stand_in: read_stand_in(row.stand_in.as_deref())?,
        template: row.template,
    })
}

fn foreign(word: &str) -> StoreError {
    StoreError::UnknownValue {
        what: "message.event or message.kind",
        value: word.to_owned(),
    }
}
