//! Headers on every answer, errors included.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// For answers that are no page of ours: nothing may run or load.
const CLOSED: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Adds what every answer carries; what a handler has set stays.
pub(super) async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let defaults: [(HeaderName, &'static str); 6] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (header::CONTENT_SECURITY_POLICY, CLOSED),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in defaults {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The policy of a page: scripts with this nonce only, and WASM. `live_reload` are sources for
/// `connect-src` besides the server itself; only a server under `cargo leptos watch` has any.
pub(super) fn page_policy(nonce: &str, live_reload: &str) -> String {
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
