//! Accounts, sessions, tokens, set-up links.

use app::auth::Role;
use app::id::{TokenId, UserId};
use app::time::Stamp;
use app::user::{ApiToken, User};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

use super::entity::{api_token, session, setup_link, user};
use super::txn::transaction;
use super::{Store, StoreError};

/// An account with its password hash.
#[derive(Clone, Debug)]
pub struct StoredUser {
    /// What others may see.
    pub user: User,
    /// PHC string.
    pub password_hash: String,
}

/// The account behind a session or a token.
#[derive(Clone, Debug)]
pub struct SessionUser {
    /// Whose.
    pub user: User,
    /// When the session or token was last used.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Of a token: its id.
    pub token_id: Option<TokenId>,
}

fn to_user(row: &user::Model) -> Result<User, StoreError> {
    Ok(User {
        id: UserId(row.id),
        name: row.name.clone(),
        role: row
            .role
            .parse::<Role>()
            .map_err(|()| StoreError::UnknownValue {
                what: "role",
                value: row.role.clone(),
            })?,
        disabled: row.disabled,
        created_at: Stamp(row.created_at),
        last_sign_in_at: row.last_sign_in_at.map(Stamp),
    })
}

impl Store {
    /// All accounts by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        let rows = user::Entity::find()
            .order_by_asc(user::Column::Name)
            .all(&self.reader)
            .await?;
        rows.iter().map(to_user).collect()
    }

    /// Whether any account exists.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_users(&self) -> Result<bool, StoreError> {
        Ok(user::Entity::find().count(&self.reader).await? > 0)
    }

    /// An account by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_name(&self, name: &str) -> Result<Option<StoredUser>, StoreError> {
        let row = user::Entity::find()
            .filter(user::Column::Name.eq(name))
            .one(&self.reader)
            .await?;
        row.map(|row| {
            Ok(StoredUser {
                user: to_user(&row)?,
                password_hash: row.password_hash,
            })
        })
        .transpose()
    }

    /// Adds an account. A name that exists already is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the name.
    pub async fn insert_user(
        &self,
        name: &str,
        role: Role,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<UserId, StoreError> {
        transaction!(self, |tx| {
            let inserted = user::Entity::insert(user::ActiveModel {
                name: Set(name.to_owned()),
                password_hash: Set(password_hash.to_owned()),
                role: Set(role.as_str().to_owned()),
                disabled: Set(false),
                created_at: Set(now),
                ..Default::default()
            })
            .exec(tx)
            .await?;
            Ok(UserId(inserted.last_insert_id))
        })
    }

    /// Makes the first administrator with a set-up link, which dies with it; `None` when the link
    /// is not good (any more) or an account exists already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_first_admin(
        &self,
        link_hash: &str,
        name: &str,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<UserId>, StoreError> {
        transaction!(self, |tx| {
            let used = setup_link::Entity::delete_many()
                .filter(setup_link::Column::TokenHash.eq(link_hash))
                .filter(setup_link::Column::ExpiresAt.gt(now))
                .exec(tx)
                .await?;
            if used.rows_affected != 1 || user::Entity::find().count(tx).await? > 0 {
                return Ok(None);
            }
            let inserted = user::Entity::insert(user::ActiveModel {
                name: Set(name.to_owned()),
                password_hash: Set(password_hash.to_owned()),
                role: Set(Role::Admin.as_str().to_owned()),
                disabled: Set(false),
                created_at: Set(now),
                ..Default::default()
            })
            .exec(tx)
            .await?;
            setup_link::Entity::delete_many().exec(tx).await?;
            Ok(Some(UserId(inserted.last_insert_id)))
        })
    }

    /// Puts a new set-up link in place of all older ones.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_setup_link(
        &self,
        hash: &str,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            setup_link::Entity::delete_many().exec(tx).await?;
            setup_link::Entity::insert(setup_link::ActiveModel {
                token_hash: Set(hash.to_owned()),
                expires_at: Set(expires_at),
            })
            .exec_without_returning(tx)
            .await?;
            Ok(())
        })
    }

    /// Allows or forbids signing in; false when the account is gone, or is the last
    /// administrator who may sign in. Forbidding ends its sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_user_disabled(&self, id: UserId, disabled: bool) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            if disabled {
                let others = user::Entity::find()
                    .filter(user::Column::Id.ne(id.0))
                    .filter(user::Column::Role.eq(Role::Admin.as_str()))
                    .filter(user::Column::Disabled.eq(false))
                    .count(tx)
                    .await?;
                if others == 0 {
                    return Ok(false);
                }
                session::Entity::delete_many()
                    .filter(session::Column::UserId.eq(id.0))
                    .exec(tx)
                    .await?;
            }
            let updated = user::Entity::update_many()
                .col_expr(user::Column::Disabled, Expr::value(disabled))
                .filter(user::Column::Id.eq(id.0))
                .exec(tx)
                .await?;
            Ok(updated.rows_affected == 1)
        })
    }

    /// Sets a password and ends all sessions and tokens; false when the account is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password(&self, id: UserId, hash: &str) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            session::Entity::delete_many()
                .filter(session::Column::UserId.eq(id.0))
                .exec(tx)
                .await?;
            api_token::Entity::delete_many()
                .filter(api_token::Column::UserId.eq(id.0))
                .exec(tx)
                .await?;
            let updated = user::Entity::update_many()
                .col_expr(user::Column::PasswordHash, Expr::value(hash))
                .filter(user::Column::Id.eq(id.0))
                .exec(tx)
                .await?;
            Ok(updated.rows_affected == 1)
        })
    }

    /// Starts a session and notes the sign-in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_session(
        &self,
        token_hash: &str,
        user_id: UserId,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
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
            user::Entity::update_many()
                .col_expr(user::Column::LastSignInAt, Expr::value(now))
                .filter(user::Column::Id.eq(user_id.0))
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// The account of a session that is still good: neither past its end, nor idle since before
    /// `idle_since`, nor of a disabled account.
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

    /// Notes that a session is used.
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

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&self, token_hash: &str) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            session::Entity::delete_by_id(token_hash.to_owned())
                .exec(tx)
                .await?;
            Ok(())
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

    /// Adds a token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_token(
        &self,
        user_id: UserId,
        prefix: &str,
        token_hash: &str,
        now: DateTime<Utc>,
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<TokenId, StoreError> {
        transaction!(self, |tx| {
            let inserted = api_token::Entity::insert(api_token::ActiveModel {
                user_id: Set(user_id.0),
                prefix: Set(prefix.to_owned()),
                token_hash: Set(token_hash.to_owned()),
                created_at: Set(now),
                expires_at: Set(expires_at),
                ..Default::default()
            })
            .exec(tx)
            .await?;
            Ok(TokenId(inserted.last_insert_id))
        })
    }

    /// The account of a token that is still good.
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

    /// Notes that a token is used.
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

    /// Ends a token; with `of`, only when it is that account's. False when there is none such.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_token(&self, id: TokenId, of: Option<UserId>) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let mut delete =
                api_token::Entity::delete_many().filter(api_token::Column::Id.eq(id.0));
            if let Some(of) = of {
                delete = delete.filter(api_token::Column::UserId.eq(of.0));
            }
            Ok(delete.exec(tx).await?.rows_affected == 1)
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
