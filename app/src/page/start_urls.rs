//! The data of the page of a task's start URLs.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::error::{AppError, FieldError};
use crate::id::TaskId;
use crate::start_url::{NewStartUrl, StartUrl, StartUrlDraft};

/// The start URLs of a task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StartUrlsPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// The task.
    pub task_id: TaskId,
    /// Its name.
    pub task_name: String,
    /// Names of its parameters.
    pub parameters: Vec<String>,
    /// All of them.
    pub start_urls: Vec<StartUrl>,
    /// One that was just created: its address is shown only once.
    pub made: Option<MadeStartUrl>,
    /// The content of the form.
    pub draft: StartUrlDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}

/// The secrets of a start URL that was just created.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeStartUrl {
    /// Its address.
    pub url: String,
    /// The secret that signs requests.
    pub secret: Option<String>,
}

impl From<NewStartUrl> for MadeStartUrl {
    fn from(made: NewStartUrl) -> Self {
        Self {
            url: made.url,
            secret: made.secret,
        }
    }
}

impl std::fmt::Debug for MadeStartUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MadeStartUrl")
    }
}
