//! The pages that import crontabs and tasks of other schedulers.

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::page::{ImportPage, TaskImportPage};
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    import::{CrontabImport, TaskImportForm},
    server_fns::forms::{Posted, split},
};

/// Imported lines that the page shows.
#[cfg(feature = "ssr")]
const SHOWN: u32 = 200;

/// No form is shown to users who may not send it.
#[cfg(feature = "ssr")]
fn only_editors() -> Result<(), AppError> {
    let caller = caller()?;
    let may = |who: &crate::auth::Principal| who.can(crate::auth::Action::Edit);
    match caller.principal.as_ref().is_some_and(may) {
        true => Ok(()),
        false => with_status(Err(AppError::forbidden(caller.lang))),
    }
}

/// The import page: the form, the account of what was sent, and the lines that were imported.
#[server(prefix = "/fn", endpoint = "import_page", input = Wire, output = Wire)]
pub async fn fetch_import() -> Result<ImportPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    only_editors()?;
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

/// The page that imports tasks of another scheduler: the form, and the account of what was sent.
#[server(prefix = "/fn", endpoint = "task_import_page", input = Wire, output = Wire)]
pub async fn fetch_task_import() -> Result<TaskImportPage, AppError> {
    only_editors()?;
    let (draft, report, posted) = match use_context::<Posted>() {
        Some(Posted::TaskImport(draft, Ok(report))) => (*draft, Some(report), None),
        Some(Posted::TaskImport(draft, Err(error))) => (*draft, None, Some(error)),
        _ => (first_choice(), None, None),
    };
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(TaskImportPage {
        draft,
        report,
        faults,
        error,
    })
}

/// A new form: the scheduler that is chosen is the first of the list.
#[cfg(feature = "ssr")]
fn first_choice() -> TaskImportForm {
    TaskImportForm {
        scheduler: crate::import::Scheduler::XxlJob,
        ..TaskImportForm::default()
    }
}
