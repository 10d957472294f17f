//! Notification channels.

mod kinds;
mod of_tasks;
mod robot;
mod row;

use std::collections::BTreeSet;

use app::channel::{Channel, ChannelDetails, ChannelKind};
use app::i18n::Lang;
use app::id::{ChannelId, TaskId};
use app::message::MessageState;
use app::time::Stamp;
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::audit::Before;
use super::channel_uses::uses;
use super::code::is_one_of;
use super::delivery::channel_gone;
use super::entity::{channel, message, task};
use super::ledger::lock_cluster;
use super::overview::is_no_digest;
use super::row_version::{FIRST_VERSION, count};
use super::rules::uses_of;
use super::txn::transaction;
use super::unreadable::RowKind;
use super::{Act, Store, StoreError, Tx, chat, templates};

pub use of_tasks::ChannelName;
pub(super) use of_tasks::{drop_of_task, put_for_task, robot_of_others};
use row::{details, lang, own, write};
pub(super) use row::{kind, target_of};

/// States of messages that are deleted with their channel, besides those in the outbox; sent messages stay in the
/// history.
const NEVER_SENT: [MessageState; 2] = [MessageState::Dead, MessageState::Withdrawn];

/// Ids of one statement.
const CHUNK: usize = 500;

/// Failing channels that are looked through for those that hold up messages.
const FAILING_READ: u64 = 100;

/// A checked channel.
#[derive(Clone, Debug)]
pub struct NewChannel {
    /// Unique name.
    pub name: String,
    /// The service that receives its messages.
    pub kind: ChannelKind,
    /// The masked form of its URL; `None` keeps the stored URL.
    pub masked: Option<String>,
    /// Its proxy without the password; `Some(None)` is the server's, `None` keeps the stored one.
    pub proxy: Option<Option<String>>,
    /// The language of its messages; `Some(None)` is the server's, `None` keeps the stored one.
    pub lang: Option<Option<Lang>>,
    /// Its settings without their secrets; `None` keeps the stored ones.
    pub settings: Option<ChannelDetails>,
    /// The channel that stands in for it; `Some(None)` is none, `None` keeps the stored one.
    pub fallback: Option<Option<ChannelId>>,
}

/// The sealed values of a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChannelSecret {
    /// The URL it posts to.
    Url,
    /// Its proxy.
    Proxy,
    /// Its settings.
    Settings,
}

/// A checked channel for one task. Its name is chosen by the store.
#[derive(Clone, Copy)]
pub struct TaskChannel<'a> {
    /// The channel.
    pub new: &'a NewChannel,
    /// Seals each secret of it for its id.
    pub seal: &'a (dyn Fn(ChannelId, ChannelSecret) -> Option<String> + Send + Sync),
}

impl std::fmt::Debug for TaskChannel<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.new.fmt(f)
    }
}

/// The stored target of a channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChannelTarget {
    /// The service that receives its messages.
    pub kind: ChannelKind,
    /// The URL it posts to, sealed.
    pub url_sealed: String,
    /// Its proxy without the password; `None` for the server's.
    pub proxy: Option<String>,
    /// The complete proxy, sealed.
    pub proxy_sealed: Option<String>,
    /// Its settings, sealed; `None` where it has none.
    pub settings_sealed: Option<String>,
    /// The language of its messages; `None` for the server's.
    pub lang: Option<Lang>,
    /// The mark of its robot; `None` until a server has noted it.
    pub robot: Option<i64>,
}

impl Store {
    /// All channels by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channels(&self) -> Result<Vec<Channel>, StoreError> {
        let rows = channel::Entity::find()
            .order_by_asc(channel::Column::Name)
            .all(&self.reader)
            .await?;
        let (mut channels, mut skipped) = (Vec::with_capacity(rows.len()), BTreeSet::new());
        for row in rows {
            let key = row.id.to_string();
            match self.read_channel(row).await? {
                Some(channel) => channels.push(channel),
                None => {
                    skipped.insert(key);
                }
            }
        }
        self.unreadable.only(RowKind::Channel, &skipped);
        Ok(channels)
    }

    /// One channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, StoreError> {
        match channel::Entity::find_by_id(id.0).one(&self.reader).await? {
            Some(row) => self.to_channel(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Channels that currently refuse messages, the longest failing first. One that has only refused a test is not among
    /// them: no message waits for it or was given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn failing_channels(&self, limit: u64) -> Result<Vec<Channel>, StoreError> {
        let rows = channel::Entity::find()
            .filter(channel::Column::FailingSince.is_not_null())
            .order_by_asc(channel::Column::FailingSince)
            .limit(FAILING_READ)
            .all(&self.reader)
            .await?;
        let mut channels = Vec::new();
        for row in rows {
            if channels.len() as u64 == limit {
                break;
            }
            let channel = self.read_channel(row).await?;
            // A test that failed holds up nothing.
            channels.extend(channel.filter(|channel| channel.pending + channel.dead > 0));
        }
        Ok(channels)
    }

    /// A channel, or `None` for one whose row cannot be read.
    async fn read_channel(&self, row: channel::Model) -> Result<Option<Channel>, StoreError> {
        let key = row.id.to_string();
        let read = self.to_channel(row).await;
        self.unreadable.skip(RowKind::Channel, &key, read)
    }

    /// The target of a channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_target(&self, id: ChannelId) -> Result<Option<ChannelTarget>, StoreError> {
        let Some(row) = channel::Entity::find_by_id(id.0).one(&self.reader).await? else {
            return Ok(None);
        };
        target_of(row).map(Some)
    }

    async fn to_channel(&self, row: channel::Model) -> Result<Channel, StoreError> {
        let messages = async |states: &[MessageState]| -> Result<i64, StoreError> {
            let count = message::Entity::find()
                .filter(message::Column::ChannelId.eq(row.id))
                .filter(is_one_of(message::Column::State, states))
                .filter(is_no_digest())
                .count(&self.reader)
                .await?;
            Ok(i64::try_from(count).unwrap_or(i64::MAX))
        };
        let tasks = task::Entity::find()
            .filter(task::Column::ChannelId.eq(row.id))
            .count(&self.reader)
            .await?;
        let fallback = match row.fallback_id.map(ChannelId) {
            Some(id) => self.channel_names([id]).await?.remove(&id),
            None => None,
        };
        let kind = kind(&row.kind)?;
        let connection = match kind.is_bot() {
            true => self.chat_connection(row.id).await?,
            false => None,
        };
        Ok(Channel {
            id: ChannelId(row.id),
            connection,
            version: row.version,
            fallback_id: fallback.as_ref().and(row.fallback_id).map(ChannelId),
            fallback,
            kind,
            tasks: i64::try_from(tasks).unwrap_or(i64::MAX),
            rules: uses_of(&self.reader, ChannelId(row.id)).await?,
            pending: messages(&MessageState::OPEN).await?,
            dead: messages(&[MessageState::Dead]).await?,
            name: row.name,
            url_masked: row.url_masked,
            proxy: row.proxy,
            lang: lang(row.lang.as_deref())?,
            settings: details(row.settings.as_deref())?,
            task_id: row.task_id.map(TaskId),
            created_at: Stamp(row.created_at),
            last_answer: row.last_answer,
            failing_since: row.failing_since.map(Stamp),
            refuses: row.refuses,
        })
    }

    /// Adds a channel. `seal` seals each secret of it for its id; if it returns `None`, nothing is written. An
    /// existing name is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the name, or the URL cannot be sealed; [`StoreError::Overtaken`] when its
    /// fallback has been deleted.
    pub async fn insert_channel(
        &self,
        act: &Act,
        new: &NewChannel,
        seal: impl Fn(ChannelId, ChannelSecret) -> Option<String> + Send + Sync,
    ) -> Result<ChannelId, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            keep_fallback(tx, new).await?;
            let inserted = channel::Entity::insert(channel::ActiveModel {
                name: Set(new.name.clone()),
                kind: Set(new.kind.as_str().to_owned()),
                url_sealed: Set(String::new()),
                url_masked: Set(String::new()),
                created_at: Set(now),
                updated_at: Set(now),
                version: Set(FIRST_VERSION),
                ..Default::default()
            })
            .exec(tx)
            .await?;
            let id = ChannelId(inserted.last_insert_id);
            // Once more with its secrets, which are sealed for its id.
            write(tx, id, new, &seal, now).await?;
            let none = Before::<channel::Entity>::none(own(id));
            none.record(tx, act, Some(id.0)).await?;
            Ok(id)
        })
    }

    /// Replaces a channel, with `read` only if it still has that version; false when it does not exist. `seal` as for
    /// [`Self::insert_channel`].
    ///
    /// # Errors
    /// As [`Self::insert_channel`].
    pub async fn update_channel(
        &self,
        act: &Act,
        id: ChannelId,
        read: Option<i64>,
        new: &NewChannel,
        seal: impl Fn(ChannelId, ChannelSecret) -> Option<String> + Send + Sync,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            keep_fallback(tx, new).await?;
            if !count::<channel::Entity>(tx, own(id), channel::Column::Version, read).await? {
                return Ok(false);
            }
            let was = Before::<channel::Entity>::read(tx, own(id)).await?;
            let before = bot_of(tx, id).await?;
            write(tx, id, new, &seal, act.at()).await?;
            if bot_of(tx, id).await? != before {
                chat::bot_changed(tx, id).await?;
            }
            was.record(tx, act, Some(id.0)).await?;
            Ok(true)
        })
    }

    /// Removes a channel that no task, rule, summary or other channel uses, with `read` only if it still has that version;
    /// false when one does, or it does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_channel(
        &self,
        act: &Act,
        id: ChannelId,
        read: Option<i64>,
    ) -> Result<bool, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            // First of all: what starts to use it takes this lock, too, and then checks that it exists. A run that ends
            // with it may also need it.
            lock_cluster(tx).await?;
            if !uses(tx, id, None).await?.is_unused() {
                return Ok(false);
            }
            if !count::<channel::Entity>(tx, own(id), channel::Column::Version, read).await? {
                return Ok(false);
            }
            let was = Before::<channel::Entity>::read(tx, own(id)).await?;
            let open = channel_gone(tx, id, now).await?;
            templates::channel_gone(tx, id).await?;
            chat::channel_gone(tx, id).await?;
            robot::channel_gone(tx, id).await?;
            for ids in open.chunks(CHUNK) {
                message::Entity::delete_many()
                    .filter(message::Column::Id.is_in(ids.iter().copied()))
                    .filter(is_one_of(message::Column::State, &MessageState::OPEN))
                    .exec(tx)
                    .await?;
            }
            message::Entity::delete_many()
                .filter(message::Column::ChannelId.eq(id.0))
                .filter(is_one_of(message::Column::State, &NEVER_SENT))
                .exec(tx)
                .await?;
            channel::Entity::delete_by_id(id.0).exec(tx).await?;
            was.record(tx, act, Some(id.0)).await?;
            Ok(true)
        })
    }
}

/// What says which bot a channel is: the kind, the vendor's ID, and the address. `None` where there is no such channel.
pub(super) async fn bot_of(
    tx: &Tx,
    id: ChannelId,
) -> Result<Option<(String, String, String)>, StoreError> {
    use channel::Column as C;
    let found: Option<(String, Option<String>, String)> = channel::Entity::find_by_id(id.0)
        .select_only()
        .columns([C::Kind, C::Settings, C::UrlMasked])
        .into_tuple()
        .one(tx)
        .await?;
    let Some((kind, settings, url)) = found else {
        return Ok(None);
    };
    Ok(Some((kind, details(settings.as_deref())?.bot, url)))
}

/// Whether a channel exists. In a transaction that has locked the cluster row, it does so until the end.
pub(super) async fn has_channel(tx: &Tx, id: ChannelId) -> Result<bool, StoreError> {
    Ok(channel::Entity::find_by_id(id.0).count(tx).await? > 0)
}

/// Keeps a channel from being deleted until the transaction ends; an error when it has been. Must be the first call in
/// a transaction.
pub(super) async fn keep(tx: &Tx, id: ChannelId) -> Result<(), StoreError> {
    lock_cluster(tx).await?;
    match has_channel(tx, id).await? {
        true => Ok(()),
        false => Err(StoreError::Overtaken),
    }
}

async fn keep_fallback(tx: &Tx, new: &NewChannel) -> Result<(), StoreError> {
    let Some(Some(fallback)) = new.fallback else {
        return Ok(());
    };
    keep(tx, fallback).await
}
