//! The data of the users page.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::error::{AppError, FieldError};
use crate::user::{ApiToken, Session, User, UserDraft};

/// What the users page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UsersPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All accounts.
    pub users: Vec<User>,
    /// All tokens.
    pub tokens: Vec<ApiToken>,
    /// All sessions that are valid.
    pub sessions: Vec<Session>,
    /// The content of the form, without the password.
    pub draft: UserDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
