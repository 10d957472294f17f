//! `/api/v1/nodes`.

use app::backend::Capacity;
use app::node::{LoopStatus, Node, warnings};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::AppState;
use crate::http::Reply;
use crate::http::extract::RequestCaller;

/// The nodes, with warnings about them.
#[derive(Serialize, ToSchema)]
pub(super) struct Nodes {
    /// Those that are up, then those that went down within the last day.
    items: Vec<Node>,
    /// Always `null`: the list is complete.
    next: Option<String>,
    /// Sentences in the reader's language; empty when all is well.
    warnings: Vec<String>,
    /// Background loops of the answering server, by name.
    loops: Vec<LoopStatus>,
}

/// Server processes on this database.
#[utoipa::path(get, path = "/api/v1/nodes", tag = "nodes", responses((status = 200, body = Nodes)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<Nodes>> {
    let items = service.node_list(&caller).await?;
    let loops = service.loop_list(&caller).await?;
    Ok(Json(Nodes {
        warnings: warnings(&items, caller.lang),
        items,
        next: None,
        loops,
    }))
}
