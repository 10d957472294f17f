//! What the page of the audit log is made from.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::audit::{AuditEntry, AuditQuery};
use crate::error::AppError;

/// What the page of the audit log shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuditPage {
    /// Clock and the server's default zone.
    pub clock: Clockface,
    /// What was asked for.
    pub query: AuditQuery,
    /// The entries, newest first.
    pub items: Vec<AuditEntry>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Why the question could not be answered.
    pub error: Option<AppError>,
}
