//! The HTTP side: who asks, what may be asked, the pages, and how it all becomes one router.

pub mod client;
mod entry;
mod events;
pub mod extract;
mod failed_form;
mod forms;
pub mod guard;
mod headers;
mod pages;
mod requests;
pub mod scrape;
pub mod site;
pub mod strict;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::api;
use crate::service::Service;
use site::Site;

/// Bytes a request's body may have: a command of the largest size, percent-encoded, and some.
const BODY_MAX: usize = 4 * 1024 * 1024;

/// What the HTTP side is made from.
#[derive(Clone)]
pub struct Web {
    /// The use cases.
    pub service: Arc<Service>,
    /// Built pages, scripts and styles.
    pub site: Site,
    /// The address people use; decides on `Secure` cookies and which origin is ours.
    pub base_url: Arc<str>,
    /// Ends open event streams when the server stops.
    pub stop: tokio_util::sync::CancellationToken,
}

/// The whole server: pages, server functions, API, assets.
///
/// # Errors
/// When the API cannot be described.
pub fn router(web: &Web) -> Result<Router, api::Undescribed> {
    let (api, _) = api::router()?;
    let api = api
        .route("/healthz", get(api::healthz))
        .route("/readyz", get(api::readyz))
        .route(scrape::ROUTE, get(api::metrics))
        .layer(axum::Extension(web.stop.clone()))
        .with_state(Arc::clone(&web.service));
    let forms = Router::new()
        .route("/login", post(forms::session::sign_in))
        .route("/logout", post(forms::session::sign_out))
        .route("/setup", post(forms::session::set_up))
        .route("/preferences", post(forms::session::preferences))
        .route("/tasks/new", post(forms::task::create))
        .route("/tasks/{id}/edit", post(forms::task::update))
        .route("/tasks/{id}/run", post(forms::start::start))
        .route("/admin/channels", post(forms::admin::channel))
        .route("/admin/users", post(forms::admin::user_or_token))
        .route("/admin/calendars", post(forms::days::calendar))
        .route("/admin/calendars/{name}", post(forms::days::import))
        .route("/admin/blackouts", post(forms::days::blackout))
        .route("/admin/secrets", post(forms::vault::secret))
        .route("/admin/pools", post(forms::vault::pool))
        .route(app::routes::ACCOUNT, post(forms::account::password))
        .route("/events", get(events::stream))
        .with_state(web.clone());
    let all = api
        .merge(pages::router(web))
        .merge(forms)
        .merge(web.site.router())
        .fallback_service(axum::handler::Handler::with_state(not_found, web.clone()));
    Ok(guarded(all, web).layer(CompressionLayer::new()))
}

/// The API alone, for a command line that works without a running server.
///
/// # Errors
/// When it cannot be described.
pub fn api_router(web: &Web) -> Result<Router, api::Undescribed> {
    let (api, _) = api::router()?;
    Ok(guarded(
        api.with_state(Arc::clone(&web.service))
            .fallback_service(axum::handler::Handler::with_state(not_found, web.clone())),
        web,
    ))
}

/// The layers every request passes, outermost last.
fn guarded(router: Router, web: &Web) -> Router {
    router
        .layer(middleware::from_fn(guard::finish_what_was_begun))
        .layer(middleware::from_fn_with_state(web.clone(), entry::check))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            failed_form::check,
        ))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            guard::require_principal,
        ))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            guard::refuse_cross_site,
        ))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            guard::authenticate,
        ))
        // Before a token is looked for: the one for metrics is no account's.
        .layer(middleware::from_fn_with_state(web.clone(), scrape::admit))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(CatchPanicLayer::custom(|_| {
            // The panic itself is in the log already; it says nothing to the outside.
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

/// Links of the original lead to today's pages; everything else is not here.
async fn not_found(State(web): State<Web>, request: axum::extract::Request) -> Response {
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

/// The answer for what is not here: a page for people, a problem document for programs.
pub(crate) async fn missing(web: &Web, request: axum::extract::Request) -> Response {
    let (parts, _) = request.into_parts();
    let for_people = parts.method == axum::http::Method::GET
        && guard::accepts_html(&parts.headers)
        && !parts.uri.path().starts_with("/api/");
    if for_people {
        return pages::render_missing(web, parts).await;
    }
    let lang = extract::caller_of(&parts).lang;
    let error = app::error::AppError::not_found(lang, lang.pick("这个页面", "page"));
    api::Problem::from(error).into_response()
}
