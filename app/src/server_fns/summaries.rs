//! The summaries page and its control.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::id::SummaryId;
use crate::page::SummariesPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    server_fns::forms::{Posted, split},
    summary::SummaryDraft,
};

/// The summaries page; the form changes the summary `edit`, and `preview` is shown as it would be sent now.
#[server(prefix = "/fn", endpoint = "summaries_page", input = Wire, output = Wire)]
pub async fn fetch_summaries(
    edit: Option<SummaryId>,
    preview: Option<SummaryId>,
) -> Result<SummariesPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let summaries = with_status(backend.summary_list(&caller).await)?;
    let named = |id: SummaryId| summaries.iter().find(|summary| summary.id == id);
    let (editing, draft, posted) = match use_context::<Posted>() {
        Some(Posted::Summary(id, draft, error)) => (id, draft, Some(error)),
        _ => match edit.and_then(named) {
            Some(summary) => (Some(summary.id), SummaryDraft::of(summary), None),
            None => (None, SummaryDraft::default(), None),
        },
    };
    let preview = match preview.and_then(named) {
        Some(summary) => {
            let shown = with_status(backend.summary_preview(&caller, summary.id).await)?;
            Some((summary.name.clone(), shown))
        }
        None => None,
    };
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    let mut channels = with_status(backend.channel_list(&caller).await)?;
    // The robot of a task gets nothing about other tasks.
    channels.retain(|channel| channel.serves(None));
    Ok(SummariesPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        channels,
        summaries,
        preview,
        editing,
        draft,
        faults,
        error,
    })
}

/// Removes a summary, if it still has the version that was read.
#[server(prefix = "/fn", endpoint = "summary_delete", output = Wire)]
pub async fn delete_summary(id: SummaryId, version: i64) -> Result<(), AppError> {
    with_status(
        backend()?
            .summary_delete(&caller()?, id, Some(version))
            .await,
    )
}
