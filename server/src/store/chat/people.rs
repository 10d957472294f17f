//! People of chats and the accounts that they act as. An ID names a person within one bot only: two companies may give
//! the same ID to two people (`docs/adr/0046-people-of-chats-belong-to-a-bot.md`).

use std::collections::{BTreeMap, HashMap};

use app::auth::{Principal, Proof, Role, Via};
use app::channel::{CHAT_PEOPLE_MAX, Channel, ChannelKind, ChatPerson};
use app::id::{ChannelId, ChatPersonId, UserId};
use app::time::Stamp;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::super::accounts::to_user;
use super::super::channels::{bot_of, kind};
use super::super::entity::{channel, chat_person, user};
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, Tx};

/// Stands for the account of a person without one.
const NO_ACCOUNT: i64 = 0;

/// As whom a person acts in the chats of a bot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatIdentity {
    /// The name by which tickets know the person.
    pub name: String,
    /// Whether there is an account. Without one the person may only answer tickets that ask for that name.
    pub has_account: bool,
    /// The account; without one, a person of that name who operates.
    pub principal: Principal,
}

impl ChatIdentity {
    /// A person without an account, who answers the tickets of a name.
    #[must_use]
    pub fn answering(name: String, from: String) -> Self {
        Self {
            principal: Principal {
                user_id: None,
                name: name.clone(),
                role: Role::Operator,
                via: Via::Chat,
                from: Some(from),
                press: None,
                proof: Proof::Other,
            },
            name,
            has_account: false,
        }
    }
}

/// A person of a chat, as the audit log names the client.
#[must_use]
pub fn chat_client(kind: ChannelKind, bot: ChannelId, person: &str) -> String {
    format!("{}#{bot}:{person}", kind.as_str())
}

/// The IDs of all channels; rows of a server from before bots had people of their own name none.
fn channels() -> SelectStatement {
    let mut ids = Query::select();
    ids.column(channel::Column::Id).from(channel::Entity);
    ids
}

impl Store {
    /// People of chats and their accounts, by bot and ID.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_people(&self) -> Result<Vec<ChatPerson>, StoreError> {
        use chat_person::Column as P;
        let rows = chat_person::Entity::find()
            .filter(P::ChannelId.in_subquery(channels()))
            .order_by_asc(P::ChannelId)
            .order_by_asc(P::Person)
            .limit(CHAT_PEOPLE_MAX as u64)
            .all(&self.reader)
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let names: HashMap<i64, String> = user::Entity::find()
            .select_only()
            .columns([user::Column::Id, user::Column::Name])
            .into_tuple()
            .all(&self.reader)
            .await?
            .into_iter()
            .collect();
        let ids = || rows.iter().filter_map(|row| row.channel_id.map(ChannelId));
        let bots = self.channel_names(ids()).await?;
        let kinds = self.channel_kinds(ids()).await?;
        let person = |row: &chat_person::Model| {
            let channel_id = ChannelId(row.channel_id?);
            Some(ChatPerson {
                id: ChatPersonId(row.id),
                channel_id,
                // It may have been deleted in between.
                channel: bots.get(&channel_id)?.clone(),
                vendor: *kinds.get(&channel_id)?,
                person: row.person.clone(),
                user: names.get(&row.user_id).cloned().unwrap_or_default(),
                owner: row.owner.clone().unwrap_or_default(),
                created_at: Stamp(row.created_at),
            })
        };
        Ok(rows.iter().filter_map(person).collect())
    }

    /// As whom a person acts in the chats of a bot; `None` for an unknown person, or a disabled account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_identity(
        &self,
        bot: ChannelId,
        person: &str,
    ) -> Result<Option<ChatIdentity>, StoreError> {
        use chat_person::Column as P;
        let found = chat_person::Entity::find()
            .filter(P::ChannelId.eq(bot.0))
            .filter(P::Person.eq(person))
            .one(&self.reader)
            .await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let from = chat_client(kind(&found.vendor)?, bot, person);
        if found.user_id == NO_ACCOUNT {
            return Ok(found
                .owner
                .map(|owner| ChatIdentity::answering(owner, from)));
        }
        let row = user::Entity::find_by_id(found.user_id)
            .one(&self.reader)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let account = to_user(&row)?;
        Ok((!account.disabled).then(|| ChatIdentity {
            name: found.owner.unwrap_or_else(|| account.name.clone()),
            has_account: true,
            principal: Principal {
                user_id: Some(account.id),
                name: account.name,
                role: account.role,
                via: Via::Chat,
                from: Some(from),
                press: None,
                proof: Proof::Other,
            },
        }))
    }

    /// Whether a person is listed for a bot, with an account that may be disabled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_chat_person(&self, bot: ChannelId, person: &str) -> Result<bool, StoreError> {
        use chat_person::Column as P;
        let found = chat_person::Entity::find()
            .filter(P::ChannelId.eq(bot.0))
            .filter(P::Person.eq(person))
            .one(&self.reader)
            .await?;
        Ok(found.is_some())
    }

    /// The IDs of people in the chats of a bot, by the names that tasks use for them: the owners that they stand for, those
    /// of their accounts, or the IDs themselves. People whom the bot does not know are missing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_ids(
        &self,
        bot: ChannelId,
        names: &[String],
    ) -> Result<BTreeMap<String, String>, StoreError> {
        use chat_person::Column as P;
        let wanted = || names.iter().map(String::as_str);
        let users: Vec<(i64, String)> = user::Entity::find()
            .select_only()
            .columns([user::Column::Id, user::Column::Name])
            .filter(user::Column::Name.is_in(wanted()))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let users: HashMap<i64, String> = users.into_iter().collect();
        let theirs = P::UserId.is_in(users.keys().copied());
        let named = P::Person.is_in(wanted()).or(P::Owner.is_in(wanted()));
        let rows: Vec<(String, i64, Option<String>)> = chat_person::Entity::find()
            .select_only()
            .columns([P::Person, P::UserId, P::Owner])
            .filter(P::ChannelId.eq(bot.0))
            .filter(named.or(theirs))
            .order_by_asc(P::Id)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut ids = BTreeMap::new();
        for (person, user, owner) in rows {
            let owner = owner.filter(|owner| names.contains(owner));
            for name in users.get(&user).into_iter().chain(&owner) {
                ids.entry(name.clone()).or_insert_with(|| person.clone());
            }
            if names.contains(&person) {
                ids.insert(person.clone(), person);
            }
        }
        Ok(ids)
    }

    /// Makes a person of a bot known, with an account to act as, the owner that the person stands for, or both. A known
    /// person is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the person; [`StoreError::Overtaken`] when the channel has been deleted or is
    /// another bot by now.
    pub async fn insert_chat_person(
        &self,
        act: &Act,
        bot: &Channel,
        person: &str,
        (user, owner): (Option<UserId>, Option<&str>),
    ) -> Result<ChatPersonId, StoreError> {
        use channel::Column as C;
        transaction!(self, |tx| {
            // Who deletes the channel, or makes another bot of it, changes the same row, and forgets its people.
            channel::Entity::update_many()
                .col_expr(C::Version, Expr::col(C::Version))
                .filter(C::Id.eq(bot.id.0))
                .exec(tx)
                .await?;
            let seen = (
                bot.kind.as_str().to_owned(),
                bot.settings.bot.clone(),
                bot.url_masked.clone(),
            );
            if bot_of(tx, bot.id).await? != Some(seen) {
                return Err(StoreError::Overtaken);
            }
            let row = chat_person::ActiveModel {
                vendor: Set(bot.kind.as_str().to_owned()),
                channel_id: Set(Some(bot.id.0)),
                person: Set(person.to_owned()),
                user_id: Set(user.map_or(NO_ACCOUNT, |user| user.0)),
                owner: Set(owner.map(str::to_owned)),
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
pub(in super::super) async fn account_gone(tx: &Tx, id: UserId) -> Result<(), StoreError> {
    chat_person::Entity::delete_many()
        .filter(chat_person::Column::UserId.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// The bot of a channel is another one, perhaps of another company: the IDs of the former one name other people there.
pub(in super::super) async fn bot_changed(tx: &Tx, id: ChannelId) -> Result<(), StoreError> {
    forget(tx, id).await
}

/// Takes the accounts of all people of a bot away.
pub(super) async fn forget(tx: &Tx, id: ChannelId) -> Result<(), StoreError> {
    chat_person::Entity::delete_many()
        .filter(chat_person::Column::ChannelId.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}
