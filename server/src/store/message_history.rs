//! The history of messages: pages of the outbox for people, and sending one again.

use std::collections::HashMap;

use app::id::{ChannelId, MessageId, RunId, TaskId};
use app::message::{
    Event, InsteadOf, Message, MessageKind, MessageState, MessageStep, MessageWait, PassedTo,
    PictureName,
};
use app::time::Stamp;
use app::transition::Word;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::code::{Code, TakeStep};
use super::entity::{channel, message, task};
use super::messages::NO_TASK;
use super::messages::read_stand_in;
use super::txn::transaction;
use super::{Act, Store, StoreError};

/// Which messages are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct MessageFilter {
    /// Only those in a state.
    pub state: Option<MessageState>,
    /// Only those of an event.
    pub event: Option<app::message::Event>,
    /// Only those of a task.
    pub task: Option<TaskId>,
    /// Only those of a channel.
    pub channel: Option<ChannelId>,
    /// Only those that were caused then or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those that were caused earlier.
    pub to: Option<DateTime<Utc>>,
    /// Only those older than this one.
    pub before: Option<MessageId>,
}

/// How far messages may be off the order in which they are numbered: a result that waited on a disk while the database
/// was down is numbered after later ones.
const OUT_OF_ORDER: TimeDelta = TimeDelta::hours(1);

/// What became of the wish to send a message again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resent {
    /// It waits to be sent.
    Pending,
    /// It was not given up, so there is nothing to send again.
    NotDead,
    /// Its channel was deleted.
    NoChannel,
    /// Its task was deleted.
    NoTask,
}

impl Store {
    /// Messages that match, newest first; each with its facts as JSON where its words are still to be made
    /// from them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages(
        &self,
        filter: MessageFilter,
        limit: u64,
        now: DateTime<Utc>,
    ) -> Result<Vec<(Message, Option<String>)>, StoreError> {
        use message::Column as M;
        // Along one index only, that of the filter which leaves the fewest rows; with a choice a
        // database may take the state's, and walk through all messages that were sent. A task's
        // messages of a state have an index of their own.
        let words = [
            (M::State, filter.state.map(MessageState::as_str)),
            (M::Event, filter.event.map(|event| event.as_str())),
        ];
        let mut query = message::Entity::find();
        let mut indexed = true;
        if let Some(task) = filter.task {
            query = query.filter(M::TaskId.eq(task.0));
            indexed = false;
        }
        if let Some(channel) = filter.channel {
            query = query.filter(match indexed {
                true => M::ChannelId.eq(channel.0),
                false => Expr::col(M::ChannelId).add(0).eq(channel.0),
            });
            indexed = false;
        }
        for (column, word) in words {
            let Some(word) = word else {
                continue;
            };
            let of_task = filter.task.is_some() && matches!(column, M::State);
            query = query.filter(match indexed || of_task {
                true => Expr::col(column).eq(word),
                false => Expr::expr(Func::coalesce([Expr::col(column), Expr::value("")])).eq(word),
            });
            indexed = false;
        }
        // SQLite takes it by itself, and knows no such hint.
        let index = match filter {
            MessageFilter {
                task: Some(_),
                state: Some(_),
                ..
            } => Some("ix_message_task_id_state_id"),
            MessageFilter { task: Some(_), .. } => Some("ix_message_task_id_id"),
            MessageFilter {
                channel: Some(_), ..
            } => Some("ix_message_channel_id_id"),
            MessageFilter { state: Some(_), .. } => Some("ix_message_state_id"),
            MessageFilter { event: Some(_), .. } => Some("ix_message_event_id"),
            MessageFilter { .. } => None,
        };
        if let Some(index) = index {
            QueryTrait::query(&mut query).force_index(index, IndexHintScope::All);
        }
        // Times become numbers first, in which every index continues; an hour of messages is looked at in vain at most.
        let mut before = filter.before.map(|before| before.0);
        if let Some(from) = filter.from {
            let first = self.first_message_since(from - OUT_OF_ORDER).await?;
            query = query
                .filter(M::Id.gte(first))
                .filter(M::CreatedAt.gte(from));
        }
        if let Some(to) = filter.to {
            let end = self.first_message_since(to + OUT_OF_ORDER).await?;
            before = Some(before.map_or(end, |before| std::cmp::min(before, end)));
            query = query.filter(M::CreatedAt.lt(to));
        }
        // Where nothing narrows it, the key itself is the index.
        if before.is_some() || indexed {
            query = query.filter(M::Id.lt(before.unwrap_or(i64::MAX)));
        }
        let rows = query
            .order_by_desc(M::Id)
            .limit(limit)
            .all(&self.reader)
            .await?;
        self.named(rows, now).await
    }

    /// The number of the first message that was caused then or later, or the next number: found by halving, a row of the
    /// key at a time, since messages are numbered in the order in which they were caused.
    async fn first_message_since(&self, at: DateTime<Utc>) -> Result<i64, StoreError> {
        use message::Column as M;
        let rows = || {
            message::Entity::find()
                .select_only()
                .columns([M::Id, M::CreatedAt])
        };
        let newest: Option<(i64, DateTime<Utc>)> = rows()
            // Along the key, and not through all rows, also where a database does not see the limit.
            .filter(M::Id.lt(i64::MAX))
            .order_by_desc(M::Id)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await?;
        let Some((newest, _)) = newest else {
            return Ok(1);
        };
        let (mut low, mut high) = (1, newest + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let next: Option<(i64, DateTime<Utc>)> = rows()
                .filter(M::Id.gte(middle))
                .order_by_asc(M::Id)
                .limit(1)
                .into_tuple()
                .one(&self.reader)
                .await?;
            match next {
                Some((id, caused)) if caused < at => low = id + 1,
                _ => high = middle,
            }
        }
        Ok(high)
    }

    /// One message, likewise.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message(
        &self,
        id: MessageId,
        now: DateTime<Utc>,
    ) -> Result<Option<(Message, Option<String>)>, StoreError> {
        let row = message::Entity::find_by_id(id.0).one(&self.reader).await?;
        Ok(self.named(row.into_iter().collect(), now).await?.pop())
    }

    /// How many of these messages were given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dead_messages(&self, ids: &[MessageId]) -> Result<usize, StoreError> {
        use message::Column as M;
        let mut dead = 0;
        for chunk in ids.chunks(500) {
            dead += message::Entity::find()
                .filter(M::Id.is_in(chunk.iter().map(|id| id.0)))
                .filter(M::State.eq(Code(MessageState::Dead)))
                .count(&self.reader)
                .await?;
        }
        Ok(usize::try_from(dead).unwrap_or(usize::MAX))
    }

    /// Puts a message that was given up back into the outbox, with the picture that was given up
    /// with it; `None` when there is no such message.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resend_message(
        &self,
        act: &Act,
        id: MessageId,
    ) -> Result<Option<Resent>, StoreError> {
        use message::Column as M;
        transaction!(self, |tx| {
            let Some(row) = message::Entity::find_by_id(id.0).one(tx).await? else {
                return Ok(None);
            };
            let channels = channel::Entity::find_by_id(row.channel_id);
            if channels.count(tx).await? == 0 {
                return Ok(Some(Resent::NoChannel));
            }
            let is_digest = row.event.known() == Some(Event::Digest);
            // A digest, and a message about the system, is about no task.
            if row.task_id != NO_TASK.0
                && task::Entity::find_by_id(row.task_id).count(tx).await? == 0
            {
                return Ok(Some(Resent::NoTask));
            }
            let put_back = message::Entity::update_many()
                .col_expr(M::Attempts, Expr::value(0))
                .col_expr(M::Limited, Expr::value(0))
                .col_expr(M::NextAttemptAt, Expr::value(act.at()))
                .filter(M::Id.eq(id.0))
                .step(M::State, MessageStep::Resend)
                .exec(tx)
                .await?;
            if put_back.rows_affected == 0 {
                return Ok(Some(Resent::NotDead));
            }
            message::Entity::update_many()
                .col_expr(M::Attempts, Expr::value(0))
                .filter(M::AfterId.eq(id.0))
                .step(M::State, MessageStep::WaitAgain)
                .exec(tx)
                .await?;
            if is_digest {
                message::Entity::update_many()
                    .filter(M::DigestId.eq(id.0))
                    .step(M::State, MessageStep::MergeAgain)
                    .exec(tx)
                    .await?;
            }
            act.record(tx, Some(id.0)).await?;
            Ok(Some(Resent::Pending))
        })
    }

    /// What is sent in the place of those of these messages that were given up, by its id.
    async fn passed_to(
        &self,
        rows: &[message::Model],
    ) -> Result<HashMap<i64, PassedTo>, StoreError> {
        use message::Column as M;
        let ids: Vec<i64> = rows.iter().filter_map(|row| row.passed_to).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found: Vec<(i64, i64, Code<MessageState>)> = message::Entity::find()
            .select_only()
            .columns([M::Id, M::ChannelId, M::State])
            .filter(M::Id.is_in(ids))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let channels = found.iter().map(|(_, channel, _)| ChannelId(*channel));
        let names = self.channel_names(channels).await?;
        let passed = |(id, channel, state): (i64, i64, Code<MessageState>)| {
            let passed = PassedTo {
                message: MessageId(id),
                channel: names.get(&ChannelId(channel)).cloned(),
                state: state.0,
            };
            (id, passed)
        };
        Ok(found.into_iter().map(passed).collect())
    }

    /// Rows with the names of their tasks and channels, each asked for once.
    async fn named(
        &self,
        rows: Vec<message::Model>,
        now: DateTime<Utc>,
    ) -> Result<Vec<(Message, Option<String>)>, StoreError> {
        let ids = |of: fn(&message::Model) -> i64| {
            let mut ids: Vec<i64> = rows.iter().map(of).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let tasks: Vec<(i64, String)> = task::Entity::find()
            .select_only()
            .columns([task::Column::Id, task::Column::Name])
            .filter(task::Column::Id.is_in(ids(|row| row.task_id)))
            .into_tuple()
            .all(&self.reader)
            .await?;
        type Place = (i64, String, Option<DateTime<Utc>>);
        let channels: Vec<Place> = channel::Entity::find()
            .select_only()
            .columns([
                channel::Column::Id,
                channel::Column::Name,
                channel::Column::BlockedUntil,
            ])
            .filter(channel::Column::Id.is_in(ids(|row| row.channel_id)))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let passed = self.passed_to(&rows).await?;
        let tasks: HashMap<i64, String> = tasks.into_iter().collect();
        let channels: HashMap<i64, (String, Option<DateTime<Utc>>)> = channels
            .into_iter()
            .map(|(id, name, blocked)| (id, (name, blocked)))
            .collect();
        rows.into_iter()
            .map(|row| {
                let channel = channels.get(&row.channel_id);
                let blocked = channel.and_then(|(_, blocked)| blocked.map(Stamp));
                let next =
                    (row.state.0 == MessageState::Pending).then_some(Stamp(row.next_attempt_at));
                let waits =
                    next.map(|next| MessageWait::of(next, row.attempts, blocked, Stamp(now)));
                let next = match waits {
                    Some(MessageWait::Channel) => blocked,
                    _ => next,
                };
                let is_image = row.kind.known() == Some(MessageKind::Image);
                let picture = is_image.then(|| PictureName::read(&row.body)).flatten();
                let facts = row.facts.filter(|_| row.body.is_empty());
                let stand_in = read_stand_in(row.stand_in.as_deref())?;
                let instead_of = row.instead_of.zip(stand_in).map(|(id, one)| InsteadOf {
                    message: MessageId(id),
                    channels: one.names(),
                    why: one.why,
                });
                let message = Message {
                    id: MessageId(row.id),
                    state: row.state.0,
                    text: if is_image { String::new() } else { row.body },
                    kind: row.kind.word().to_owned(),
                    event: row.event.word().to_owned(),
                    task_id: TaskId(row.task_id),
                    task: tasks.get(&row.task_id).cloned(),
                    run_id: row.run_id.map(RunId),
                    channel_id: ChannelId(row.channel_id),
                    channel: channel.map(|(name, _)| name.clone()),
                    mentions: super::tasks::from_json(&row.mentions)?,
                    // Which ones depends on the vendor, which the service knows.
                    not_mentioned: Vec::new(),
                    attempts: row.attempts,
                    answer: row.last_answer,
                    created_at: Stamp(row.created_at),
                    sent_at: row.sent_at.map(Stamp),
                    next_attempt_at: next,
                    waits,
                    picture,
                    instead_of,
                    passed_to: row.passed_to.and_then(|id| passed.get(&id).cloned()),
                    maybe_twice: row.maybe_twice,
                };
                Ok((message, facts))
            })
            .collect()
    }
}
