//! The data of the pages that import crontabs and tasks of other schedulers.

use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldError};
use crate::import::{CrontabImport, ImportReport, ImportedLine, TaskImportForm, TaskImportReport};

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

/// The page that imports tasks of another scheduler.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskImportPage {
    /// The content of the form.
    pub draft: TaskImportForm,
    /// The account of what was sent.
    pub report: Option<TaskImportReport>,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
