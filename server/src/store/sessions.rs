//! Sessions and API tokens: secrets are looked up by their hash.

use app::id::{TokenId, UserId};
use app::time::Stamp;
use app::user::{ApiToken, User};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use super::accounts::to_user;
use super::entity::{api_token, session, user};
use super::txn::transaction;
use super::{Act, Store, StoreError};

/// Ids in one query: engines limit the values of a statement.
const AT_ONCE: usize = 500;

/// The account behind a session or a token.
#[derive(Clone, Debug)]
pub struct SessionUser {
    /// The account.
    pub user: User,
    /// When the session or token was last used.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// The id of the token, for a token.
    pub token_id: Option<TokenId>,
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
        token_hash: &str,
        (user_id, verified): (UserId, &str),
        expires_at: DateTime<Utc>,
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
                token_hash: Set(token_hash.to_owned()),
                user_id: Set(user_id.0),
                created_at: Set(now),
                last_seen_at: Set(now),
                expires_at: Set(expires_at),
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
        self.enabled_user(row.user_id, Some(row.last_seen_at), None)
            .await
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

    /// Which of these tokens are still valid, by the same rules as [`Self::token_user`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn good_tokens(
        &self,
        ids: Vec<TokenId>,
        now: DateTime<Utc>,
    ) -> Result<Vec<TokenId>, StoreError> {
        let mut good = Vec::new();
        for some in ids.chunks(AT_ONCE) {
            let rows = api_token::Entity::find()
                .filter(api_token::Column::Id.is_in(some.iter().map(|id| id.0)))
                .all(&self.reader)
                .await?;
            let enabled = self.enabled(rows.iter().map(|row| row.user_id)).await?;
            good.extend(
                rows.into_iter()
                    .filter(|row| row.expires_at.is_none_or(|end| end > now))
                    .filter(|row| enabled.contains(&row.user_id))
                    .map(|row| TokenId(row.id)),
            );
        }
        Ok(good)
    }

    async fn enabled(
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

    /// Records the use of a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(
        &self,
        token_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            session::Entity::update_many()
                .col_expr(session::Column::LastSeenAt, Expr::value(now))
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

    /// All tokens, or those of one account, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&self, of: Option<UserId>) -> Result<Vec<ApiToken>, StoreError> {
        let mut query = api_token::Entity::find().order_by_desc(api_token::Column::Id);
        if let Some(of) = of {
            query = query.filter(api_token::Column::UserId.eq(of.0));
        }
        let names: std::collections::HashMap<i64, String> = self
            .users()
            .await?
            .into_iter()
            .map(|user| (user.id.0, user.name))
            .collect();
        let rows = query.all(&self.reader).await?;
        Ok(rows
            .into_iter()
            .map(|row| ApiToken {
                id: TokenId(row.id),
                user: names.get(&row.user_id).cloned().unwrap_or_default(),
                prefix: row.prefix,
                created_at: Stamp(row.created_at),
                expires_at: row.expires_at.map(Stamp),
                last_used_at: row.last_used_at.map(Stamp),
            })
            .collect())
    }

    /// Adds a token in the name of the session with this hash, if there is one behind the request; `None` when that
    /// session or the account is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_token(
        &self,
        act: &Act,
        session: Option<&str>,
        user_id: UserId,
        (prefix, token_hash): (&str, &str),
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<Option<TokenId>, StoreError> {
        transaction!(self, |tx| {
            // Locks the account, as every change of a password does first: one that has ended the session is seen, and
            // one that follows ends the token.
            let locked = user::Entity::update_many()
                .col_expr(user::Column::Role, Expr::col(user::Column::Role))
                .filter(user::Column::Id.eq(user_id.0))
                .exec(tx)
                .await?;
            if locked.rows_affected != 1 {
                return Ok(None);
            }
            if let Some(hash) = session
                && session::Entity::find_by_id(hash.to_owned())
                    .one(tx)
                    .await?
                    .is_none()
            {
                return Ok(None);
            }
            let inserted = api_token::Entity::insert(api_token::ActiveModel {
                user_id: Set(user_id.0),
                prefix: Set(prefix.to_owned()),
                token_hash: Set(token_hash.to_owned()),
                created_at: Set(act.at()),
                expires_at: Set(expires_at),
                ..Default::default()
            })
            .exec(tx)
            .await?;
            act.record(tx, Some(inserted.last_insert_id)).await?;
            Ok(Some(TokenId(inserted.last_insert_id)))
        })
    }

    /// The account of a valid token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_user(
        &self,
        token_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<SessionUser>, StoreError> {
        let row = api_token::Entity::find()
            .filter(api_token::Column::TokenHash.eq(token_hash))
            .one(&self.reader)
            .await?;
        match row {
            Some(row) if row.expires_at.is_none_or(|end| end > now) => {
                self.enabled_user(row.user_id, row.last_used_at, Some(TokenId(row.id)))
                    .await
            }
            _ => Ok(None),
        }
    }

    /// Records the use of a token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_token(&self, id: TokenId, now: DateTime<Utc>) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            api_token::Entity::update_many()
                .col_expr(api_token::Column::LastUsedAt, Expr::value(now))
                .filter(api_token::Column::Id.eq(id.0))
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// Revokes a token; with `of`, only if it belongs to that account. False when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_token(
        &self,
        act: &Act,
        id: TokenId,
        of: Option<UserId>,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let mut delete =
                api_token::Entity::delete_many().filter(api_token::Column::Id.eq(id.0));
            if let Some(of) = of {
                delete = delete.filter(api_token::Column::UserId.eq(of.0));
            }
            if delete.exec(tx).await?.rows_affected != 1 {
                return Ok(false);
            }
            act.record(tx, Some(id.0)).await?;
            Ok(true)
        })
    }

    async fn enabled_user(
        &self,
        user_id: i64,
        last_seen_at: Option<DateTime<Utc>>,
        token_id: Option<TokenId>,
    ) -> Result<Option<SessionUser>, StoreError> {
        let Some(row) = user::Entity::find_by_id(user_id).one(&self.reader).await? else {
            return Ok(None);
        };
        if row.disabled {
            return Ok(None);
        }
        Ok(Some(SessionUser {
            user: to_user(&row)?,
            last_seen_at,
            token_id,
        }))
    }
}
