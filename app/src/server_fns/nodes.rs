//! The nodes page.

use leptos::server;

use crate::error::AppError;
use crate::page::NodesPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    node,
};

/// The nodes page.
#[server(prefix = "/fn", endpoint = "nodes_page", input = Wire, output = Wire)]
pub async fn fetch_nodes() -> Result<NodesPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let nodes = with_status(backend.node_list(&caller).await)?;
    Ok(NodesPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        warnings: node::warnings(&nodes, caller.lang),
        nodes,
    })
}
