//! What the users page is made from.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::error::{AppError, FieldError};
use crate::user::{ApiToken, User, UserDraft};

/// What the users page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UsersPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All accounts.
    pub users: Vec<User>,
    /// All tokens.
    pub tokens: Vec<ApiToken>,
    /// A token just made: shown this once.
    pub new_token: Option<String>,
    /// What stands in the form, without the password.
    pub draft: UserDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that belongs to no field.
    pub error: Option<AppError>,
}
