//! `/api/v1/nodes`.

use app::backend::Capacity;
use app::node::{Node, warnings};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::AppState;
use crate::http::Reply;
use crate::http::extract::Who;

/// The nodes, and what is not as it should be with them.
#[derive(Serialize, ToSchema)]
pub(super) struct Nodes {
    /// Those that are up, then those that have gone within a day.
    items: Vec<Node>,
    /// Always `null`: all of them are here.
    next: Option<String>,
    /// Sentences in the reader's language; empty when all is well.
    warnings: Vec<String>,
}

/// Server processes on this database.
#[utoipa::path(get, path = "/api/v1/nodes", tag = "nodes", responses((status = 200, body = Nodes)))]
pub(super) async fn list(State(service): State<AppState>, Who(caller): Who) -> Reply<Json<Nodes>> {
    let items = service.node_list(&caller).await?;
    Ok(Json(Nodes {
        warnings: warnings(&items, caller.lang),
        items,
        next: None,
    }))
}
