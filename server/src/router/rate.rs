//! Limits how many requests one caller may send, and says on every answer of the API how many are left.

use app::backend::Caller;
use app::error::AppError;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::guard::accepts_html;
use crate::http::rate::{Allowance, RateKey};
use crate::http::{Problem, Web};
use crate::pages::render_refused;

/// The names of draft-ietf-httpapi-ratelimit-headers-06, which clients of other services know.
const HEADERS: [&str; 3] = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"];

/// Refuses what is more than the limit before anything is read or recorded.
pub(super) async fn limit(State(web): State<Web>, request: Request, next: Next) -> Response {
    let Some(allowed) = RateKey::of(&request).and_then(|key| web.rates.take(key)) else {
        return next.run(request).await;
    };
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = match allowed.wait {
        None => next.run(request).await,
        Some(seconds) => refuse(&web, request, seconds).await,
    };
    if is_api {
        describe(&mut response, allowed);
    }
    response
}

async fn refuse(web: &Web, request: Request, seconds: u32) -> Response {
    let caller = request.extensions().get::<Caller>();
    let lang = caller.map(|caller| caller.lang).unwrap_or_default();
    let is_known = caller.is_some_and(|caller| caller.principal.is_some());
    let error = AppError::too_many_requests(lang, seconds);
    // To render a page costs more than most requests: strangers get a few words.
    if is_known && accepts_html(request.headers()) {
        let (parts, _) = request.into_parts();
        return render_refused(web, parts, StatusCode::TOO_MANY_REQUESTS, error).await;
    }
    Problem::from(error).into_response()
}

fn describe(response: &mut Response, allowed: Allowance) {
    let values = [allowed.limit, allowed.remaining, allowed.reset];
    for (name, value) in HEADERS.into_iter().zip(values) {
        let name = HeaderName::from_static(name);
        response
            .headers_mut()
            .insert(name, HeaderValue::from(value));
    }
}
