//! Sessions: secrets are looked up by their hash.

use app::id::UserId;
use app::time::Stamp;
use app::user::User;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::accounts::to_user;
use super::entity::{session, user};
use super::txn::transaction;
use super::{Act, Store, StoreError};

/// Ids in one query: engines limit the values of a statement.
pub(super) const AT_ONCE: usize = 500;
/// Sessions that are listed.
const LISTED_MAX: u64 = 1_000;
/// Hexadecimal digits of a session's hash that name it: its secret does not follow from them.
const NAME_DIGITS: usize = 16;
/// Characters of an address, and of what a browser says it is.
pub(super) const ADDRESS_MAX: usize = 64;
const AGENT_MAX: usize = 255;

/// The account behind a session.
#[derive(Clone, Debug)]
pub struct SessionUser {
    /// The account.
    pub user: User,
    /// When the session was last used.
    pub last_seen_at: DateTime<Utc>,
}

/// From where a request comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Origin<'a> {
    /// The client's address.
    pub address: &'a str,
    /// What the browser says it is.
    pub agent: Option<&'a str>,
}

impl<'a> From<&'a str> for Origin<'a> {
    fn from(address: &'a str) -> Self {
        Self {
            address,
            agent: None,
        }
    }
}

/// A session that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    /// The hash of its secret.
    pub hash: &'a str,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// From where they sign in.
    pub origin: Origin<'a>,
}

/// A session without its secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredSession {
    /// The hash of its secret.
    pub hash: String,
    /// The account's name.
    pub user: String,
    /// When it began.
    pub created_at: Stamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Stamp,
    /// When it ends at the latest.
    pub expires_at: Stamp,
    /// The address it was last used from.
    pub address: Option<String>,
    /// What the browser says it is.
    pub agent: Option<String>,
}

impl StoredSession {
    /// What names it, without giving it away.
    #[must_use]
    pub fn name(&self) -> &str {
        self.hash.get(..NAME_DIGITS).unwrap_or(&self.hash)
    }
}

pub(super) fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

impl Store {
    /// Starts a session and records the sign-in, if the account may sign in and still has the password that was
    /// verified, in its stored form; false when not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_session(
        &self,
        act: &Act,
        new: &NewSession<'_>,
        (user_id, verified): (UserId, &str),
    ) -> Result<bool, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            // First of all, like every change of a password: that comes before this, and is seen, or after it, and ends
            // this session.
            let entered = user::Entity::update_many()
                .col_expr(user::Column::LastSignInAt, Expr::value(now))
                .filter(user::Column::Id.eq(user_id.0))
                .filter(user::Column::PasswordHash.eq(verified))
                .filter(user::Column::Disabled.eq(false))
                .exec(tx)
                .await?;
            if entered.rows_affected != 1 {
                return Ok(false);
            }
            session::Entity::delete_many()
                .filter(session::Column::ExpiresAt.lt(now))
                .exec(tx)
                .await?;
            session::Entity::insert(session::ActiveModel {
                token_hash: Set(new.hash.to_owned()),
                user_id: Set(user_id.0),
                created_at: Set(now),
                last_seen_at: Set(now),
                expires_at: Set(new.expires_at),
                address: Set(Some(cut(new.origin.address, ADDRESS_MAX))),
                agent: Set(new.origin.agent.map(|agent| cut(agent, AGENT_MAX))),
            })
            .exec_without_returning(tx)
            .await?;
            act.record(tx, Some(user_id.0)).await?;
            Ok(true)
        })
    }

    /// The account of a valid session: neither past its end, nor idle since before `idle_since`, nor of a disabled
    /// account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_user(
        &self,
        token_hash: &str,
        now: DateTime<Utc>,
        idle_since: DateTime<Utc>,
    ) -> Result<Option<SessionUser>, StoreError> {
        let Some(row) = session::Entity::find_by_id(token_hash.to_owned())
            .one(&self.reader)
            .await?
        else {
            return Ok(None);
        };
        if row.expires_at <= now || row.last_seen_at <= idle_since {
            return Ok(None);
        }
        let user = self.enabled_user(row.user_id).await?;
        Ok(user.map(|user| SessionUser {
            user,
            last_seen_at: row.last_seen_at,
        }))
    }

    /// All sessions that are valid, or those of one account, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(
        &self,
        of: Option<UserId>,
        now: DateTime<Utc>,
        idle_since: DateTime<Utc>,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let mut query = session::Entity::find()
            .filter(session::Column::ExpiresAt.gt(now))
            .filter(session::Column::LastSeenAt.gt(idle_since))
            .order_by_desc(session::Column::LastSeenAt)
            .order_by_asc(session::Column::TokenHash)
            .limit(LISTED_MAX);
        if let Some(of) = of {
            query = query.filter(session::Column::UserId.eq(of.0));
        }
        let names = self.account_names().await?;
        let rows = query.all(&self.reader).await?;
        Ok(rows
            .into_iter()
            .map(|row| StoredSession {
                hash: row.token_hash,
                user: names.get(&row.user_id).cloned().unwrap_or_default(),
                created_at: Stamp(row.created_at),
                last_seen_at: Stamp(row.last_seen_at),
                expires_at: Stamp(row.expires_at),
                address: row.address,
                agent: row.agent,
            })
            .collect())
    }

    /// Which of these sessions are still valid, by the same rules as [`Self::session_user`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn good_sessions(
        &self,
        hashes: Vec<String>,
        now: DateTime<Utc>,
        idle_since: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        let mut good = Vec::new();
        for some in hashes.chunks(AT_ONCE) {
            let rows = session::Entity::find()
                .filter(session::Column::TokenHash.is_in(some))
                .filter(session::Column::ExpiresAt.gt(now))
                .filter(session::Column::LastSeenAt.gt(idle_since))
                .all(&self.reader)
                .await?;
            let enabled = self.enabled(rows.iter().map(|row| row.user_id)).await?;
            good.extend(
                rows.into_iter()
                    .filter(|row| enabled.contains(&row.user_id))
                    .map(|row| row.token_hash),
            );
        }
        Ok(good)
    }

    pub(super) async fn enabled(
        &self,
        ids: impl Iterator<Item = i64>,
    ) -> Result<std::collections::HashSet<i64>, StoreError> {
        let ids: std::collections::HashSet<i64> = ids.collect();
        let rows = user::Entity::find()
            .filter(user::Column::Id.is_in(ids))
            .filter(user::Column::Disabled.eq(false))
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Records the use of a session, and from where.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(
        &self,
        token_hash: &str,
        address: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            session::Entity::update_many()
                .col_expr(session::Column::LastSeenAt, Expr::value(now))
                .col_expr(
                    session::Column::Address,
                    Expr::value(cut(address, ADDRESS_MAX)),
                )
                .filter(session::Column::TokenHash.eq(token_hash))
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// Ends a session; false when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&self, token_hash: &str) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let ended = session::Entity::delete_by_id(token_hash.to_owned())
                .exec(tx)
                .await?;
            Ok(ended.rows_affected > 0)
        })
    }

    /// Ends the session with this name; with `of`, only if it belongs to that account. Returns the hash of its secret;
    /// `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(
        &self,
        act: &Act,
        name: &str,
        of: Option<UserId>,
    ) -> Result<Option<String>, StoreError> {
        let is_name = name.len() == NAME_DIGITS
            && name
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        if !is_name {
            return Ok(None);
        }
        // Along the primary key: what follows all hexadecimal digits is after every hash that begins with it.
        let (from, to) = (name.to_owned(), format!("{name}g"));
        transaction!(self, |tx| {
            let mut query = session::Entity::find()
                .filter(session::Column::TokenHash.gte(from.as_str()))
                .filter(session::Column::TokenHash.lt(to.as_str()));
            if let Some(of) = of {
                query = query.filter(session::Column::UserId.eq(of.0));
            }
            let Some(row) = query.one(tx).await? else {
                return Ok(None);
            };
            let ended = session::Entity::delete_by_id(row.token_hash.clone())
                .exec(tx)
                .await?;
            if ended.rows_affected != 1 {
                return Ok(None);
            }
            act.record(tx, Some(row.user_id)).await?;
            Ok(Some(row.token_hash))
        })
    }

    /// Ends the sessions of an account except `kept`; returns how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions(
        &self,
        act: &Act,
        of: UserId,
        kept: Option<&str>,
    ) -> Result<u64, StoreError> {
        transaction!(self, |tx| {
            let mut delete =
                session::Entity::delete_many().filter(session::Column::UserId.eq(of.0));
            if let Some(kept) = kept {
                delete = delete.filter(session::Column::TokenHash.ne(kept));
            }
            let ended = delete.exec(tx).await?.rows_affected;
            if ended > 0 {
                act.record(tx, Some(of.0)).await?;
            }
            Ok(ended)
        })
    }

    /// An account that may sign in.
    pub(super) async fn enabled_user(&self, user_id: i64) -> Result<Option<User>, StoreError> {
        let row = user::Entity::find_by_id(user_id).one(&self.reader).await?;
        let row = row.filter(|row| !row.disabled);
        row.as_ref().map(to_user).transpose()
    }

    /// The names of all accounts by their ids.
    pub(super) async fn account_names(
        &self,
    ) -> Result<std::collections::HashMap<i64, String>, StoreError> {
        let users = self.users().await?;
        Ok(users
            .into_iter()
            .map(|user| (user.id.0, user.name))
            .collect())
    }
}
