//! Sessions: where an account is signed in.

use serde::{Deserialize, Serialize};

use crate::time::Stamp;

/// A signed-in browser.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Session {
    /// Names it in the API: the beginning of the hash of its secret.
    pub id: String,
    /// The account.
    pub user: String,
    /// Whether it is the one of this request.
    pub current: bool,
    /// When they signed in.
    pub signed_in_at: Stamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Stamp,
    /// When it ends at the latest, however often it is used.
    pub expires_at: Stamp,
    /// The address it was last used from; nothing where it began before this was kept.
    pub address: Option<String>,
    /// Browser and system as far as the browser names them, such as `Firefox, Linux`.
    pub client: Option<String>,
}
