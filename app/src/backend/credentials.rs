//! Use cases of API tokens and sessions.

use async_trait::async_trait;

use super::{Answer, Caller};
use crate::id::TokenId;
use crate::user::{ApiToken, Session};

/// Whose tokens or sessions are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listed {
    /// The caller's own.
    Own,
    /// All of them for administrators; the caller's own for everybody else.
    Managed,
}

/// API tokens and sessions.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// Tokens, newest first.
    async fn token_list(&self, caller: &Caller, listed: Listed) -> Answer<Vec<ApiToken>>;
    /// Revokes a token; administrators revoke those of everybody.
    async fn token_revoke(&self, caller: &Caller, id: TokenId) -> Answer<()>;
    /// Sessions that are valid, the last used first.
    async fn session_list(&self, caller: &Caller, listed: Listed) -> Answer<Vec<Session>>;
    /// Ends a session; administrators end those of everybody.
    async fn session_end(&self, caller: &Caller, id: &str) -> Answer<()>;
    /// Ends all sessions of an account except that of the request; the caller's own without a name, which only
    /// administrators may give. Returns how many there were.
    async fn sessions_end(&self, caller: &Caller, user: &str) -> Answer<u64>;
}
