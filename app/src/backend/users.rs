//! Use cases of accounts.

use async_trait::async_trait;

use super::{Answer, Caller};
use crate::id::UserId;
use crate::user::{User, UserDraft};

/// Accounts.
#[async_trait]
pub trait Users: Send + Sync {
    /// All accounts.
    async fn user_list(&self, caller: &Caller) -> Answer<Vec<User>>;
    /// Adds one.
    async fn user_create(&self, caller: &Caller, draft: &UserDraft) -> Answer<User>;
    /// Allows or forbids signing in; forbidding ends sessions. The last admin cannot be disabled. With the version that
    /// was read, only if the account still has that; so with all changes of accounts.
    async fn user_set_disabled(
        &self,
        caller: &Caller,
        id: UserId,
        read: Option<i64>,
        disabled: bool,
    ) -> Answer<User>;
    /// Changes the role of an account. The last administrator keeps theirs.
    async fn user_set_role(
        &self,
        caller: &Caller,
        id: UserId,
        read: Option<i64>,
        role: &str,
    ) -> Answer<User>;
    /// Deletes an account with its sessions and tokens. The last admin cannot be deleted.
    async fn user_delete(&self, caller: &Caller, id: UserId, read: Option<i64>) -> Answer<()>;
    /// Sets a password and ends all sessions of the account.
    async fn user_set_password(
        &self,
        caller: &Caller,
        id: UserId,
        read: Option<i64>,
        password: &str,
    ) -> Answer<()>;
}
