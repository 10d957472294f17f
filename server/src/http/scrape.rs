//! Who may read metrics without an account: holders of the metrics token, and processes on this machine.
//!
//! A reverse proxy on this machine is such a process too, and forwards requests of anyone. So a forwarded request
//! needs a token, as does one from a trusted proxy, and one for a host name other than this machine's own (DNS
//! rebinding by a page in a local browser). Everything else is left to the guard.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::Web;

/// Where metrics are.
pub const ROUTE: &str = "/metrics";

/// Headers with which proxies name their clients, in addition to all that start with `x-forwarded`.
const FORWARDING: [&str; 9] = [
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-forwarded-for",
    "true-client-ip",
    "cf-connecting-ip",
    "fly-client-ip",
];

/// Marks a request that may read metrics, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Scraper;

/// Admits requests that may read metrics without an account.
pub(crate) async fn admit(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let asks = request
        .extensions()
        .get::<MatchedPath>()
        .is_some_and(|path| path.as_str() == ROUTE);
    if asks && may_scrape(&web, &request) {
        // It is not a token of an account, and must not count as a wrong one.
        request.headers_mut().remove(header::AUTHORIZATION);
        request.extensions_mut().insert(Scraper);
    }
    next.run(request).await
}

fn may_scrape(web: &Web, request: &Request) -> bool {
    let doors = web.service.doors();
    let rule = &doors.scrape;
    let headers = request.headers();
    if let Some(given) = headers.get(header::AUTHORIZATION) {
        // A request with a token is judged by that token alone.
        let given = given.to_str().ok().and_then(|given| given.split_once(' '));
        return given.is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer") && rule.accepts(token.trim())
        });
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let here = peer.is_some_and(|peer| peer.is_loopback() && !doors.trusted_proxies.contains(peer));
    rule.trusts_this_machine() && here && !was_passed_on(headers) && names_this_machine(headers)
}

/// Whether a proxy says that it forwards the request.
fn was_passed_on(headers: &HeaderMap) -> bool {
    headers
        .keys()
        .any(|name| name.as_str().starts_with("x-forwarded") || FORWARDING.contains(&name.as_str()))
}

/// Whether the requested host is this machine under its own name.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let Some(host) = hosts.next() else {
        return true;
    };
    let host = host.to_str().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(address, _)| address),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let is_loopback = host.parse::<IpAddr>().is_ok_and(|host| host.is_loopback());
    hosts.next().is_none() && (is_loopback || host.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        let name = HeaderName::from_static(name);
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_proxy_gives_itself_away() {
        for name in FORWARDING {
            assert!(was_passed_on(&headers(name, "x")), "{name}");
        }
        for name in ["x-forwarded-for", "x-forwarded-proto", "x-forwarded"] {
            assert!(was_passed_on(&headers(name, "x")), "{name}");
        }
        assert!(!was_passed_on(&headers("user-agent", "Prometheus")));
    }

    #[test]
    fn only_names_of_this_machine_are_its_own() {
        for host in [
            "localhost",
            "LOCALHOST:8000",
            "127.0.0.1:8000",
            "127.0.0.53",
            "[::1]:8000",
            "[::1]",
        ] {
            assert!(names_this_machine(&headers("host", host)), "{host}");
        }
        for host in [
            "",
            "evil.example:8000",
            "127.0.0.1.evil.example",
            "10.0.0.1:8000",
            "[::2]:8000",
            "[::1",
            "localhost.evil.example",
        ] {
            assert!(!names_this_machine(&headers("host", host)), "{host}");
        }
        assert!(names_this_machine(&HeaderMap::new()));
    }
}
