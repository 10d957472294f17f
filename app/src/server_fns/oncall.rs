//! The page of rotas and its control.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::page::RotasPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    auth::Action,
    backend::{backend, caller, with_status},
    oncall::RotaDraft,
    page::RotaForm,
    server_fns::forms::{Posted, split},
};

/// The page of rotas; with a name that of one rota and the forms that change it.
#[server(prefix = "/fn", endpoint = "rotas_page", input = Wire, output = Wire)]
pub async fn fetch_rotas(name: Option<String>) -> Result<RotasPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let one = name.is_some();
    let rotas = match name {
        Some(name) => vec![with_status(backend.rota_get(&caller, &name).await)?],
        None => with_status(backend.rota_list(&caller).await)?,
    };
    let (mut form, posted) = match use_context::<Posted>() {
        Some(Posted::Rota(form, error)) => (*form, Some(error)),
        _ => (RotaForm::default(), None),
    };
    // Where another form of the page was sent, this one is as it was.
    if let Some(rota) = rotas.first().filter(|_| one)
        && form.rota == RotaDraft::default()
    {
        form.rota = RotaDraft::of(rota);
    }
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    let may_set = caller
        .principal
        .as_ref()
        .is_some_and(|who| who.can(Action::Administer));
    Ok(RotasPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        rotas,
        one,
        zones: if may_set {
            backend.zone_names()
        } else {
            Vec::new()
        },
        form,
        faults,
        error,
    })
}

/// Removes a rota that nothing names, if it still has the version that was read.
#[server(prefix = "/fn", endpoint = "rota_delete", output = Wire)]
pub async fn delete_rota(name: String, version: i64) -> Result<(), AppError> {
    with_status(
        backend()?
            .rota_delete(&caller()?, &name, Some(version))
            .await,
    )
}
