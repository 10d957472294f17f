//! Answers for unknown addresses.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::http::extract::caller_of;
use crate::http::guard::accepts_html;
use crate::http::{Problem, Web};
use crate::pages::render_missing;

/// Redirects links of the original product to today's pages; everything else is missing.
pub(super) async fn not_found(State(web): State<Web>, request: axum::extract::Request) -> Response {
    let path = request.uri().path();
    if let Some(id) = path
        .strip_prefix("/taskid")
        .and_then(|rest| rest.trim_end_matches('/').parse().ok())
    {
        return Redirect::permanent(&app::routes::task(app::id::TaskId(id))).into_response();
    }
    if path.trim_end_matches('/') == "/xadmin" {
        return Redirect::permanent(app::routes::ADMIN).into_response();
    }
    missing(&web, request).await
}

/// The answer for an unknown address: a page for people, a problem document for programs.
pub(super) async fn missing(web: &Web, request: axum::extract::Request) -> Response {
    let (parts, _) = request.into_parts();
    let for_people = parts.method == axum::http::Method::GET
        && accepts_html(&parts.headers)
        && !parts.uri.path().starts_with("/api/");
    if for_people {
        return render_missing(web, parts).await;
    }
    let lang = caller_of(&parts).lang;
    let error = app::error::AppError::not_found(lang, lang.pick("这个页面", "page"));
    Problem::from(error).into_response()
}
