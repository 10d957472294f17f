//! The lease of each bot's connection, and its state.

use app::channel::{BotConnection, BotState, ChannelKind};
use app::id::ChannelId;
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::super::channels::target_of;
use super::super::entity::{channel, chat_connection, node};
use super::super::messages;
use super::super::txn::transaction;
use super::super::unreadable::RowKind;
use super::super::{ChannelTarget, Engine, Store, StoreError};

/// Bots of one installation; more are not connected.
const BOTS_MAX: u64 = 100;

/// A bot's channel, and who holds its connection.
#[derive(Clone, Debug)]
pub struct ChatLease {
    /// The channel.
    pub channel: ChannelId,
    /// What is stored of it.
    pub target: ChannelTarget,
    /// The process that holds the connection.
    pub holder: Option<String>,
    /// How often it was claimed; `None` before the first time.
    pub epoch: Option<i64>,
    /// Until when it is held.
    pub held_until: Option<DateTime<Utc>>,
}

/// Kinds of channels that are bots, as they are stored.
fn bots() -> impl Iterator<Item = &'static str> {
    let all = ChannelKind::ALL.iter().copied();
    all.filter(|kind| kind.is_bot()).map(ChannelKind::as_str)
}

impl Store {
    /// The channels of all bots, with their leases.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_leases(&self) -> Result<Vec<ChatLease>, StoreError> {
        let rows = channel::Entity::find()
            .filter(channel::Column::Kind.is_in(bots()))
            .order_by_asc(channel::Column::Id)
            .limit(BOTS_MAX)
            .all(&self.reader)
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let leases = chat_connection::Entity::find()
            .filter(chat_connection::Column::ChannelId.is_in(ids))
            .all(&self.reader)
            .await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let lease = leases.iter().find(|lease| lease.channel_id == row.id);
            let (id, key) = (row.id, row.id.to_string());
            let target = target_of(row);
            let Some(target) = self.unreadable.skip_part(RowKind::Channel, &key, target)? else {
                continue;
            };
            all.push(ChatLease {
                channel: ChannelId(id),
                target,
                holder: lease.and_then(|lease| lease.holder.clone()),
                epoch: lease.map(|lease| lease.epoch),
                held_until: lease.and_then(|lease| lease.held_until),
            });
        }
        Ok(all)
    }

    /// Takes a lease that is free, or has expired, or is this process's own; returns its new epoch, or `None` when
    /// another process was first. On an embedded database there is no other process.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_claim(
        &self,
        seen: &ChatLease,
        holder: &str,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, StoreError> {
        match self.chat_claim_first(seen, holder, until, now).await {
            // Another server made the row.
            Err(error) if error.is_duplicate() => Ok(None),
            done => done,
        }
    }

    async fn chat_claim_first(
        &self,
        seen: &ChatLease,
        holder: &str,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, StoreError> {
        use chat_connection::Column as C;
        let state = BotState::Connecting.as_str();
        transaction!(self, |tx| {
            let Some(epoch) = seen.epoch else {
                let row = chat_connection::ActiveModel {
                    channel_id: Set(seen.channel.0),
                    holder: Set(Some(holder.to_owned())),
                    epoch: Set(1),
                    held_until: Set(Some(until)),
                    state: Set(state.to_owned()),
                    why: Set(String::new()),
                    changed_at: Set(now),
                };
                chat_connection::Entity::insert(row)
                    .exec_without_returning(tx)
                    .await?;
                return Ok(Some(1));
            };
            let mut free = Condition::any()
                .add(C::Holder.is_null())
                .add(C::Holder.eq(holder))
                .add(C::HeldUntil.is_null())
                .add(C::HeldUntil.lte(now));
            if self.engine == Engine::Sqlite {
                free = free.add(C::ChannelId.is_not_null());
            }
            let claimed = chat_connection::Entity::update_many()
                .col_expr(C::Holder, Expr::value(holder))
                .col_expr(C::Epoch, Expr::col(C::Epoch).add(1))
                .col_expr(C::HeldUntil, Expr::value(until))
                .col_expr(C::State, Expr::value(state))
                .col_expr(C::Why, Expr::value(""))
                .col_expr(C::ChangedAt, Expr::value(now))
                .filter(C::ChannelId.eq(seen.channel.0))
                .filter(C::Epoch.eq(epoch))
                .filter(free)
                .exec(tx)
                .await?;
            Ok((claimed.rows_affected == 1).then_some(epoch + 1))
        })
    }

    /// Renews a lease; false when it is another process's by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_renew(
        &self,
        channel: ChannelId,
        epoch: i64,
        holder: &str,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        use chat_connection::Column as C;
        transaction!(self, |tx| {
            let renewed = chat_connection::Entity::update_many()
                .col_expr(C::HeldUntil, Expr::value(until))
                .filter(C::ChannelId.eq(channel.0))
                .filter(C::Epoch.eq(epoch))
                .filter(C::Holder.eq(holder))
                .exec(tx)
                .await?;
            Ok(renewed.rows_affected == 1)
        })
    }

    /// Gives a lease up, unless it is another process's by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_release(
        &self,
        channel: ChannelId,
        epoch: i64,
        holder: &str,
    ) -> Result<(), StoreError> {
        use chat_connection::Column as C;
        transaction!(self, |tx| {
            chat_connection::Entity::update_many()
                .col_expr(C::Holder, Expr::value(None::<String>))
                .col_expr(C::HeldUntil, Expr::value(None::<DateTime<Utc>>))
                .filter(C::ChannelId.eq(channel.0))
                .filter(C::Epoch.eq(epoch))
                .filter(C::Holder.eq(holder))
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// Notes the state of a connection with its lease and, where the vendor refuses the bot or takes it again, with its
    /// channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_note(
        &self,
        channel: ChannelId,
        epoch: i64,
        state: BotState,
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        use chat_connection::Column as C;
        transaction!(self, |tx| {
            let noted = chat_connection::Entity::update_many()
                .col_expr(C::State, Expr::value(state.as_str()))
                .col_expr(C::Why, Expr::value(why))
                .col_expr(C::ChangedAt, Expr::value(now))
                .filter(C::ChannelId.eq(channel.0))
                .filter(C::Epoch.eq(epoch))
                .exec(tx)
                .await?;
            if noted.rows_affected == 0 {
                return Ok(());
            }
            match state {
                BotState::Connected => messages::connected(tx, channel).await,
                BotState::Refused => messages::refused(tx, channel, why, now).await,
                BotState::Connecting | BotState::Replaced => Ok(()),
            }
        })
    }

    /// The connection of a bot; `None` before it was first held.
    pub(in super::super) async fn chat_connection(
        &self,
        channel: i64,
    ) -> Result<Option<BotConnection>, StoreError> {
        let found = chat_connection::Entity::find_by_id(channel)
            .one(&self.reader)
            .await?;
        let Some(row) = found else {
            return Ok(None);
        };
        let holder = match row.holder.clone() {
            Some(id) => node::Entity::find_by_id(id).one(&self.reader).await?,
            None => None,
        };
        let state = row.state.parse().map_err(|()| StoreError::UnknownValue {
            what: "state of a bot",
            value: row.state.clone(),
        })?;
        Ok(Some(BotConnection {
            state: if row.holder.is_none() {
                BotState::Connecting
            } else {
                state
            },
            why: row.why,
            since: Stamp(row.changed_at),
            host: holder.map(|node| node.hostname),
        }))
    }
}
