//! API tokens: secrets are looked up by their hash.

use app::auth::{Scopes, TaskLimits, TokenRights};
use app::id::{TokenId, UserId};
use app::time::Stamp;
use app::user::{ApiToken, TOKENS_MAX, User};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use super::entity::{api_token, session, user};
use super::sessions::{ADDRESS_MAX, AT_ONCE, cut};
use super::txn::transaction;
use super::{Act, Store, StoreError};

/// Tokens that are listed.
const LISTED_MAX: u64 = 5_000;
/// Tokens that expire soon and are looked at in one turn.
const EXPIRING_MAX: u64 = 1_000;

/// The account behind a token.
#[derive(Clone, Debug)]
pub struct TokenUser {
    /// The account.
    pub user: User,
    /// The token.
    pub id: TokenId,
    /// What it allows.
    pub rights: TokenRights,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A token that is created.
#[derive(Clone, Copy, Debug)]
pub struct NewTokenRow<'a> {
    /// What it is for.
    pub name: &'a str,
    /// Its first characters.
    pub prefix: &'a str,
    /// The hash of its secret.
    pub hash: &'a str,
    /// What it allows.
    pub scopes: Scopes,
    /// The tasks that it is limited to, if it is.
    pub limits: Option<&'a TaskLimits>,
    /// When it expires.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What became of a new token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenPut {
    /// It is there.
    Done(TokenId),
    /// The account is gone, or the session in whose name it was asked for.
    Gone,
    /// The account has as many as it may have.
    TooMany,
}

/// Tokens that are valid at an instant.
fn valid(now: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(api_token::Column::ExpiresAt.is_null())
        .add(api_token::Column::ExpiresAt.gt(now))
}

/// The scopes of a row: all of them where an earlier version has created it.
fn scopes_of(row: &api_token::Model) -> Scopes {
    let stored = row.scopes.as_deref();
    stored.map_or_else(Scopes::all, Scopes::from_stored)
}

/// The tasks that the token of a row is limited to. What cannot be read is an error: it must not become a token without
/// limits.
fn limits_of(row: &api_token::Model) -> Result<Option<TaskLimits>, StoreError> {
    let Some(stored) = &row.limits else {
        return Ok(None);
    };
    let read = serde_json::from_str(stored).map_err(|_| StoreError::UnknownValue {
        what: "limits of a token",
        value: stored.clone(),
    })?;
    Ok(Some(read))
}

impl Store {
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

    /// All tokens, or those of one account, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&self, of: Option<UserId>) -> Result<Vec<ApiToken>, StoreError> {
        let mut query = api_token::Entity::find()
            .order_by_desc(api_token::Column::Id)
            .limit(LISTED_MAX);
        if let Some(of) = of {
            query = query.filter(api_token::Column::UserId.eq(of.0));
        }
        let rows = query.all(&self.reader).await?;
        self.with_owners(rows).await
    }

    /// The tokens that expire after `now` and no later than `until`, of accounts that may sign in; with `of`, only those of
    /// that account. The first to expire comes first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens_expiring(
        &self,
        of: Option<UserId>,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<ApiToken>, StoreError> {
        let mut query = api_token::Entity::find()
            .filter(api_token::Column::ExpiresAt.gt(now))
            .filter(api_token::Column::ExpiresAt.lte(until))
            .order_by_asc(api_token::Column::ExpiresAt)
            .order_by_asc(api_token::Column::Id)
            .limit(EXPIRING_MAX);
        if let Some(of) = of {
            query = query.filter(api_token::Column::UserId.eq(of.0));
        }
        let mut rows = query.all(&self.reader).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let enabled = self.enabled(rows.iter().map(|row| row.user_id)).await?;
        rows.retain(|row| enabled.contains(&row.user_id));
        self.with_owners(rows).await
    }

    async fn with_owners(&self, rows: Vec<api_token::Model>) -> Result<Vec<ApiToken>, StoreError> {
        let names = self.account_names().await?;
        rows.into_iter()
            .map(|row| {
                Ok(ApiToken {
                    id: TokenId(row.id),
                    user: names.get(&row.user_id).cloned().unwrap_or_default(),
                    scopes: scopes_of(&row).list(),
                    limits: limits_of(&row)?,
                    name: row.name.unwrap_or_default(),
                    prefix: row.prefix,
                    created_at: Stamp(row.created_at),
                    expires_at: row.expires_at.map(Stamp),
                    last_used_at: row.last_used_at.map(Stamp),
                    last_used_from: row.last_used_from,
                })
            })
            .collect()
    }

    /// Adds a token in the name of the session with this hash, if there is one behind the request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_token(
        &self,
        act: &Act,
        session: Option<&str>,
        user_id: UserId,
        new: &NewTokenRow<'_>,
    ) -> Result<TokenPut, StoreError> {
        let limits = new.limits.map(|limits| json!(limits).to_string());
        transaction!(self, |tx| {
            // Locks the account, as every change of a password does first: one that has ended the session is seen, and
            // one that follows ends the token.
            let locked = user::Entity::update_many()
                .col_expr(user::Column::Role, Expr::col(user::Column::Role))
                .filter(user::Column::Id.eq(user_id.0))
                .exec(tx)
                .await?;
            if locked.rows_affected != 1 {
                return Ok(TokenPut::Gone);
            }
            if let Some(hash) = session
                && session::Entity::find_by_id(hash.to_owned())
                    .one(tx)
                    .await?
                    .is_none()
            {
                return Ok(TokenPut::Gone);
            }
            let there = api_token::Entity::find()
                .filter(api_token::Column::UserId.eq(user_id.0))
                .filter(valid(act.at()))
                .count(tx)
                .await?;
            if there >= TOKENS_MAX {
                return Ok(TokenPut::TooMany);
            }
            let inserted = api_token::Entity::insert(api_token::ActiveModel {
                user_id: Set(user_id.0),
                prefix: Set(new.prefix.to_owned()),
                token_hash: Set(new.hash.to_owned()),
                created_at: Set(act.at()),
                expires_at: Set(new.expires_at),
                name: Set(Some(new.name.to_owned())),
                scopes: Set(Some(new.scopes.stored())),
                limits: Set(limits.clone()),
                ..Default::default()
            })
            .exec(tx)
            .await?;
            act.record(tx, Some(inserted.last_insert_id)).await?;
            Ok(TokenPut::Done(TokenId(inserted.last_insert_id)))
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
    ) -> Result<Option<TokenUser>, StoreError> {
        let row = api_token::Entity::find()
            .filter(api_token::Column::TokenHash.eq(token_hash))
            .one(&self.reader)
            .await?;
        let Some(row) = row.filter(|row| row.expires_at.is_none_or(|end| end > now)) else {
            return Ok(None);
        };
        let rights = TokenRights {
            scopes: scopes_of(&row),
            limits: limits_of(&row)?,
        };
        let user = self.enabled_user(row.user_id).await?;
        Ok(user.map(|user| TokenUser {
            user,
            id: TokenId(row.id),
            rights,
            last_used_at: row.last_used_at,
        }))
    }

    /// Records the use of a token and from where, unless that was done after `since`, perhaps by another server.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_token(
        &self,
        id: TokenId,
        address: &str,
        now: DateTime<Utc>,
        since: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            let is_due = Condition::any()
                .add(api_token::Column::LastUsedAt.is_null())
                .add(api_token::Column::LastUsedAt.lt(since));
            api_token::Entity::update_many()
                .col_expr(api_token::Column::LastUsedAt, Expr::value(now))
                .col_expr(
                    api_token::Column::LastUsedFrom,
                    Expr::value(cut(address, ADDRESS_MAX)),
                )
                .filter(api_token::Column::Id.eq(id.0))
                .filter(is_due)
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
}
