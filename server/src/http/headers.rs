//! Headers of every answer, errors included.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::Web;

/// The policy of answers that are not our pages: nothing may run or load.
const CLOSED: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// Browser features that our pages do not use, and that are denied for that reason.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), usb=()";
/// A browser that has seen the site over TLS uses only TLS for a year (RFC 6797).
const TRANSPORT: &str = "max-age=31536000";
/// Seconds to wait for clients refused because of too many requests, unless set otherwise.
const RETRY_AFTER: &str = "5";

/// Adds the headers of every answer; those set by a handler stay.
pub(crate) async fn harden(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let too_many = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let over_tls = web.base_url.starts_with("https://");
    let headers = response.headers_mut();
    let always: [(HeaderName, &'static str); 8] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (header::CONTENT_SECURITY_POLICY, CLOSED),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let sometimes = [
        over_tls.then_some((header::STRICT_TRANSPORT_SECURITY, TRANSPORT)),
        too_many.then_some((header::RETRY_AFTER, RETRY_AFTER)),
    ];
    for (name, value) in always.into_iter().chain(sometimes.into_iter().flatten()) {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The policy of a page: scripts with this nonce only, and WASM. `live_reload` are sources for `connect-src` in
/// addition to the server itself; only a server under `cargo leptos watch` has any.
pub(crate) fn page_policy(nonce: &str, live_reload: &str) -> String {
    let separator = if live_reload.is_empty() { "" } else { " " };
    format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'{separator}{live_reload}; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self'"
    )
}

#[cfg(test)]
mod tests {
    use super::page_policy;

    #[test]
    fn only_a_watched_server_lets_pages_connect_elsewhere() {
        assert!(page_policy("n", "").contains("connect-src 'self'; object-src"));
        assert!(
            page_policy("n", "ws://127.0.0.1:8001")
                .contains("connect-src 'self' ws://127.0.0.1:8001; object-src")
        );
    }
}
