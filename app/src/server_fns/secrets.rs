//! The secrets page and its controls. Values are sent only by the page's form, never by a server function: what one
//! of these refuses may end up in an address.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::id::SecretId;
use crate::page::SecretsPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    secret::SecretDraft,
    server_fns::forms::{Posted, split},
};

/// The secrets page; the form changes the secret `edit`, if given.
#[server(prefix = "/fn", endpoint = "secrets_page", input = Wire, output = Wire)]
pub async fn fetch_secrets(edit: Option<SecretId>) -> Result<SecretsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let secrets = with_status(backend.secret_list(&caller).await)?;
    let known = edit.and_then(|id| secrets.iter().find(|secret| secret.id == id));
    let (editing, mut draft, posted) = match (use_context::<Posted>(), known) {
        (Some(Posted::Secret(id, draft, error)), _) => (id, draft, Some(error)),
        (_, Some(secret)) => {
            let draft = SecretDraft {
                name: secret.name.clone(),
                note: secret.note.clone(),
                tasks: secret.tasks.iter().map(|task| task.line()).collect(),
                ..SecretDraft::default()
            };
            (Some(secret.id), draft, None)
        }
        _ => (None, SecretDraft::default(), None),
    };
    // A value is never sent back to a page.
    draft.value.clear();
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(SecretsPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        secrets,
        editing,
        draft,
        faults,
        error,
    })
}

/// Removes a secret, if it still has the version that was read.
#[server(prefix = "/fn", endpoint = "secret_delete", output = Wire)]
pub async fn delete_secret(id: SecretId, version: i64) -> Result<(), AppError> {
    with_status(
        backend()?
            .secret_delete(&caller()?, id, Some(version))
            .await,
    )
}
