//! Combines pages, API and assets into one router: which route is open to whom, what a body may be, how unknown
//! addresses are answered.

mod access;
mod entry;
mod missing;
mod rate;
mod refused;
mod scopes;

use std::sync::Arc;

use app::routes::base_path;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::http::base::under;
use crate::http::{Web, guard, headers, requests, scrape};
use crate::pages::failed_form;
use crate::{api, pages};
use missing::not_found;

/// Bytes a request's body may have: a command of the largest size, percent-encoded, and some spare.
const BODY_MAX: usize = 4 * 1024 * 1024;

/// The whole server: pages, server functions, API, assets.
///
/// # Errors
/// When the API cannot be described.
pub fn router(web: &Web) -> Result<Router, api::OpenApiError> {
    let base = base_path(&web.base_url);
    let web = &Web {
        site: web.site.clone().under(base),
        ..web.clone()
    };
    let (api, _) = api::router()?;
    let api = api
        .route("/healthz", get(api::healthz))
        .route("/readyz", get(api::readyz))
        .route(scrape::ROUTE, get(api::metrics))
        .layer(axum::Extension(web.stop.clone()))
        .layer(axum::Extension(web.site.clone()))
        .with_state(Arc::clone(&web.service));
    let all = api
        .merge(pages::router(web))
        .merge(web.site.router())
        .fallback_service(Handler::with_state(not_found, web.clone()));
    let all = guarded(all, web).layer(CompressionLayer::new());
    Ok(under(all, base))
}

/// The API alone, for a command line that works without a running server.
///
/// # Errors
/// When it cannot be described.
pub fn api_router(web: &Web) -> Result<Router, api::OpenApiError> {
    let (api, _) = api::router()?;
    Ok(guarded(
        api.with_state(Arc::clone(&web.service))
            .fallback_service(Handler::with_state(not_found, web.clone())),
        web,
    ))
}

/// The layers every request passes, outermost last.
fn guarded(router: Router, web: &Web) -> Router {
    router
        .layer(middleware::from_fn(guard::finish_what_was_begun))
        .layer(middleware::from_fn_with_state(web.clone(), scopes::check))
        .layer(middleware::from_fn_with_state(web.clone(), entry::check))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            failed_form::check,
        ))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            access::require_principal,
        ))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            guard::refuse_cross_site,
        ))
        .layer(middleware::from_fn_with_state(web.clone(), refused::record))
        .layer(middleware::from_fn_with_state(web.clone(), rate::limit))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            guard::authenticate,
        ))
        // Before a token is looked up: the one for metrics does not belong to an account.
        .layer(middleware::from_fn_with_state(web.clone(), scrape::admit))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(CatchPanicLayer::custom(|_| {
            // The panic itself is logged already; the answer reveals nothing.
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong / 出错了",
            )
                .into_response()
        }))
        .layer(middleware::from_fn_with_state(web.clone(), headers::harden))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            requests::attend,
        ))
}
