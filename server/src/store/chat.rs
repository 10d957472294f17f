//! Bots of chats: the lease of each connection, events that were acted on, and whose account a person acts as.

use std::collections::HashMap;

use app::auth::{Principal, Via};
use app::channel::{BotConnection, BotState, CHAT_PEOPLE_MAX, ChannelKind, ChatPerson};
use app::id::{ChannelId, ChatPersonId, UserId};
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::accounts::to_user;
use super::channels::{kind, target_of};
use super::entity::{channel, chat_connection, chat_event, chat_person, node, user};
use super::txn::transaction;
use super::{Act, ChannelTarget, Engine, Store, StoreError, Tx};

/// Bots of one installation; more are not connected.
const BOTS_MAX: u64 = 100;
/// Bytes of an event's ID that are kept.
pub(crate) const EVENT_MAX: usize = 128;
/// What the mark of a card whose button was used begins with.
pub(crate) const CARD_MARK: &str = "card ";

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
            all.push(ChatLease {
                channel: ChannelId(row.id),
                target: target_of(row)?,
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
                BotState::Connected => super::messages::connected(tx, channel).await,
                BotState::Refused => super::messages::refused(tx, channel, why, now).await,
                BotState::Connecting | BotState::Replaced => Ok(()),
            }
        })
    }

    /// Whether an event comes for the first time; from then on it does not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_event_is_new(
        &self,
        channel: ChannelId,
        event: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let event = &event[..crate::text::floor(event, EVENT_MAX)];
        let marked = self.mark_event(channel, event, now).await;
        match marked {
            Err(error) if error.is_duplicate() => Ok(false),
            done => done.map(|()| true),
        }
    }

    async fn mark_event(
        &self,
        channel: ChannelId,
        event: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            let row = chat_event::ActiveModel {
                channel_id: Set(channel.0),
                event: Set(event.to_owned()),
                seen_at: Set(now),
            };
            chat_event::Entity::insert(row)
                .exec_without_returning(tx)
                .await?;
            Ok(())
        })
    }

    /// Forgets one event: nothing came of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_event_forget(
        &self,
        channel: ChannelId,
        event: &str,
    ) -> Result<(), StoreError> {
        use chat_event::Column as E;
        let event = &event[..crate::text::floor(event, EVENT_MAX)];
        transaction!(self, |tx| {
            chat_event::Entity::delete_many()
                .filter(E::ChannelId.eq(channel.0))
                .filter(E::Event.eq(event))
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// Forgets events from before an instant, and used cards from before another one: a card stays in its chat, with
    /// its buttons where the update of it was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_events_forget(
        &self,
        events: DateTime<Utc>,
        cards: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        use chat_event::Column as E;
        transaction!(self, |tx| {
            chat_event::Entity::delete_many()
                .filter(E::SeenAt.lt(events))
                .filter(
                    Condition::any()
                        .add(E::SeenAt.lt(cards))
                        .add(E::Event.not_like(format!("{CARD_MARK}%"))),
                )
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// The connection of a bot; `None` before it was first held.
    pub(super) async fn chat_connection(
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

    /// People of chats and their accounts, by vendor and ID.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_people(&self) -> Result<Vec<ChatPerson>, StoreError> {
        use chat_person::Column as P;
        let rows = chat_person::Entity::find()
            .order_by_asc(P::Vendor)
            .order_by_asc(P::Person)
            .limit(CHAT_PEOPLE_MAX as u64)
            .all(&self.reader)
            .await?;
        let names: HashMap<i64, String> = user::Entity::find()
            .select_only()
            .columns([user::Column::Id, user::Column::Name])
            .into_tuple()
            .all(&self.reader)
            .await?
            .into_iter()
            .collect();
        let person = |row: chat_person::Model| {
            Ok(ChatPerson {
                id: ChatPersonId(row.id),
                vendor: kind(&row.vendor)?,
                person: row.person,
                user: names.get(&row.user_id).cloned().unwrap_or_default(),
                created_at: Stamp(row.created_at),
            })
        };
        rows.into_iter().map(person).collect()
    }

    /// The account that a person of a chat acts as; `None` for an unknown person, or a disabled account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_account(
        &self,
        vendor: ChannelKind,
        person: &str,
    ) -> Result<Option<Principal>, StoreError> {
        use chat_person::Column as P;
        let found = chat_person::Entity::find()
            .filter(P::Vendor.eq(vendor.as_str()))
            .filter(P::Person.eq(person))
            .one(&self.reader)
            .await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let row = user::Entity::find_by_id(found.user_id)
            .one(&self.reader)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let account = to_user(&row)?;
        Ok((!account.disabled).then(|| Principal {
            user_id: Some(account.id),
            name: account.name,
            role: account.role,
            via: Via::Chat,
            from: Some(format!("{}:{person}", vendor.as_str())),
            press: None,
        }))
    }

    /// Gives a person an account to act as. A person who has one is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the person.
    pub async fn insert_chat_person(
        &self,
        act: &Act,
        (vendor, person): (ChannelKind, &str),
        user: UserId,
    ) -> Result<ChatPersonId, StoreError> {
        transaction!(self, |tx| {
            let row = chat_person::ActiveModel {
                vendor: Set(vendor.as_str().to_owned()),
                person: Set(person.to_owned()),
                user_id: Set(user.0),
                created_at: Set(act.at()),
                ..Default::default()
            };
            let inserted = chat_person::Entity::insert(row).exec(tx).await?;
            act.record(tx, Some(inserted.last_insert_id)).await?;
            Ok(ChatPersonId(inserted.last_insert_id))
        })
    }

    /// Takes the account of a person away; false when there is no such row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_chat_person(
        &self,
        act: &Act,
        id: ChatPersonId,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let deleted = chat_person::Entity::delete_by_id(id.0).exec(tx).await?;
            if deleted.rows_affected != 1 {
                return Ok(false);
            }
            act.record(tx, Some(id.0)).await?;
            Ok(true)
        })
    }
}

/// An account is deleted: its people have none any more.
pub(super) async fn account_gone(tx: &Tx, id: UserId) -> Result<(), StoreError> {
    chat_person::Entity::delete_many()
        .filter(chat_person::Column::UserId.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// A channel is deleted.
pub(super) async fn channel_gone(tx: &Tx, id: ChannelId) -> Result<(), StoreError> {
    chat_connection::Entity::delete_by_id(id.0).exec(tx).await?;
    chat_event::Entity::delete_many()
        .filter(chat_event::Column::ChannelId.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}
