//! Which routes need no session or token.
//!
//! Closed is the default, decided on the *matched route*, never on the raw path: a path that matches no open route is
//! closed, however it is spelled.

use app::backend::Caller;
use app::error::AppError;
use app::routes;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::missing::missing;
use crate::http::guard::accepts_html;
use crate::http::scrape::Scraper;
use crate::http::{Problem, Web};
use crate::pages::render_set_up;

/// Routes without authentication. Everything else needs a session or a token.
const OPEN: [&str; 19] = [
    routes::SIGN_IN,
    routes::SETUP,
    routes::SIGN_OUT,
    routes::PREFERENCES,
    "/healthz",
    "/readyz",
    "/pkg/{*path}",
    "/favicon.svg",
    "/favicon-failing.svg",
    "/favicon.ico",
    "/robots.txt",
    // Used by the sign-in and set-up pages; it reveals nothing.
    "/fn/sign_in_form",
    "/apple-touch-icon.png",
    // The description of the API is in the public source; it names no version and no data.
    "/api/openapi.json",
    // So is this part of it; editors read it without a token.
    "/api/v1/schema/task.json",
    // The signed token in the path is the permission, and names the only ticket or person it is for.
    "/t/{token}",
    "/my/{token}",
    "/feed/{token}",
    // The same for a task and a program.
    "/api/v1/start/{token}",
];

/// Whether a route needs neither a session nor a token.
pub(super) fn is_open(route: &str) -> bool {
    OPEN.contains(&route)
}

/// Refuses unauthenticated requests on every route that is not in the list of open ones.
pub(super) async fn require_principal(
    State(web): State<Web>,
    request: Request,
    next: Next,
) -> Response {
    let caller = request.extensions().get::<Caller>().cloned();
    let lang = caller
        .as_ref()
        .map(|caller| caller.lang)
        .unwrap_or_default();
    let matched = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    if matched.as_deref() == Some(routes::SETUP) {
        // The set-up page is gone for good once there is an account.
        match web.service.setup_open(lang).await {
            Ok(true) => {}
            Ok(false) if accepts_html(request.headers()) => {
                return render_set_up(&web, request.into_parts().0).await;
            }
            Ok(false) => return missing(&web, request).await,
            Err(error) => return Problem::from(error).into_response(),
        }
    }
    let open = matched.as_deref().is_some_and(is_open);
    let known = caller.is_some_and(|caller| caller.principal.is_some());
    let scrapes = request.extensions().get::<Scraper>().is_some();
    if open || known || scrapes {
        return next.run(request).await;
    }
    let path = request.uri().path();
    let is_page = request.method() == Method::GET
        && !path.starts_with("/api/")
        && !path.starts_with("/fn/")
        && path != routes::EVENTS
        && accepts_html(request.headers());
    if is_page {
        // There is no account to sign in with yet: the set-up page says where its link is printed.
        if matches!(web.service.setup_open(lang).await, Ok(true)) {
            return Redirect::to(routes::SETUP).into_response();
        }
        let wanted = request
            .uri()
            .path_and_query()
            .map_or("/", |wanted| wanted.as_str());
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("next", wanted)
            .finish();
        return Redirect::to(&format!("{}?{query}", routes::SIGN_IN)).into_response();
    }
    let error = match request.headers().contains_key(header::AUTHORIZATION) {
        true => AppError::unknown_token(lang),
        false => AppError::unauthenticated(lang),
    };
    Problem::from(error).into_response()
}
