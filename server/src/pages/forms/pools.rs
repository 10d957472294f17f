//! The form of the pools page.

use app::backend::Capacity;
use app::pool::PoolDraft;
use app::routes;
use app::server_fns::Posted;
use axum::Form;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::render::render_posted;
use super::status_of;
use crate::http::Web;
use crate::http::extract::caller_of;

/// The version of a pool that the page did not list: it did not exist.
const NOT_LISTED: i64 = 0;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct PoolFields {
    name: String,
    slots: String,
    /// The pools that the page listed: a version and a name on each line; `None` where there were too many.
    seen: Option<String>,
}

/// Adds a pool, or changes its slots.
pub(in super::super) async fn pool(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<PoolFields>,
) -> Response {
    let draft = PoolDraft {
        name: fields.name,
        slots: fields.slots,
    };
    let read = fields.seen.map(|seen| {
        let mut listed = seen.lines().filter_map(|line| line.split_once(' '));
        let known = listed.find(|(_, name)| *name == draft.name.trim());
        known.map_or(NOT_LISTED, |(version, _)| version.parse().unwrap_or(-1))
    });
    match web.service.pool_set(&caller_of(&parts), read, &draft).await {
        Ok(_) => Redirect::to(routes::POOLS).into_response(),
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::Pool(draft, error)).await
        }
    }
}
