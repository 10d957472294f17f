//! Forms that post to their own page, with or without JavaScript: 303 on success, otherwise the same page with the
//! input.

pub(super) mod account;
pub(super) mod blackouts;
pub(super) mod calendars;
pub(super) mod channels;
mod fields;
pub(super) mod import_tasks;
pub(super) mod imports;
pub(super) mod oncall;
pub(super) mod people;
pub(super) mod pictures;
pub(super) mod pools;
pub(super) mod retention;
pub(super) mod rules;
pub(super) mod secrets;
pub(super) mod session;
pub(super) mod start;
pub(super) mod start_urls;
pub(super) mod summaries;
pub(super) mod task;
pub(super) mod templates;
pub(super) mod tickets;
pub(super) mod urge_defaults;
pub(super) mod users;

use app::done::Done;
use app::error::AppError;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::render::done_cookie;
use crate::http::Web;

/// The status of a page that shows a failure.
fn status_of(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Redirects to another page, which reports what was done.
fn and_say(web: &Web, done: Done, path: &str) -> Response {
    let mut response = Redirect::to(path).into_response();
    let cookie = done_cookie(Some(done), &web.base_url);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// The version that a form was made from. None has this number that cannot be read, so such a form changes nothing.
fn read(version: &str) -> Option<i64> {
    Some(version.parse().unwrap_or(-1))
}

/// Whether a box was ticked.
fn is_ticked(value: &str) -> bool {
    matches!(value, "true" | "on" | "1")
}

/// Bytes of a path to continue to: more than any of ours, less than a proxy's limit for headers.
const NEXT_MAX: usize = 2048;

/// A path on this server, or the overview: a link must not lead people elsewhere after sign-in.
fn local_path(next: &str) -> &str {
    let local = next.len() <= NEXT_MAX
        && next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\r', '\n', '\t'])
        && !next.chars().any(char::is_control);
    if local { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_on_this_server_are_followed() {
        assert_eq!(local_path("/tasks/1?q=a"), "/tasks/1?q=a");
        for next in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil",
        ] {
            assert_eq!(local_path(next), "/", "{next}");
        }
    }
}
