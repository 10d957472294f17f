//! The page of a channel's templates.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::channel::TemplatePreview;
use crate::error::AppError;
use crate::id::ChannelId;
use crate::page::{TemplateForm, TemplatesPage};
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    channel::ALL_EVENTS,
    error::ErrorKind,
    server_fns::forms::{Posted, split},
};

/// The page of a channel's templates; the form holds that for `event`.
#[server(prefix = "/fn", endpoint = "templates_page", input = Wire, output = Wire)]
pub async fn fetch_templates(
    channel: ChannelId,
    event: Option<String>,
) -> Result<TemplatesPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let found = with_status(backend.channel_get(&caller, channel).await)?;
    let templates = with_status(backend.template_list(&caller, channel).await)?;
    let (event, typed, preview, refused) = match use_context::<Posted>() {
        Some(Posted::Template(event, form, result)) => {
            let (preview, refused) = match *result {
                Ok(preview) => (Some(preview), None),
                Err(error) => (None, Some(error)),
            };
            (event, Some(form), preview, refused)
        }
        _ => (
            event.unwrap_or_else(|| ALL_EVENTS.to_owned()),
            None,
            None,
            None,
        ),
    };
    let stored = templates.iter().find(|template| template.event == event);
    let version = stored.map_or(0, |template| template.version);
    let mut form = typed.unwrap_or_else(|| TemplateForm {
        version,
        body: stored
            .map(|template| template.body.clone())
            .unwrap_or_default(),
        ..TemplateForm::default()
    });
    // From now on the form is about the template that others have saved; after any other fault it is not.
    let is_outdated = |error: &AppError| error.code == "template.outdated";
    if refused.as_ref().is_some_and(is_outdated) {
        form.version = version;
    }
    let (faults, error) = refused.map_or((Vec::new(), None), split);
    Ok(TemplatesPage {
        channel: found,
        event,
        form,
        preview,
        variables: with_status(backend.template_variables(&caller).await)?,
        templates,
        faults,
        error,
    })
}

/// The live preview of the form. While typing, a template usually has faults: they are an answer, not a failure.
#[server(prefix = "/fn", endpoint = "template_preview", input = Wire, output = Wire)]
pub async fn fetch_template_preview(
    channel: ChannelId,
    event: String,
    form: TemplateForm,
) -> Result<Result<TemplatePreview, AppError>, AppError> {
    let trial = form.trial(&event);
    let (backend, caller) = (backend()?, caller()?);
    let shown = backend.template_preview(&caller, channel, &trial).await;
    match shown.map_err(|error| form.faults_of(error)) {
        Err(error) if matches!(error.kind, ErrorKind::Invalid | ErrorKind::NotFound) => {
            Ok(Err(error))
        }
        answer => with_status(answer.map(Ok)),
    }
}
