//! The outbox: messages are rows before they leave.

mod digest;
mod queue;
mod settle;
mod slots;

use std::collections::HashMap;

use app::channel::MessageRow;
use app::i18n::Lang;
use app::id::{ChannelId, MessageId, RunId, TaskId};
use app::message::{Event, MessageKind, MessageState};
use app::task::Task;
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use super::code::{Code, Lenient};
use super::entity::{channel, message};
use super::txn::transaction;
use super::{Store, StoreError, Tx};
use crate::facts::{Facts, Picture};

pub use queue::Outlook;

/// A message to be sent. With a picture it becomes two rows, the second waiting for the first.
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
}

impl NewMessage {
    /// The message about a task; `None` where the task sends nowhere.
    #[must_use]
    pub fn about(task: &Task, facts: Facts) -> Option<Self> {
        Some(Self {
            task_id: task.id,
            run_id: facts.run(),
            channel_id: task.channel_id?,
            event: facts.event(),
            body: String::new(),
            mentions: task.owners.clone(),
            picture: facts.picture(),
            created_at: facts.at().max(task.created_at.0),
            facts: Some(facts),
        })
    }
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
    /// The task it is about; 0 for several, and for none.
    pub task_id: TaskId,
    /// The run it is about.
    pub run_id: Option<RunId>,
    /// Attempts made, this one included.
    pub attempts: i32,
    /// When it was caused.
    pub created_at: DateTime<Utc>,
}

/// What the outbox has for a channel.
#[derive(Clone, Debug)]
pub enum Taken {
    /// This message; it is marked `sending`, and counts for the pace of its channel.
    Message(Box<OutboxItem>),
    /// Something, but the channel may not be used before this time.
    Wait(DateTime<Utc>),
    /// Nothing now.
    Nothing,
}

/// Why a message was not accepted this time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setback {
    /// The other end wants fewer messages: no failure of the message, nor of the channel, which is
    /// left alone by all servers until then.
    Pace,
    /// The other end could not be reached, or said no for now.
    Passing,
}

/// Facts as they are stored.
fn facts_json(facts: &Facts) -> Result<String, StoreError> {
    serde_json::to_string(facts).map_err(|error| StoreError::UnknownValue {
        what: "facts of a message",
        value: error.to_string(),
    })
}

pub(super) async fn insert_messages(tx: &Tx, messages: &[NewMessage]) -> Result<(), StoreError> {
    for new in messages {
        let row = |kind: MessageKind, body: &str, after: Option<i64>| message::ActiveModel {
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
            next_attempt_at: Set(new.created_at),
            created_at: Set(new.created_at),
            ..Default::default()
        };
        let text = message::ActiveModel {
            facts: Set(new.facts.as_ref().map(facts_json).transpose()?),
            ..row(MessageKind::Text, &new.body, None)
        };
        let text = message::Entity::insert(text).exec(tx).await?;
        if let Some(picture) = new.picture {
            let after = Some(text.last_insert_id);
            message::Entity::insert(row(MessageKind::Image, picture.as_str(), after))
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
    };
    (row, facts)
}
