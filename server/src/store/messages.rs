//! The outbox: messages are rows before they leave.

use std::borrow::Cow;

use app::channel::MessageRow;
use app::id::{ChannelId, MessageId, RunId, TaskId};
use app::message::{Event, MessageState, MessageStep};
use app::run::{RunReason, RunStep};
use app::time::Stamp;
use app::transition::Word;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use super::code::{Code, TakeStep};
use super::delivery::{channel_gone, end_run, outdated, withdraw_message};
use super::entity::{channel, message};
use super::txn::transaction;
use super::{Act, Store, StoreError, Tx};

/// A message to be sent. With a picture it becomes two rows, the second waiting for the first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewMessage {
    /// Whose message.
    pub task_id: TaskId,
    /// The run that caused it.
    pub run_id: Option<RunId>,
    /// Where it goes.
    pub channel_id: ChannelId,
    /// What happened: a code of [`Event`].
    pub event: Cow<'static, str>,
    /// The text as it will be sent, before any cut.
    pub body: String,
    /// The people to mention.
    pub mentions: Vec<String>,
    /// The picture that follows: `reminder`, `urge` or `failure`.
    pub picture: Option<Cow<'static, str>>,
    /// When it was caused.
    pub created_at: DateTime<Utc>,
}

/// A message taken from the outbox, marked `sending` in the database.
#[derive(Clone, Debug)]
pub struct OutboxItem {
    /// Its id.
    pub id: MessageId,
    /// Where it goes.
    pub channel_id: ChannelId,
    /// `text` or `image`.
    pub kind: String,
    /// What happened.
    pub event: String,
    /// The text, or the picture's name.
    pub body: String,
    /// The people to mention.
    pub mentions: Vec<String>,
    /// The task it is about.
    pub task_id: TaskId,
    /// The run it is about.
    pub run_id: Option<RunId>,
    /// Attempts made, this one included.
    pub attempts: i32,
    /// When it was caused.
    pub created_at: DateTime<Utc>,
}

/// Why a message was not accepted this time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setback {
    /// The other end wants fewer messages: no failure of the message, nor of the channel.
    Pace,
    /// The other end could not be reached, or said no for now.
    Passing,
}

pub(super) async fn insert_messages(tx: &Tx, messages: &[NewMessage]) -> Result<(), StoreError> {
    for new in messages {
        let row = |kind: &str, body: String, after: Option<i64>| message::ActiveModel {
            task_id: Set(new.task_id.0),
            run_id: Set(new.run_id.map(|id| id.0)),
            channel_id: Set(new.channel_id.0),
            event: Set(new.event.clone().into_owned()),
            kind: Set(kind.to_owned()),
            body: Set(body),
            mentions: Set(super::tasks::to_json(&new.mentions)),
            after_id: Set(after),
            // A picture waits for its text; only then is it due.
            state: Set(Code(if after.is_some() {
                MessageState::Waiting
            } else {
                MessageState::Pending
            })),
            attempts: Set(0),
            next_attempt_at: Set(new.created_at),
            created_at: Set(new.created_at),
            ..Default::default()
        };
        let text = message::Entity::insert(row("text", new.body.clone(), None))
            .exec(tx)
            .await?;
        if let Some(picture) = &new.picture {
            message::Entity::insert(row(
                "image",
                picture.clone().into_owned(),
                Some(text.last_insert_id),
            ))
            .exec_without_returning(tx)
            .await?;
        }
    }
    Ok(())
}

impl Store {
    /// Puts messages into the outbox that no other change causes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_messages(&self, messages: &[NewMessage]) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            insert_messages(tx, messages).await?;
            Ok(())
        })
    }

    /// Channels that have something to send now, each with how many messages wait there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_channels(&self, now: DateTime<Utc>) -> Result<Vec<ChannelId>, StoreError> {
        let ids: Vec<i64> = message::Entity::find()
            .select_only()
            .column(message::Column::ChannelId)
            .filter(message::Column::State.eq(Code(MessageState::Pending)))
            .filter(message::Column::NextAttemptAt.lte(now))
            .distinct()
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(ids.into_iter().map(ChannelId).collect())
    }

    /// Takes the oldest message of a channel whose time has come and marks it `sending`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_take(
        &self,
        channel_id: ChannelId,
        node: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<OutboxItem>, StoreError> {
        use message::Column as M;
        transaction!(self, |tx| {
            loop {
                let due = message::Entity::find()
                    .filter(M::State.eq(Code(MessageState::Pending)))
                    .filter(M::NextAttemptAt.lte(now))
                    .filter(M::ChannelId.eq(channel_id.0))
                    .order_by_asc(M::Id)
                    .limit(1)
                    .one(tx)
                    .await?;
                let Some(row) = due else {
                    return Ok(None);
                };
                // A run that was under way at the close may have caused it since.
                if asks_for_something(&row.event)
                    && let Some(reason) = outdated(tx, row.task_id, row.created_at).await?
                {
                    withdraw_message(tx, row.id, &reason, now).await?;
                    continue;
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
                return Ok(Some(OutboxItem {
                    id: MessageId(row.id),
                    channel_id: ChannelId(row.channel_id),
                    kind: row.kind,
                    event: row.event,
                    body: row.body,
                    mentions: super::tasks::from_json(&row.mentions)?,
                    task_id: TaskId(row.task_id),
                    run_id: row.run_id.map(RunId),
                    attempts: row.attempts + 1,
                    created_at: row.created_at,
                }));
            }
        })
    }

    /// The other end accepted it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_sent(
        &self,
        item: &OutboxItem,
        answer: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            if end(tx, item, MessageStep::Accept, answer, Some(now)).await? {
                follow(tx, item.id.0, Some(now)).await?;
            }
            if let Some(run) = run_of(item) {
                end_run(tx, run, RunStep::Deliver, None, now).await?;
            }
            note_accepted(tx, item.channel_id, answer).await
        })
    }

    /// It is given up. `refused` says that the other end refused it for good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_dead(
        &self,
        item: &OutboxItem,
        answer: &str,
        refused: bool,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            if end(tx, item, MessageStep::GiveUp, answer, None).await? {
                follow(tx, item.id.0, None).await?;
                if let Some(run) = run_of(item) {
                    let reason = RunReason::Undelivered(answer.to_owned());
                    end_run(tx, run, RunStep::GiveUp, Some(&reason), now).await?;
                }
            }
            note_trouble(tx, item.channel_id, answer, refused, now).await
        })
    }

    /// It will be tried again at `next`, unless its task was closed meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_retry(
        &self,
        item: &OutboxItem,
        answer: &str,
        next: DateTime<Utc>,
        setback: Setback,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        use message::Column as M;
        let attempts = match setback {
            Setback::Pace => item.attempts - 1,
            Setback::Passing => item.attempts,
        };
        transaction!(self, |tx| {
            message::Entity::update_many()
                .col_expr(M::Attempts, Expr::value(attempts))
                .col_expr(M::LastAnswer, Expr::value(answer))
                .col_expr(M::NextAttemptAt, Expr::value(next))
                .filter(M::Id.eq(item.id.0))
                .step(M::State, MessageStep::PutBack)
                .exec(tx)
                .await?;
            if let Some(reason) = outdated(tx, item.task_id.0, item.created_at).await? {
                withdraw_message(tx, item.id.0, &reason, now).await?;
            }
            match setback {
                Setback::Pace => note_answer(tx, item.channel_id, answer).await,
                Setback::Passing => note_trouble(tx, item.channel_id, answer, false, now).await,
            }
        })
    }

    /// Messages that none of the living nodes is sending go back: better twice than never. See
    /// `docs/adr/0004-messages-at-least-once.md`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_reclaim(
        &self,
        alive: &[String],
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        use message::Column as M;
        transaction!(self, |tx| {
            let updated = message::Entity::update_many()
                .col_expr(M::NextAttemptAt, Expr::value(now))
                .step(M::State, MessageStep::PutBack)
                .filter(M::NodeId.is_not_in(alive.iter().map(String::as_str)))
                .exec(tx)
                .await?;
            Ok(updated.rows_affected)
        })
    }

    /// The earliest time after `now` at which a message may be sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_next(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(message::Entity::find()
            .select_only()
            .column(message::Column::NextAttemptAt)
            .filter(message::Column::State.eq(Code(MessageState::Pending)))
            .filter(message::Column::NextAttemptAt.gt(now))
            .order_by_asc(message::Column::NextAttemptAt)
            .limit(1)
            .into_tuple::<DateTime<Utc>>()
            .one(&self.reader)
            .await?)
    }

    /// Keeps what a channel said to a test: `refused` is `None` when it accepted it, else whether
    /// it refused for good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_channel_answer(
        &self,
        act: &Act,
        id: ChannelId,
        answer: &str,
        refused: Option<bool>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            match refused {
                None => note_accepted(tx, id, answer).await?,
                Some(refused) => note_trouble(tx, id, answer, refused, act.at()).await?,
            }
            act.record(tx, Some(id.0)).await
        })
    }

    /// Notes that nothing would be sent to the address of a channel, and why.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_channel_trouble(
        &self,
        id: ChannelId,
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| { note_trouble(tx, id, why, false, now).await })
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
            channel_gone(tx, channel_id, now).await?;
            message::Entity::update_many()
                .col_expr(M::LastAnswer, Expr::value("the channel was deleted"))
                .filter(M::ChannelId.eq(channel_id.0))
                .step(M::State, MessageStep::Orphan)
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// Messages of a task, or of one run of it, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message_rows(
        &self,
        task: TaskId,
        run: Option<RunId>,
        limit: u64,
    ) -> Result<Vec<MessageRow>, StoreError> {
        // A run is of one task. With both in the question a database might take the task's index,
        // and look through all of its messages.
        let wanted = match run {
            Some(run) => message::Column::RunId.eq(run.0),
            None => message::Column::TaskId.eq(task.0),
        };
        let rows = message::Entity::find()
            .filter(wanted)
            .order_by_desc(message::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?;
        Ok(rows
            .into_iter()
            .filter(|row| row.task_id == task.0)
            .map(|row| MessageRow {
                id: MessageId(row.id),
                text: if row.kind == "text" {
                    row.body
                } else {
                    String::new()
                },
                state: row.state.0,
                kind: row.kind,
                event: row.event,
                channel_id: ChannelId(row.channel_id),
                attempts: row.attempts,
                last_answer: row.last_answer,
                created_at: Stamp(row.created_at),
                sent_at: row.sent_at.map(Stamp),
            })
            .collect())
    }
}

/// Whether a message asks people for something, rather than telling them what went wrong.
fn asks_for_something(event: &str) -> bool {
    match Event::read(event) {
        Some(Event::Failed | Event::Lost | Event::TooLong) => false,
        Some(
            Event::Created
            | Event::Reminder
            | Event::Completed
            | Event::Urge
            | Event::Stopped
            | Event::Test,
        )
        | None => true,
    }
}

/// The run that may wait for a message: a picture ends none.
fn run_of(item: &OutboxItem) -> Option<RunId> {
    item.run_id.filter(|_| item.kind == "text")
}

/// Ends a message; false when it has ended before, or was taken back: a node that was taken for
/// dead may have sent it, too.
async fn end(
    tx: &Tx,
    item: &OutboxItem,
    step: MessageStep,
    answer: &str,
    sent_at: Option<DateTime<Utc>>,
) -> Result<bool, StoreError> {
    use message::Column as M;
    let ended = message::Entity::update_many()
        .col_expr(M::LastAnswer, Expr::value(answer))
        .col_expr(M::SentAt, Expr::value(sent_at))
        .filter(M::Id.eq(item.id.0))
        .step(M::State, step)
        .exec(tx)
        .await?;
    Ok(ended.rows_affected == 1)
}

/// The picture behind a text: due once the text is sent, given up with it.
async fn follow(tx: &Tx, text: i64, sent_at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
    use message::Column as M;
    let picture = message::Entity::update_many().filter(M::AfterId.eq(text));
    let update = match sent_at {
        Some(at) => picture
            .col_expr(M::NextAttemptAt, Expr::value(at))
            .step(M::State, MessageStep::Follow),
        None => picture
            .col_expr(
                M::LastAnswer,
                Expr::value("the text before it was not sent"),
            )
            .step(M::State, MessageStep::FallWithText),
    };
    update.exec(tx).await?;
    Ok(())
}

async fn note_answer(tx: &Tx, channel_id: ChannelId, answer: &str) -> Result<(), StoreError> {
    channel::Entity::update_many()
        .col_expr(channel::Column::LastAnswer, Expr::value(answer))
        .filter(channel::Column::Id.eq(channel_id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// The channel accepted something: whatever was wrong is over.
async fn note_accepted(tx: &Tx, channel_id: ChannelId, answer: &str) -> Result<(), StoreError> {
    use channel::Column as C;
    channel::Entity::update_many()
        .col_expr(C::LastAnswer, Expr::value(answer))
        .col_expr(C::FailingSince, Expr::value(None::<DateTime<Utc>>))
        .col_expr(C::Refuses, Expr::value(false))
        .filter(C::Id.eq(channel_id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// The channel did not accept something; the first time since it did last is kept.
async fn note_trouble(
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
