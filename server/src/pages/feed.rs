//! The calendar feed of a person's tickets.

use axum::extract::State;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use crate::http::client::client_of;
use crate::http::extract::caller_of;
use crate::http::{Problem, Web};

/// Its path.
pub(super) const ROUTE: &str = "/feed/{token}";

/// Shows the feed that the token in the path is for.
pub(super) async fn open(State(web): State<Web>, parts: Parts) -> Response {
    let name = parts.uri.path().rsplit('/').next().unwrap_or_default();
    let token = name.strip_suffix(".ics").unwrap_or(name);
    let (lang, client) = (caller_of(&parts).lang, client_of(&parts));
    match web.service.ticket_feed(lang, token, client.as_str()).await {
        Ok(text) => (
            [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")],
            text,
        )
            .into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}
