//! User accounts, their sessions and their API tokens.

mod session;
mod token;

pub use session::Session;
pub use token::{
    ApiToken, NewToken, TOKEN_DAYS, TOKEN_DAYS_MAX, TOKEN_LIMITS_MAX, TOKEN_NAME_MAX, TOKEN_NEVER,
    TOKEN_NOTICE_DAYS, TOKENS_MAX, TokenDraft,
};

use serde::{Deserialize, Serialize};

use crate::auth::Role;
use crate::error::{AppError, FieldError};
use crate::i18n::Lang;
use crate::id::UserId;
use crate::time::Stamp;

/// The minimum length of a password in characters (OWASP ASVS 5.0, 6.2.1).
pub const PASSWORD_MIN_CHARS: usize = 8;
/// The maximum length of a password in bytes, which bounds the cost of hashing.
pub const PASSWORD_MAX_BYTES: usize = 256;

/// Input for a new account.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct UserDraft {
    /// Sign-in name, unique.
    pub name: String,
    /// The password, as typed.
    pub password: String,
    /// `viewer`, `operator`, `editor` or `admin`.
    pub role: String,
}

// A password must not reach a log through `{:?}`.
impl std::fmt::Debug for UserDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserDraft")
            .field("name", &self.name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl UserDraft {
    /// All faults; empty if there are none.
    #[must_use]
    pub fn check(&self, lang: Lang) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let name = self.name.trim();
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
        let shaped = !name.is_empty()
            && name.chars().count() <= 64
            && name.chars().all(allowed)
            && crate::name::name_fault(name).is_none();
        if !shaped {
            faults.push(FieldError::new(
                "name",
                "invalid",
                lang.pick(
                    "用户名为 1–64 个字母、数字或 . _ - @",
                    "A user name consists of 1–64 letters, digits or . _ - @",
                ),
            ));
        }
        faults.extend(check_password(&self.password, lang));
        if self.role.parse::<Role>().is_err() {
            faults.push(FieldError::new(
                "role",
                "invalid",
                lang.pick(
                    "请选择角色",
                    "Choose a role: viewer, operator, editor or admin",
                ),
            ));
        }
        faults
    }
}

/// Checks the length of a password (OWASP ASVS 5.0, 6.2). The server also checks that it is not easy to guess: its
/// list of common passwords is not part of a page.
#[must_use]
pub fn check_password(password: &str, lang: Lang) -> Option<FieldError> {
    if password.chars().count() < PASSWORD_MIN_CHARS {
        return Some(FieldError::new(
            "password",
            "too_short",
            lang.pick(
                format!("密码至少 {PASSWORD_MIN_CHARS} 个字符"),
                format!("The password needs at least {PASSWORD_MIN_CHARS} characters"),
            ),
        ));
    }
    (password.len() > PASSWORD_MAX_BYTES).then(|| {
        FieldError::new(
            "password",
            "too_long",
            lang.pick(
                format!("密码最多 {PASSWORD_MAX_BYTES} 字节"),
                format!("The password may have at most {PASSWORD_MAX_BYTES} bytes"),
            ),
        )
    })
}

/// A new password for one's own account.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The current password.
    pub current: String,
    /// The new one.
    pub new: String,
}

// A password must not reach a log through `{:?}`.
impl std::fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordChange").finish_non_exhaustive()
    }
}

/// What the page of one's own account shows after its form was sent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PasswordForm {
    /// Whether the password was changed.
    pub done: bool,
    /// Faults by field: `current`, `new`, `repeat`.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}

/// An account as administrators see it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Sign-in name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Whether signing in is forbidden.
    pub disabled: bool,
    /// When the account was created.
    pub created_at: Stamp,
    /// When they last signed in.
    pub last_sign_in_at: Option<Stamp>,
    /// Counts its changes by administrators. An edit that refers to an older one is refused.
    pub version: i64,
}
