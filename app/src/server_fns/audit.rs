//! The page of the audit log.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

use leptos::server;

use crate::audit::AuditQuery;
#[cfg(feature = "ssr")]
use crate::backend::{backend, caller};
use crate::error::AppError;
use crate::page::AuditPage;
use crate::wire::Wire;

/// The page of the audit log. A question with faults is answered on the page, with the fault.
#[server(prefix = "/fn", endpoint = "audit_page", input = Wire, output = Wire)]
pub async fn fetch_audit(query: AuditQuery) -> Result<AuditPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let (list, error) = super::read::or_fault(backend.audit_list(&caller, &query).await)?;
    Ok(AuditPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        query,
        items: list.items,
        next: list.next,
        error,
    })
}
