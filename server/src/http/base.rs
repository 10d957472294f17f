//! The path of the public address, under which browsers see this server: `/cron` of `https://ops.example.com/cron`.
//!
//! A proxy may pass the path on or remove it: requests are accepted with and without it. Inside, no path has it.
//! Pages, redirects and cookies that leave do.

use app::routes::base_path;
use axum::Router;
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Uri, header};
use axum::response::Response;
use tower::ServiceBuilder;

/// The path of cookies for a public address.
#[must_use]
pub fn cookie_path(base_url: &str) -> &str {
    match base_path(base_url) {
        "" => "/",
        path => path,
    }
}

/// A router that is also reachable under a path, and whose redirects stay under it.
pub(crate) fn under(router: Router, base: &str) -> Router {
    if base.is_empty() {
        return router;
    }
    let (inward, outward) = (base.to_owned(), base.to_owned());
    let service = ServiceBuilder::new()
        .map_request(move |request| without(request, &inward))
        .map_response(move |response| redirected(response, &outward))
        .service(router);
    Router::new().fallback_service(service)
}

/// The request without the base in its path.
fn without(mut request: Request, base: &str) -> Request {
    if let Some(inner) = inner(request.uri(), base) {
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = Some(inner);
        // What was a valid address stays one with a shorter path.
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// The path and query below the base; `None` for other paths.
fn inner(uri: &Uri, base: &str) -> Option<PathAndQuery> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(base)?;
    match rest.chars().next() {
        Some('/') => rest.parse().ok(),
        None | Some('?') => format!("/{rest}").parse().ok(),
        // `/cronies` is not below `/cron`.
        Some(_) => None,
    }
}

/// The response, with the base in a redirect to one of our paths.
fn redirected(mut response: Response, base: &str) -> Response {
    let headers = response.headers_mut();
    let location = headers
        .get(header::LOCATION)
        .and_then(|location| location.to_str().ok())
        .filter(|path| path.starts_with('/') && !path.starts_with("//"))
        .and_then(|path| HeaderValue::try_from(format!("{base}{path}")).ok());
    if let Some(location) = location {
        headers.insert(header::LOCATION, location);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_for_the_path_of_the_address() {
        assert_eq!(cookie_path("https://cron.example.com"), "/");
        assert_eq!(cookie_path("https://ops.example.com/cron"), "/cron");
    }

    #[test]
    fn requests_lose_the_base_and_only_the_base() {
        let inner = |path: &str| {
            inner(&path.parse().expect("a path"), "/cron").map(|inner| inner.to_string())
        };
        assert_eq!(inner("/cron").as_deref(), Some("/"));
        assert_eq!(inner("/cron?a=b").as_deref(), Some("/?a=b"));
        assert_eq!(
            inner("/cron/tasks?q=/cron").as_deref(),
            Some("/tasks?q=/cron")
        );
        for path in ["/", "/tasks", "/cronies", "/CRON/tasks"] {
            assert_eq!(inner(path), None, "{path}");
        }
    }
}
