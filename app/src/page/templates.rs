//! The data of the page of a channel's templates.

use serde::{Deserialize, Serialize};

use crate::channel::{
    ALL_EVENTS, Channel, Template, TemplatePreview, TemplateTrial, TemplateVariable,
};
use crate::error::{AppError, ErrorKind, FieldError};
use crate::id::RunId;

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
    /// The name or the ID of the task whose last run it is tried with; empty for an example.
    pub task: String,
    /// The ID of the run it is tried with; empty for the last one of the task.
    pub run: String,
    /// The version of the template as it was opened; 0 for the built-in words.
    pub version: i64,
}

impl TemplateForm {
    /// What is tried for an event, `all`, or `@` and a name.
    #[must_use]
    pub fn trial(&self, event: &str) -> TemplateTrial {
        let run = Some(self.run.trim()).filter(|run| !run.is_empty());
        TemplateTrial {
            event: match event {
                // Then the run's own event counts.
                ALL_EVENTS => String::new(),
                event => event.to_owned(),
            },
            body: Some(self.body.replace("\r\n", "\n")),
            task: self.task.trim().to_owned(),
            task_id: None,
            // What is no number is a run that does not exist.
            run_id: run.map(|run| RunId(run.parse().unwrap_or(0))),
        }
    }

    /// What is wrong with a trial, at the fields of the form, which have names of their own.
    #[must_use]
    pub fn faults_of(&self, mut error: AppError) -> AppError {
        for fault in &mut error.fields {
            fault.field = match fault.field.as_str() {
                "task_id" => "task".to_owned(),
                "run_id" => "run".to_owned(),
                _ => continue,
            };
        }
        if error.fields.is_empty()
            && error.kind == ErrorKind::NotFound
            && !self.run.trim().is_empty()
        {
            let fault = FieldError::new("run", &error.code, error.message.clone());
            error.fields.push(fault);
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_tried_with_what_it_names() {
        let form = TemplateForm {
            body: "a\r\nb".to_owned(),
            task: " backup ".to_owned(),
            ..TemplateForm::default()
        };
        let trial = form.trial(ALL_EVENTS);
        assert_eq!((trial.event.as_str(), trial.task.as_str()), ("", "backup"));
        assert_eq!((trial.body.as_deref(), trial.run_id), (Some("a\nb"), None));
        for (run, wanted) in [("12", 12), ("x", 0)] {
            let form = TemplateForm {
                run: run.to_owned(),
                ..form.clone()
            };
            assert_eq!(form.trial("failed").run_id, Some(RunId(wanted)));
        }
    }
}
