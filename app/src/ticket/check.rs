//! The check before each urge, by which a ticket closes itself.

use serde::{Deserialize, Serialize};

/// The longest check, in seconds: a person waits for the urge meanwhile.
pub const CHECK_SECONDS_MAX: i64 = 300;
/// The limit of a check that sets none, in seconds.
pub const CHECK_SECONDS_USUAL: i64 = 30;

/// What is checked before each urge. If it succeeds, the ticket is done; if it fails or takes too long, the urge goes
/// out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketCheck {
    /// What is run.
    pub by: CheckBy,
    /// Its limit in seconds, 1–300.
    pub timeout_seconds: i64,
}

/// What a check runs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckBy {
    /// A command, executed as that of the task: its user, folder, environment, secrets and limits. Exit code 0 succeeds.
    Command(String),
    /// A GET request, through the same rules for outbound requests. Statuses 200–299 succeed.
    Url(String),
}
