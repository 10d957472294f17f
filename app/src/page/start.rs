//! The page for a manual start of a task.

use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldError};
use crate::id::TaskId;
use crate::task::{RunForm, RunRequest};

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StartPage {
    /// The task.
    pub task_id: TaskId,
    /// Its name.
    pub task_name: String,
    /// The parameters, and the rules that a start overrides.
    pub form: RunForm,
    /// The input, without secrets.
    pub typed: RunRequest,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// Any other failure.
    pub error: Option<AppError>,
}
