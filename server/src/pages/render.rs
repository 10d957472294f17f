//! The Leptos pages and their server functions, with the backend and the caller.

use std::sync::Arc;

use app::backend::SharedBackend;
use app::done::Done;
use app::error::AppError;
use app::reader::ViewerZone;
use app::response::{ResponseSink, SharedSink};
use app::server_fns::Posted;
use app::ui::{Density, Theme};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};

use crate::http::Web;
use crate::http::base::cookie_path;
use crate::http::extract::caller_of;
use crate::http::guard::{DENSITY_COOKIE, DONE_COOKIE, THEME_COOKIE, accepts_html, cookie};
use crate::http::headers::page_policy;
use crate::http::turns;

/// How long a browser keeps the report of what was done for the page that follows.
const DONE_SECONDS: u32 = 60;

/// All pages and server functions.
pub(super) fn router(web: &Web) -> Router {
    let options = web.site.options.clone();
    let context = context(web);
    let routes = generate_route_list(app::App);
    let (shell_options, files) = (options.clone(), Arc::clone(&web.site.files));
    Router::new()
        .leptos_routes_with_context(&options, routes, context, move || {
            app::shell(shell_options.clone(), &files)
        })
        .with_state(options)
        .layer(from_fn_with_state(web.turns.clone(), turns::wait))
}

/// Renders the page for a form request, with the input in its context.
pub(crate) async fn render_posted(
    web: &Web,
    parts: Parts,
    status: StatusCode,
    posted: Posted,
) -> Response {
    render(web, parts, status, move || provide_context(posted.clone())).await
}

/// Renders the set-up page for a used link: it leads to sign-in. Such a link no longer exists, so the status stays
/// that of a missing page.
pub(crate) async fn render_set_up(web: &Web, parts: Parts) -> Response {
    render_posted(web, parts, StatusCode::NOT_FOUND, Posted::SetUp).await
}

/// Renders the page for an unknown address.
pub(crate) async fn render_missing(web: &Web, parts: Parts) -> Response {
    render(web, parts, StatusCode::NOT_FOUND, || {}).await
}

/// Renders the page of a request that was refused before any page could take it. It has no script:
/// a browser's would look for the page of the address.
pub(crate) async fn render_refused(
    web: &Web,
    parts: Parts,
    status: StatusCode,
    error: AppError,
) -> Response {
    let files = Arc::clone(&web.site.files);
    let render = leptos_axum::render_app_async_with_context(context(web), move || {
        app::refused(&files, error.clone())
    });
    let mut request = Request::from_parts(parts, Body::empty());
    *request.method_mut() = Method::GET;
    let mut response = render(request).await;
    *response.status_mut() = status;
    response
}

async fn render(
    web: &Web,
    parts: Parts,
    status: StatusCode,
    more: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    let is_known = caller_of(&parts).principal.is_some();
    let _turn = web.turns.take(is_known).await;
    let (options, files) = (web.site.options.clone(), Arc::clone(&web.site.files));
    let context = context(web);
    let with_more = move || {
        context();
        more();
    };
    let render = leptos_axum::render_app_async_with_context(with_more, move || {
        app::shell(options.clone(), &files)
    });
    let mut request = Request::from_parts(parts, Body::empty());
    *request.method_mut() = Method::GET;
    let mut response = render(request).await;
    *response.status_mut() = status;
    response
}

/// The context of pages and server functions.
fn context(web: &Web) -> impl Fn() + Clone + Send + Sync + 'static {
    let service = Arc::clone(&web.service);
    let live_reload = web.site.live_reload.clone();
    let base_url = Arc::clone(&web.base_url);
    move || {
        let backend: SharedBackend = service.clone();
        provide_context(backend);
        let (mut plain_form, mut done) = (false, None);
        if let Some(parts) = use_context::<Parts>() {
            plain_form = parts.uri.path().starts_with("/fn/") && accepts_html(&parts.headers);
            provide_context(caller_of(&parts));
            let theme = cookie(&parts.headers, THEME_COOKIE).and_then(Theme::from_name);
            provide_context(theme.unwrap_or_default());
            let density = cookie(&parts.headers, DENSITY_COOKIE).and_then(Density::from_name);
            provide_context(density.unwrap_or_default());
            let zone = cookie(&parts.headers, app::routes::ZONE_COOKIE);
            if let Some(zone) = zone.and_then(ViewerZone::from_cookie) {
                provide_context(zone);
            }
            // Reported by the page that is opened next, once.
            let page = parts.method == Method::GET && !parts.uri.path().starts_with("/fn/");
            done = cookie(&parts.headers, DONE_COOKIE)
                .filter(|_| page)
                .map(Done::from_text);
        }
        if let Some(response) = use_context::<ResponseOptions>() {
            if let Some(policy) = use_nonce()
                .and_then(|nonce| HeaderValue::from_str(&page_policy(&nonce, &live_reload)).ok())
            {
                response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            }
            if let Some(done) = done {
                if let Some(done) = done {
                    provide_context(done);
                }
                response.append_header(header::SET_COOKIE, done_cookie(None, &base_url));
            }
            let sink: SharedSink = Arc::new(Sink {
                response,
                plain_form,
                base_url: Arc::clone(&base_url),
            });
            provide_context(sink);
        }
    }
}

struct Sink {
    response: ResponseOptions,
    /// A control sent without JavaScript: its answer is a redirect back to the page, which shows the failure, so it
    /// must keep its own status.
    plain_form: bool,
    base_url: Arc<str>,
}

/// The cookie that reports what was done until the next page is opened; `None` removes it.
pub(super) fn done_cookie(done: Option<Done>, base_url: &str) -> HeaderValue {
    let (text, seconds) = done.map_or((String::new(), 0), |done| (done.to_text(), DONE_SECONDS));
    let secure = if base_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    let path = cookie_path(base_url);
    let cookie = format!(
        "{DONE_COOKIE}={text}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    );
    // Its texts are ours: letters, digits and a point.
    HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
}

impl ResponseSink for Sink {
    fn set_status(&self, status: u16) {
        if let (false, Ok(status)) = (self.plain_form, StatusCode::from_u16(status)) {
            self.response.set_status(status);
        }
    }

    fn redirect(&self, path: &str) {
        leptos_axum::redirect(path);
    }

    fn done(&self, done: Done) {
        // With JavaScript the page itself knows what it requested.
        if self.plain_form {
            let cookie = done_cookie(Some(done), &self.base_url);
            self.response.append_header(header::SET_COOKIE, cookie);
        }
    }
}
