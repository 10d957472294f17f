//! Each request has an id: in its answer, in the span of everything logged for it, and in its line of the request
//! log.
//!
//! The log has the route that matched and never the requested address: addresses contain ids of links, search words,
//! and sometimes what people meant to keep private.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::Web;
use super::client::Client;
use crate::auth::proxies::TrustedProxies;
use crate::telemetry::request::RequestId;

/// The id of the request, in both directions.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Routes that programs call every few seconds, and files of pages: logged at debug level only.
const QUIET: [&str; 4] = ["/healthz", "/readyz", "/metrics", "/pkg/{*path}"];

/// Answers a request under its id, and logs it.
pub(crate) async fn attend(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let doors = web.service.doors();
    let client = Client::of(&request, &doors.trusted_proxies);
    let id = given(&doors.trusted_proxies, &request).unwrap_or_else(RequestId::random);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    request.extensions_mut().insert(client.clone());
    let span = tracing::error_span!("request", request.id = id.as_str());
    let logged = span.clone();
    let mut response = id.clone().scope(next.run(request).instrument(span)).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let took = begun.elapsed();
    let status = response.status().as_u16();
    web.service.metrics().request(method.as_str(), status, took);
    if doors.logs_requests {
        let route = route.as_ref().map_or("-", MatchedPath::as_str);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        logged.in_scope(|| {
            if QUIET.contains(&route) {
                tracing::debug!(%method, route, status, micros, client = client.as_str(), "answered");
            } else {
                tracing::info!(%method, route, status, micros, client = client.as_str(), "answered");
            }
        });
    }
    response
}

/// The id that the request carries, if a trusted proxy sent it.
fn given(trusted: &TrustedProxies, request: &Request) -> Option<RequestId> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    if !trusted.contains(peer.ip()) {
        return None;
    }
    let text = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    RequestId::given(text)
}
