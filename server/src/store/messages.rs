//! The outbox: messages are rows before they leave.

mod channel_notes;
mod digest;
mod fallback;
mod held;
mod limited;
mod newest;
mod notice;
mod queue;
mod route;
mod settle;
mod slots;
mod throttle;

use std::collections::HashMap;

use app::channel::MessageRow;
use app::i18n::Lang;
use app::id::{ChannelId, MessageId, RunId, TaskId};
use app::message::{Event, MessageKind, MessageState};
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use super::code::{Code, Lenient};
use super::entity::{channel, message};
use super::rules::EventMask;
use super::txn::transaction;
use super::{Store, StoreError, Tx};
use crate::facts::{Facts, FallbackNotice, HeldBack, Picture};

pub(super) use channel_notes::{connected, refused, retry_now};
pub(super) use fallback::read_stand_in;
pub use notice::Notice;
pub use queue::OutboxState;
pub use route::RouteNow;
pub(super) use route::Router;
pub use slots::Rate;

/// Stands for the task of a message about the system, and of a digest.
pub const NO_TASK: TaskId = TaskId(0);

/// A message for one channel. With a picture it becomes two rows, the second waiting for the first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewMessage {
    /// Whose message.
    pub task_id: TaskId,
    /// The run that caused it.
    pub run_id: Option<RunId>,
    /// Where it goes.
    pub channel_id: ChannelId,
    /// What happened.
    pub event: Event,
    /// What its words are made from when it leaves. `None` where a former version left words: in a
    /// result that waited on disk while the database was away.
    #[serde(default)]
    pub facts: Option<Facts>,
    /// The words of a former version; empty with facts.
    #[serde(default)]
    pub body: String,
    /// The people to mention.
    pub mentions: Vec<String>,
    /// The picture that follows.
    pub picture: Option<Picture>,
    /// When it was caused.
    pub created_at: DateTime<Utc>,
    /// Until when it waits; `None` where it may go at once.
    #[serde(default)]
    pub held_until: Option<DateTime<Utc>>,
    /// What its rule held back before it.
    #[serde(default)]
    pub held_back: Option<HeldBack>,
    /// The template of its channel that its rule chooses.
    #[serde(default)]
    pub template: Option<String>,
}

/// A message taken from the outbox, marked `sending` in the database.
#[derive(Clone, Debug)]
pub struct OutboxItem {
    /// Its id.
    pub id: MessageId,
    /// Where it goes.
    pub channel_id: ChannelId,
    /// Words or a picture.
    pub kind: MessageKind,
    /// What happened.
    pub event: Event,
    /// The words, or the picture's name. Where there are facts, empty until the words are made.
    pub body: String,
    /// What the words are made from: [`Facts`] as JSON. `None` where `body` is all there is.
    pub facts: Option<String>,
    /// The people to mention.
    pub mentions: Vec<String>,
    /// The task it is about; [`NO_TASK`] for several, and for none.
    pub task_id: TaskId,
    /// The run it is about.
    pub run_id: Option<RunId>,
    /// Attempts made, this one included.
    pub attempts: i32,
    /// How many of those before met a rate limit.
    pub limited: i32,
    /// When it was caused.
    pub created_at: DateTime<Utc>,
    /// For which channels it stands in; `None` for an ordinary message.
    pub stand_in: Option<FallbackNotice>,
    /// The template of its channel that its rule chooses.
    pub template: Option<String>,
}

impl OutboxItem {
    /// Attempts that a rate limit did not end, this one included: those that end a message in time.
    #[must_use]
    pub const fn tries(&self) -> i32 {
        self.attempts - self.limited
    }
}

/// What the outbox has for a channel.
#[derive(Clone, Debug)]
pub enum TakeResult {
    /// This message; it is marked `sending`, and counts for the pace of its channel.
    Message(Box<OutboxItem>),
    /// Something, but the channel may not be used before this time.
    Wait(DateTime<Utc>),
    /// Nothing now.
    Nothing,
}

/// Why a message was not accepted this time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetryCause {
    /// The other end wants fewer messages: no failure of the message, nor of the channel, which is
    /// left alone by all servers until then.
    Pace,
    /// The other end could not be reached, or said no for now.
    Passing,
    /// It has left, and the answer did not come: it may have arrived, and is sent again.
    Unanswered,
}

/// When the cause of a message began: of a run that has ended, when it was planned. A close of the task after that
/// withdraws what asks for something.
fn caused_at(facts: Option<&str>, created_at: DateTime<Utc>) -> DateTime<Utc> {
    // The facts of a newer version are no reason to lose the message.
    let facts = facts.and_then(|facts| serde_json::from_str::<Facts>(facts).ok());
    facts.map_or(created_at, |facts| facts.at().min(created_at))
}

/// Facts as they are stored.
fn facts_json(facts: &Facts, held_back: Option<&HeldBack>) -> Result<String, StoreError> {
    facts
        .to_json(held_back)
        .map_err(|error| StoreError::UnknownValue {
            what: "facts of a message",
            value: error.to_string(),
        })
}

/// Rows of one statement.
const ROWS_AT_ONCE: usize = 200;

pub(super) async fn insert_messages(tx: &Tx, messages: &[NewMessage]) -> Result<(), StoreError> {
    // Many at once where none of them has to be known by its id; in their order.
    for some in messages.chunk_by(|one, next| one.picture.is_none() && next.picture.is_none()) {
        match some {
            [new] => insert_message(tx, new).await?,
            several => {
                for chunk in several.chunks(ROWS_AT_ONCE) {
                    let rows = chunk.iter().map(text_row).collect::<Result<Vec<_>, _>>()?;
                    message::Entity::insert_many(rows)
                        .exec_without_returning(tx)
                        .await?;
                }
            }
        }
    }
    Ok(())
}

async fn insert_message(tx: &Tx, new: &NewMessage) -> Result<(), StoreError> {
    let text = message::Entity::insert(text_row(new)?).exec(tx).await?;
    if let Some(picture) = new.picture {
        let after = Some(text.last_insert_id);
        message::Entity::insert(row(new, MessageKind::Image, picture.as_str(), after))
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn text_row(new: &NewMessage) -> Result<message::ActiveModel, StoreError> {
    let facts = new.facts.as_ref();
    let facts = facts.map(|facts| facts_json(facts, new.held_back.as_ref()));
    Ok(message::ActiveModel {
        facts: Set(facts.transpose()?),
        ..row(new, MessageKind::Text, &new.body, None)
    })
}

fn row(
    new: &NewMessage,
    kind: MessageKind,
    body: &str,
    after: Option<i64>,
) -> message::ActiveModel {
    message::ActiveModel {
        task_id: Set(new.task_id.0),
        run_id: Set(new.run_id.map(|id| id.0)),
        channel_id: Set(new.channel_id.0),
        event: Set(Lenient::Known(new.event)),
        kind: Set(Lenient::Known(kind)),
        body: Set(body.to_owned()),
        mentions: Set(super::tasks::to_json(&new.mentions)),
        after_id: Set(after),
        // A picture waits for its text; only then is it due.
        state: Set(Code(if after.is_some() {
            MessageState::Waiting
        } else {
            MessageState::Pending
        })),
        attempts: Set(0),
        ticket_id: Set(new.facts.as_ref().and_then(Facts::ticket).map(|id| id.0)),
        next_attempt_at: Set(new.held_until.unwrap_or(new.created_at)),
        created_at: Set(new.created_at),
        template: Set(new.template.clone().filter(|_| kind == MessageKind::Text)),
        maybe_twice: Set(false),
        limited: Set(0),
        ..Default::default()
    }
}

/// Routes notices and writes their messages; returns whether there are any. For callers that do not know which events
/// rules name: the rules are read.
pub(super) async fn insert_notices(tx: &Tx, notices: &[Notice]) -> Result<bool, StoreError> {
    insert_wanted(tx, EventMask::ALL, notices).await
}

/// The same, where it is known which events rules name: what no rule can matter for costs no statement.
pub(super) async fn insert_wanted(
    tx: &Tx,
    wanted: EventMask,
    notices: &[Notice],
) -> Result<bool, StoreError> {
    let mut router = Router::read(tx, wanted, notices.iter()).await?;
    let mut messages = Vec::new();
    for notice in notices {
        router.route(tx, notice, &mut messages).await?;
    }
    newest::replace_held(tx, &messages).await?;
    insert_messages(tx, &messages).await?;
    Ok(!messages.is_empty())
}

impl Store {
    /// Puts into the outbox what no other change causes; returns whether a message came of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_notices(&self, notices: &[Notice]) -> Result<bool, StoreError> {
        if notices.is_empty() {
            return Ok(false);
        }
        let wanted = self.wanted().await?;
        if !notices.iter().any(|notice| wanted.may_go(notice)) {
            return Ok(false);
        }
        transaction!(self, |tx| { insert_wanted(tx, wanted, notices).await })
    }

    /// Messages of a task, or of one run of it, newest first; each with its [`Facts`] as JSON where
    /// its words are still to be made from them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message_rows(
        &self,
        task: TaskId,
        run: Option<RunId>,
        limit: u64,
    ) -> Result<Vec<(MessageRow, Option<String>)>, StoreError> {
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
        let rows = rows.into_iter().filter(|row| row.task_id == task.0);
        Ok(rows.map(shown).collect())
    }

    /// The languages of channels that have one of their own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_langs(
        &self,
        ids: impl IntoIterator<Item = ChannelId>,
    ) -> Result<HashMap<ChannelId, Lang>, StoreError> {
        let rows: Vec<(i64, Option<String>)> = channel::Entity::find()
            .select_only()
            .columns([channel::Column::Id, channel::Column::Lang])
            .filter(channel::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let known = |(id, lang): (i64, Option<String>)| {
            Some((ChannelId(id), Lang::from_tag(lang.as_deref()?)?))
        };
        Ok(rows.into_iter().filter_map(known).collect())
    }
}

/// A message as pages show it.
fn shown(row: message::Model) -> (MessageRow, Option<String>) {
    let is_image = row.kind.known() == Some(MessageKind::Image);
    let facts = row.facts.filter(|_| row.body.is_empty());
    let row = MessageRow {
        channel: None,
        id: MessageId(row.id),
        text: if is_image { String::new() } else { row.body },
        state: row.state.0,
        kind: row.kind.word().to_owned(),
        event: row.event.word().to_owned(),
        channel_id: ChannelId(row.channel_id),
        attempts: row.attempts,
        last_answer: row.last_answer,
        created_at: Stamp(row.created_at),
        sent_at: row.sent_at.map(Stamp),
        maybe_twice: row.maybe_twice,
    };
    (row, facts)
}
