//! API tokens.

use serde::{Deserialize, Serialize};

use crate::auth::{Scope, TaskLimits};
use crate::id::TokenId;
use crate::time::Stamp;

/// What [`TokenDraft::expires`] says for a token without an end.
pub const TOKEN_NEVER: &str = "never";
/// Days that a token is valid for where its draft says nothing.
pub const TOKEN_DAYS: i64 = 90;
/// The longest life of a token that has an end, in days.
pub const TOKEN_DAYS_MAX: i64 = 1_830;
/// Characters of a token's name.
pub const TOKEN_NAME_MAX: usize = 64;
/// Tags, and tasks, that a token may be limited to.
pub const TOKEN_LIMITS_MAX: usize = 50;
/// Valid tokens of one account.
pub const TOKENS_MAX: u64 = 50;
/// Its end is announced so many days ahead.
pub const TOKEN_NOTICE_DAYS: i64 = 7;

/// Input for a new API token.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TokenDraft {
    /// The account's name; empty for that of the caller. People create tokens for their own account only; the console
    /// of the server's host names one.
    pub user: String,
    /// What the token is for; it need not be unique.
    pub name: String,
    /// `read`, `run`, `write`, `admin`, `ping`, `metrics`; `read` where there are none.
    pub scopes: Vec<String>,
    /// How long it is valid, such as `30d`; `never` for a token without an end. Empty means 90 days.
    pub expires: String,
    /// Tags of the tasks that it is limited to; with neither tags nor tasks it is limited to none. A limited token only
    /// reads and runs.
    pub tags: Vec<String>,
    /// Names or ids of tasks that it is limited to, in addition to those with one of the tags.
    pub tasks: Vec<String>,
}

/// An API token as its owner sees it, without the secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ApiToken {
    /// Its id.
    pub id: TokenId,
    /// Its owner.
    pub user: String,
    /// What it is for; empty for tokens of earlier versions, which had no name.
    pub name: String,
    /// What it allows, within the rights of its owner.
    pub scopes: Vec<Scope>,
    /// The tasks that it is limited to; nothing for one that is not limited.
    pub limits: Option<TaskLimits>,
    /// The first characters, to recognise it.
    pub prefix: String,
    /// When it was created.
    pub created_at: Stamp,
    /// When it expires.
    pub expires_at: Option<Stamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Stamp>,
    /// The address it was last used from.
    pub last_used_from: Option<String>,
}

impl ApiToken {
    /// Its name, or its first characters where it has none.
    #[must_use]
    pub fn label(&self) -> &str {
        match self.name.as_str() {
            "" => &self.prefix,
            name => name,
        }
    }
}

/// A token with its secret, readable only once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NewToken {
    /// Its id.
    pub id: TokenId,
    /// The secret, shown once.
    pub token: String,
    /// When it expires.
    pub expires_at: Option<Stamp>,
}
