//! The blackouts page and its controls.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

use leptos::server;

use crate::error::AppError;
use crate::id::BlackoutId;
use crate::page::BlackoutsPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    calendar::Blackout,
    server_fns::forms::{Posted, sent},
    task::Cycle,
};

/// The blackouts page.
#[server(prefix = "/fn", endpoint = "blackouts_page", input = Wire, output = Wire)]
pub async fn fetch_blackouts() -> Result<BlackoutsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let form = sent(|posted| match posted {
        Posted::Blackout(draft, error) => Some((draft, error)),
        _ => None,
    });
    let blackouts = with_status(backend.blackout_list(&caller).await)?;
    let cycle = |blackout: &Blackout| {
        let cron = blackout.cron.as_deref();
        cron.map(|cron| Cycle::plain(cron, caller.lang))
    };
    Ok(BlackoutsPage {
        cycles: blackouts.iter().map(cycle).collect(),
        blackouts,
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        draft: form.draft,
        faults: form.faults,
        error: form.error,
    })
}

/// Removes a blackout: tasks fire again at once. Only while it has the version that was read.
#[server(prefix = "/fn", endpoint = "blackout_delete", output = Wire)]
pub async fn delete_blackout(id: BlackoutId, version: i64) -> Result<(), AppError> {
    with_status(
        backend()?
            .blackout_delete(&caller()?, id, Some(version))
            .await,
    )
}
