//! The data of the page that imports crontabs.

use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldError};
use crate::import::{CrontabImport, ImportReport, ImportedLine};

/// The import page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ImportPage {
    /// The content of the form: one crontab.
    pub draft: CrontabImport,
    /// The account of what was sent.
    pub report: Option<ImportReport>,
    /// Lines that tasks were made of, by task.
    pub lines: Vec<ImportedLine>,
    /// Whether there are more of them.
    pub more: bool,
    /// Names of all zones.
    pub zones: Vec<String>,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
