//! The page about retention.

use leptos::server;

use crate::error::AppError;
use crate::page::RetentionPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    retention::RetentionDraft,
    server_fns::forms::{Posted, sent},
};

/// How long history is kept.
#[server(prefix = "/fn", endpoint = "retention_page", input = Wire, output = Wire)]
pub async fn fetch_retention() -> Result<RetentionPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let stored = with_status(backend.retention(&caller).await)?;
    let form = sent(|posted| match posted {
        Posted::Retention(draft, error) => Some((Some(draft), error)),
        _ => None,
    });
    Ok(RetentionPage {
        draft: form
            .draft
            .unwrap_or_else(|| RetentionDraft::of(&stored.policy)),
        version: stored.version,
        faults: form.faults,
        error: form.error,
    })
}
