//! The data of the page of a channel's templates.

use serde::{Deserialize, Serialize};

use crate::channel::{Channel, Template, TemplatePreview, TemplateVariable};
use crate::error::{AppError, FieldError};

/// What the page of a channel's templates shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TemplatesPage {
    /// Whose templates.
    pub channel: Channel,
    /// Those that are stored.
    pub templates: Vec<Template>,
    /// The event whose template the form holds, or `all`.
    pub event: String,
    /// The content of the form.
    pub form: TemplateForm,
    /// What the form's template makes.
    pub preview: Option<TemplatePreview>,
    /// The variables of templates.
    pub variables: Vec<TemplateVariable>,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}

/// What was entered for a template.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TemplateForm {
    /// The template.
    pub body: String,
    /// ID of the task whose last run it is tried with; empty for an example.
    pub task: String,
    /// The version of the template as it was opened; 0 for the built-in words.
    pub version: i64,
}
