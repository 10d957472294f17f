//! The data of the page of one's own account.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::error::{AppError, FieldError};
use crate::user::{ApiToken, PasswordForm, Session, TokenDraft};

/// What the page of one's own account shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccountPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// The outcome of the form for a new password.
    pub password: PasswordForm,
    /// One's own tokens.
    pub tokens: Vec<ApiToken>,
    /// A token just created: shown only once.
    pub new_token: Option<String>,
    /// The content of the form for a token.
    pub draft: TokenDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
    /// One's own sessions.
    pub sessions: Vec<Session>,
}
