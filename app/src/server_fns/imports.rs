//! The page that imports crontabs.

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::page::ImportPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    import::CrontabImport,
    server_fns::forms::{Posted, split},
};

/// Imported lines that the page shows.
#[cfg(feature = "ssr")]
const SHOWN: u32 = 200;

/// The import page: the form, the account of what was sent, and the lines that were imported.
#[server(prefix = "/fn", endpoint = "import_page", input = Wire, output = Wire)]
pub async fn fetch_import() -> Result<ImportPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    // No form is shown to users who may not send it.
    let may = |who: &crate::auth::Principal| who.can(crate::auth::Action::Edit);
    if !caller.principal.as_ref().is_some_and(may) {
        return with_status(Err(AppError::forbidden(caller.lang)));
    }
    let (draft, report, posted) = match use_context::<Posted>() {
        Some(Posted::Import(draft, Ok(report))) => (*draft, Some(report), None),
        Some(Posted::Import(draft, Err(error))) => (*draft, None, Some(error)),
        _ => (CrontabImport::default(), None, None),
    };
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    let lines = with_status(backend.import_list(&caller, None, SHOWN).await)?;
    Ok(ImportPage {
        draft,
        report,
        more: lines.next.is_some(),
        lines: lines.items,
        zones: backend.zone_names(),
        faults,
        error,
    })
}
