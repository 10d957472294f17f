//! The page of default policies and its control.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::page::UrgeDefaultsPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    page::UrgeDefaultForm,
    server_fns::forms::{Posted, calendar_names, rota_names, split},
    task::TicketDraft,
};

/// The page of default policies; the form changes the one of the tag `edit`.
#[server(prefix = "/fn", endpoint = "urge_defaults_page", input = Wire, output = Wire)]
pub async fn fetch_urge_defaults(edit: Option<String>) -> Result<UrgeDefaultsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let defaults = with_status(backend.urge_default_list(&caller).await)?;
    let named = |tag: &str| defaults.iter().find(|default| default.tag == tag);
    let (form, posted) = match use_context::<Posted>() {
        Some(Posted::UrgeDefault(form, error)) => (*form, Some(error)),
        _ => match edit.as_deref().and_then(named) {
            Some(default) => {
                let tag = default.tag.clone();
                let tickets = TicketDraft::from(default);
                (UrgeDefaultForm { tag, tickets }, None)
            }
            None => (UrgeDefaultForm::default(), None),
        },
    };
    // Also after a conflict: saving again is a decision made with the others' changes in view.
    let editing = named(form.tag.trim()).map(|default| default.version);
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(UrgeDefaultsPage {
        calendars: calendar_names(&backend, &caller).await?,
        rotas: rota_names(&backend, &caller).await?,
        defaults,
        editing,
        form,
        faults,
        error,
    })
}

/// Removes a default policy, if it still has this version.
#[server(prefix = "/fn", endpoint = "urge_default_delete", output = Wire)]
pub async fn delete_urge_default(tag: String, version: i64) -> Result<(), AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let deleted = backend.urge_default_delete(&caller, &tag, Some(version));
    with_status(deleted.await)
}
