//! The audit log as it is read: who did what, from where, by which door, and what it changed; and whether it is whole.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::id::AuditId;
use crate::time::Stamp;

/// How an act ended.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, VariantArray, IntoStaticStr,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AuditOutcome {
    /// It was done.
    #[default]
    Done,
    /// It was refused: a right was missing, or a password or token was wrong.
    Refused,
}

/// A field that an act changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AuditChange {
    /// Its name, with dots for fields within it.
    pub field: String,
    /// What it was; `null` for nothing, `…` for a secret.
    pub before: Option<String>,
    /// What it became.
    pub after: Option<String>,
}

/// An entry of the audit log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Its id.
    #[cfg_attr(feature = "ssr", schema(value_type = i64))]
    pub id: AuditId,
    /// When.
    pub at: Stamp,
    /// Who: the name of an account, `console`, `jcrontab` for the product itself; empty where it is unknown.
    pub who: String,
    /// By which door: `session`, `token`, `chat`, `console`, `link`, `start_url`, `server`.
    pub via: String,
    /// From which address; `null` for what was not asked for over a connection.
    pub client: Option<String>,
    /// What: `task.update`, `sign_in`, …
    pub action: String,
    /// The id of its object.
    pub object_id: Option<i64>,
    /// The version that it made, for a change of a task.
    pub version: Option<i64>,
    /// The name of its object, or what else is known.
    pub detail: String,
    /// How it ended.
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub outcome: AuditOutcome,
    /// How many times it happened: refused attempts of one minute from one address are counted in one entry.
    pub times: i64,
    /// What it changed.
    pub changes: Vec<AuditChange>,
    /// Its place in the chain; `null` until it is sealed, which takes some seconds.
    pub seq: Option<i64>,
    /// The code that seals it.
    pub mac: Option<String>,
}

/// Which entries are asked for. Everything is as typed; the service checks it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct AuditQuery {
    /// The name of who did it; empty for all.
    pub who: String,
    /// An action, or what its name begins with and a dot; empty for all.
    pub action: String,
    /// An object: its kind and its id, as in `task:12`, or one of both; empty for all.
    pub object: String,
    /// A door; empty for all.
    pub via: String,
    /// A code of [`AuditOutcome`]; empty for all.
    pub outcome: String,
    /// Only what was done then or later: RFC 3339, or a time or a date in the server's default zone.
    pub from: String,
    /// Only what was done earlier; a date alone includes that day.
    pub to: String,
    /// `next` of the page before; empty for the first page.
    pub after: String,
    /// Rows, 1–200; 50 when absent.
    pub limit: Option<u32>,
}

/// What is wrong with the audit log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditFault {
    /// An entry is not as it was sealed, or is in another place.
    Changed,
    /// An entry was removed.
    Missing,
    /// Entries were removed at the end.
    Truncated,
    /// The newest entry that is noted was not signed by this installation.
    Head,
    /// The place up to which old entries were deleted was not signed by this installation.
    Checkpoint,
    /// The noted entry is not in the log as it was noted.
    Noted,
    /// The key of the codes does not open with this server's key.
    Key,
}

/// A fault, and where it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AuditFinding {
    /// What is wrong.
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub fault: AuditFault,
    /// The place in the chain.
    pub seq: i64,
    /// The entry there, where there is one.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<i64>))]
    pub entry: Option<AuditId>,
    /// In words.
    pub message: String,
}

/// The result of checking a part of the audit log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AuditCheck {
    /// Entries that were checked.
    pub checked: u64,
    /// The place after which the check continues; `null` at the end of the log.
    pub next: Option<i64>,
    /// The first fault; `null` for none. The check ends there.
    pub finding: Option<AuditFinding>,
    /// Entries up to this place were deleted because they were no longer kept.
    pub deleted_until: i64,
    /// The newest entry that is sealed, as `SEQ:MAC`: kept elsewhere, it proves later that nothing before it was removed.
    pub head: String,
    /// Whether there are entries that are not sealed yet.
    pub unsealed: bool,
}

/// Doors by which acts come in, as they are stored.
pub const DOORS: [&str; 7] = [
    "session",
    "token",
    "chat",
    "console",
    "link",
    "start_url",
    "server",
];
