//! Notification channels.

use std::collections::HashMap;

use app::channel::{Channel, ChannelDetails, ChannelKind, DIRECT};
use app::i18n::Lang;
use app::id::{ChannelId, TaskId};
use app::message::MessageState;
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::channel_uses::uses;
use super::code::is_one_of;
use super::delivery::channel_gone;
use super::entity::{channel, channel_slot, message, task};
use super::ledger::lock_cluster;
use super::overview::is_no_digest;
use super::row_version::{FIRST_VERSION, count};
use super::rules::uses_of;
use super::txn::transaction;
use super::{Act, Store, StoreError, Tx, chat, templates};

/// States of messages that are deleted with their channel, besides those in the outbox; sent messages stay in the
/// history.
const NEVER_SENT: [MessageState; 2] = [MessageState::Dead, MessageState::Withdrawn];

/// Ids of one statement.
const CHUNK: usize = 500;

/// Failing channels that are looked through for those that hold up messages.
const FAILING_READ: u64 = 100;

/// Bytes of a name that is made for the channel of a task.
const NAME_TRIED_MAX: usize = 60;

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
        let mut channels = Vec::with_capacity(rows.len());
        for row in rows {
            channels.push(self.to_channel(row).await?);
        }
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
            let channel = self.to_channel(row).await?;
            // A test that failed holds up nothing.
            if channel.pending + channel.dead > 0 {
                channels.push(channel);
            }
        }
        Ok(channels)
    }

    /// The kinds of these channels.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_kinds(
        &self,
        ids: impl IntoIterator<Item = ChannelId>,
    ) -> Result<HashMap<ChannelId, ChannelKind>, StoreError> {
        let rows: Vec<(i64, String)> = channel::Entity::find()
            .select_only()
            .columns([channel::Column::Id, channel::Column::Kind])
            .filter(channel::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
            .into_tuple()
            .all(&self.reader)
            .await?;
        rows.into_iter()
            .map(|(id, text)| Ok((ChannelId(id), kind(&text)?)))
            .collect()
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
            act.record(tx, Some(id.0)).await?;
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
            write(tx, id, new, &seal, act.at()).await?;
            act.record(tx, Some(id.0)).await?;
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
            let open = channel_gone(tx, id, now).await?;
            templates::channel_gone(tx, id).await?;
            chat::channel_gone(tx, id).await?;
            channel_slot::Entity::delete_many()
                .filter(channel_slot::Column::ChannelId.eq(id.0))
                .exec(tx)
                .await?;
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
            act.record(tx, Some(id.0)).await?;
            Ok(true)
        })
    }
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

/// The channel of a task: made, or in the place of the one that it has.
pub(super) async fn put_for_task(
    tx: &Tx,
    task: TaskId,
    channel: TaskChannel<'_>,
    now: DateTime<Utc>,
) -> Result<ChannelId, StoreError> {
    use channel::Column as C;
    let known: Option<(i64, String)> = channel::Entity::find()
        .select_only()
        .columns([C::Id, C::Name])
        .filter(C::TaskId.eq(task.0))
        .order_by_asc(C::Id)
        .into_tuple()
        .one(tx)
        .await?;
    let (id, name) = match known {
        Some((id, name)) => {
            let id = ChannelId(id);
            if !count::<channel::Entity>(tx, own(id), C::Version, None).await? {
                // It was deleted since it was read.
                return Err(StoreError::Raced);
            }
            (id, name)
        }
        None => {
            let mut name = format!("task-{task}");
            // Somebody's shared channel may have it.
            while channel::Entity::find()
                .filter(C::Name.eq(name.as_str()))
                .count(tx)
                .await?
                > 0
                && name.len() < NAME_TRIED_MAX
            {
                name.push('-');
            }
            let inserted = channel::Entity::insert(channel::ActiveModel {
                name: Set(name.clone()),
                kind: Set(channel.new.kind.as_str().to_owned()),
                url_sealed: Set(String::new()),
                url_masked: Set(String::new()),
                created_at: Set(now),
                updated_at: Set(now),
                task_id: Set(Some(task.0)),
                version: Set(FIRST_VERSION),
                ..Default::default()
            })
            .exec(tx)
            .await?;
            (ChannelId(inserted.last_insert_id), name)
        }
    };
    let new = NewChannel {
        name,
        // Nothing of the former robot stays.
        proxy: Some(None),
        lang: Some(None),
        ..channel.new.clone()
    };
    write(tx, id, &new, channel.seal, now).await?;
    Ok(id)
}

/// The channel that was made for a task, where something else uses it: stored before that was refused.
pub(super) async fn robot_of_others(
    tx: &Tx,
    task: TaskId,
) -> Result<Option<ChannelId>, StoreError> {
    use channel::Column as C;
    let own: Vec<i64> = channel::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::TaskId.eq(task.0))
        .into_tuple()
        .all(tx)
        .await?;
    for id in own.into_iter().map(ChannelId) {
        if !uses(tx, id, Some(task)).await?.is_unused() {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Removes the channels that were made for a task that is being deleted, whose messages are gone.
pub(super) async fn drop_of_task(tx: &Tx, task: TaskId) -> Result<(), StoreError> {
    use channel::Column as C;
    let own: Vec<i64> = channel::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::TaskId.eq(task.0))
        .into_tuple()
        .all(tx)
        .await?;
    for id in own {
        channel_slot::Entity::delete_many()
            .filter(channel_slot::Column::ChannelId.eq(id))
            .exec(tx)
            .await?;
        channel::Entity::delete_by_id(id).exec(tx).await?;
    }
    Ok(())
}

/// The row of a channel.
fn own(id: ChannelId) -> Condition {
    Condition::all().add(channel::Column::Id.eq(id.0))
}

/// Writes the input into the row of a channel.
async fn write(
    tx: &Tx,
    id: ChannelId,
    new: &NewChannel,
    seal: impl Fn(ChannelId, ChannelSecret) -> Option<String>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use channel::Column as C;
    let mut update = channel::Entity::update_many()
        .col_expr(C::Name, Expr::value(new.name.as_str()))
        .col_expr(C::Kind, Expr::value(new.kind.as_str()))
        .col_expr(C::UpdatedAt, Expr::value(now));
    let seal = |what| {
        seal(id, what).ok_or_else(|| StoreError::Seal {
            what: format!("channel {id}"),
        })
    };
    if let Some(shown) = &new.proxy {
        let proxy = shown.as_deref().filter(|shown| *shown != DIRECT);
        let sealed = proxy.map(|_| seal(ChannelSecret::Proxy)).transpose()?;
        // Answers through another proxy say nothing about this one.
        update = update
            .col_expr(C::FailingSince, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::Refuses, Expr::value(false))
            .col_expr(C::Proxy, Expr::value(shown.as_deref()))
            .col_expr(C::ProxySealed, Expr::value(sealed));
    }
    if let Some(lang) = new.lang {
        update = update.col_expr(C::Lang, Expr::value(lang.map(code)));
    }
    if let Some(fallback) = new.fallback {
        update = update.col_expr(C::FallbackId, Expr::value(fallback.map(|id| id.0)));
    }
    if let Some(details) = &new.settings {
        let none = *details == ChannelDetails::default();
        let shown = (!none)
            .then(|| serde_json::to_string(details))
            .transpose()
            .map_err(|_| unknown("channel settings", "unwritable"))?;
        let sealed = (!none).then(|| seal(ChannelSecret::Settings)).transpose()?;
        update = update
            .col_expr(C::FailingSince, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::Refuses, Expr::value(false))
            .col_expr(C::Settings, Expr::value(shown))
            .col_expr(C::SettingsSealed, Expr::value(sealed));
    }
    if let Some(masked) = &new.masked {
        let sealed = seal(ChannelSecret::Url)?;
        // Answers of the old address say nothing about the new one.
        update = update
            .col_expr(C::FailingSince, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::Refuses, Expr::value(false))
            .col_expr(C::BlockedUntil, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::UrlSealed, Expr::value(sealed))
            .col_expr(C::UrlMasked, Expr::value(masked.as_str()));
    }
    update.filter(C::Id.eq(id.0)).exec(tx).await?;
    Ok(())
}

fn unknown(what: &'static str, value: &str) -> StoreError {
    StoreError::UnknownValue {
        what,
        value: value.to_owned(),
    }
}

/// The target of a channel's row.
pub(super) fn target_of(row: channel::Model) -> Result<ChannelTarget, StoreError> {
    Ok(ChannelTarget {
        kind: kind(&row.kind)?,
        url_sealed: row.url_sealed,
        proxy: row.proxy,
        proxy_sealed: row.proxy_sealed,
        settings_sealed: row.settings_sealed,
        lang: lang(row.lang.as_deref())?,
    })
}

pub(super) fn kind(text: &str) -> Result<ChannelKind, StoreError> {
    text.parse().map_err(|()| unknown("channel kind", text))
}

/// The word of a language, as it is stored.
const fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    }
}

fn lang(text: Option<&str>) -> Result<Option<Lang>, StoreError> {
    text.map(|text| Lang::from_tag(text).ok_or_else(|| unknown("language", text)))
        .transpose()
}

fn details(text: Option<&str>) -> Result<ChannelDetails, StoreError> {
    text.map_or_else(
        || Ok(ChannelDetails::default()),
        |text| serde_json::from_str(text).map_err(|_| unknown("channel settings", text)),
    )
}
