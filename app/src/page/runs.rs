//! What the page of runs is made from.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::error::AppError;
use crate::run::{Run, RunQuery};

/// What the page of runs of all tasks shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RunsPage {
    /// Clock and the server's default zone.
    pub clock: Clockface,
    /// What was asked for.
    pub query: RunQuery,
    /// The runs, the last one to start first.
    pub items: Vec<Run>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Why the question could not be answered.
    pub error: Option<AppError>,
}
