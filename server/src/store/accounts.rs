//! Accounts, sessions, tokens, set-up links.

use app::auth::Role;
use app::id::UserId;
use app::time::Stamp;
use app::user::User;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

use super::audit::Before;
use super::entity::{api_token, session, setup_link, user};
use super::row_version::count;
use super::txn::transaction;
use super::{Act, Store, StoreError, Tx, chat};

/// An account with its password hash.
#[derive(Clone, Debug)]
pub struct StoredUser {
    /// The public part.
    pub user: User,
    /// As a PHC string.
    pub password_hash: String,
}

pub(super) fn to_user(row: &user::Model) -> Result<User, StoreError> {
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
        version: row.version,
    })
}

/// Whether an administrator besides this account may sign in. The administrators' rows stay locked until the
/// transaction ends: two who disable each other at the same moment would otherwise leave none.
async fn has_other_admin(tx: &Tx, id: UserId) -> Result<bool, StoreError> {
    user::Entity::update_many()
        .col_expr(user::Column::Role, Expr::col(user::Column::Role))
        .filter(user::Column::Role.eq(Role::Admin.as_str()))
        .exec(tx)
        .await?;
    let others = user::Entity::find()
        .filter(user::Column::Id.ne(id.0))
        .filter(user::Column::Role.eq(Role::Admin.as_str()))
        .filter(user::Column::Disabled.eq(false))
        .count(tx)
        .await?;
    Ok(others > 0)
}

/// An account before a change of it.
type Account = Before<user::Entity>;

fn own(id: UserId) -> Condition {
    Condition::all().add(user::Column::Id.eq(id.0))
}

/// Counts a change of an account by an administrator; false when it does not exist.
async fn change(tx: &Tx, id: UserId, read: Option<i64>) -> Result<bool, StoreError> {
    count::<user::Entity>(tx, own(id), user::Column::Version, read).await
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

    /// Adds an account. An existing name is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the name.
    pub async fn insert_user(
        &self,
        act: &Act,
        name: &str,
        role: Role,
        password_hash: &str,
    ) -> Result<UserId, StoreError> {
        transaction!(self, |tx| {
            let inserted = user::Entity::insert(user::ActiveModel {
                name: Set(name.to_owned()),
                password_hash: Set(password_hash.to_owned()),
                role: Set(role.as_str().to_owned()),
                disabled: Set(false),
                created_at: Set(act.at()),
                ..Default::default()
            })
            .exec(tx)
            .await?;
            let id = UserId(inserted.last_insert_id);
            let none = Account::none(own(id));
            none.record(tx, act, Some(id.0)).await?;
            Ok(id)
        })
    }

    /// Whether a set-up link is valid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_setup_link(&self, hash: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let found = setup_link::Entity::find_by_id(hash.to_owned())
            .filter(setup_link::Column::ExpiresAt.gt(now))
            .one(&self.reader)
            .await?;
        Ok(found.is_some())
    }

    /// Creates the first administrator with a set-up link, which is used up by that; `None` when the link is not
    /// valid (any more) or an account exists already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_first_admin(
        &self,
        act: &Act,
        link_hash: &str,
        name: &str,
        password_hash: &str,
    ) -> Result<Option<UserId>, StoreError> {
        let now = act.at();
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
            act.record(tx, Some(inserted.last_insert_id)).await?;
            Ok(Some(UserId(inserted.last_insert_id)))
        })
    }

    /// Replaces all set-up links by a new one.
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

    /// Allows or forbids signing in, with `read` only if the account still has that version; false when it does not exist,
    /// or is the last administrator who may sign in. Forbidding ends its sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_user_disabled(
        &self,
        act: &Act,
        id: UserId,
        read: Option<i64>,
        disabled: bool,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            if disabled && !has_other_admin(tx, id).await? {
                return Ok(false);
            }
            // Before the sessions: a sign-in that waits for this row sees it, and one that came first loses its session.
            if !change(tx, id, read).await? {
                return Ok(false);
            }
            let was = Account::read(tx, own(id)).await?;
            if disabled {
                session::Entity::delete_many()
                    .filter(session::Column::UserId.eq(id.0))
                    .exec(tx)
                    .await?;
            }
            user::Entity::update_many()
                .col_expr(user::Column::Disabled, Expr::value(disabled))
                .filter(user::Column::Id.eq(id.0))
                .exec(tx)
                .await?;
            was.record(tx, act, Some(id.0)).await?;
            Ok(true)
        })
    }

    /// Changes the role of an account, with `read` only if it still has that version; false when it does not exist, or is
    /// the last administrator who may sign in and would lose that role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_user_role(
        &self,
        act: &Act,
        id: UserId,
        read: Option<i64>,
        role: Role,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            if role != Role::Admin && !has_other_admin(tx, id).await? {
                return Ok(false);
            }
            if !change(tx, id, read).await? {
                return Ok(false);
            }
            let was = Account::read(tx, own(id)).await?;
            user::Entity::update_many()
                .col_expr(user::Column::Role, Expr::value(role.as_str()))
                .filter(user::Column::Id.eq(id.0))
                .exec(tx)
                .await?;
            was.record(tx, act, Some(id.0)).await?;
            Ok(true)
        })
    }

    /// Deletes an account with its sessions and tokens, with `read` only if it still has that version; false when it does
    /// not exist, or is the last administrator who may sign in. The audit log keeps its name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_user(
        &self,
        act: &Act,
        id: UserId,
        read: Option<i64>,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            if !has_other_admin(tx, id).await? {
                return Ok(false);
            }
            if !change(tx, id, read).await? {
                return Ok(false);
            }
            let was = Account::read(tx, own(id)).await?;
            session::Entity::delete_many()
                .filter(session::Column::UserId.eq(id.0))
                .exec(tx)
                .await?;
            api_token::Entity::delete_many()
                .filter(api_token::Column::UserId.eq(id.0))
                .exec(tx)
                .await?;
            chat::account_gone(tx, id).await?;
            user::Entity::delete_by_id(id.0).exec(tx).await?;
            was.record(tx, act, Some(id.0)).await?;
            Ok(true)
        })
    }

    /// Replaces a person's own password, if it is still `old` in its stored form, and ends their sessions except
    /// `kept`; tokens stay. False when the account does not exist, is disabled, or has another password by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_password(
        &self,
        act: &Act,
        id: UserId,
        old: &str,
        hash: &str,
        kept: &str,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let updated = user::Entity::update_many()
                .col_expr(user::Column::PasswordHash, Expr::value(hash))
                .filter(user::Column::Id.eq(id.0))
                .filter(user::Column::PasswordHash.eq(old))
                .filter(user::Column::Disabled.eq(false))
                .exec(tx)
                .await?;
            if updated.rows_affected != 1 {
                return Ok(false);
            }
            session::Entity::delete_many()
                .filter(session::Column::UserId.eq(id.0))
                .filter(session::Column::TokenHash.ne(kept))
                .exec(tx)
                .await?;
            act.record(tx, Some(id.0)).await?;
            Ok(true)
        })
    }

    /// Sets a password, with `read` only if the account still has that version, and ends all its sessions and tokens; false
    /// when it does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password(
        &self,
        act: &Act,
        id: UserId,
        read: Option<i64>,
        hash: &str,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            // First of all, which locks the row: what starts a session or adds a token locks it, too, and comes before
            // this, and ends with it, or after it, and is refused.
            if !change(tx, id, read).await? {
                return Ok(false);
            }
            session::Entity::delete_many()
                .filter(session::Column::UserId.eq(id.0))
                .exec(tx)
                .await?;
            api_token::Entity::delete_many()
                .filter(api_token::Column::UserId.eq(id.0))
                .exec(tx)
                .await?;
            user::Entity::update_many()
                .col_expr(user::Column::PasswordHash, Expr::value(hash))
                .filter(user::Column::Id.eq(id.0))
                .exec(tx)
                .await?;
            act.record(tx, Some(id.0)).await?;
            Ok(true)
        })
    }
}
