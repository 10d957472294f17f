//! The client of a request.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use axum::http::header::{FORWARDED, HeaderName};

use crate::auth::proxies::TrustedProxies;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address as text, for limits, audit and logs; `local` for the Unix socket.
#[derive(Clone, Debug)]
pub struct Client(Arc<str>);

impl Client {
    /// The client of a request: the peer of the connection, or the client that trusted proxies name.
    pub(super) fn of(request: &Request, trusted: &TrustedProxies) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let Some(ConnectInfo(peer)) = peer else {
            return Self(Arc::from("local"));
        };
        let headers = request.headers();
        hint_at_setting(peer.ip(), headers, trusted);
        let lines = |name: &HeaderName| {
            let values: Vec<&str> = headers
                .get_all(name)
                .iter()
                // A value that is not text names no address, and ends the search there.
                .map(|value| value.to_str().unwrap_or("?"))
                .collect();
            values.into_iter()
        };
        let address = trusted.client(peer.ip(), lines(&FORWARDED_FOR), lines(&FORWARDED));
        Self(Arc::from(address.to_string()))
    }

    /// The same text, to keep.
    pub(crate) fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Logs once that there seems to be a proxy which is not configured: all its clients count as one address.
fn hint_at_setting(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) {
    static SAID: AtomicBool = AtomicBool::new(false);
    let near = match peer.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    };
    let forwarded = headers.contains_key(FORWARDED_FOR) || headers.contains_key(FORWARDED);
    if near && forwarded && !trusted.contains(peer) && !SAID.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            proxy = %peer,
            "requests come through a proxy that is not in JCRONTAB_TRUSTED_PROXIES: all its clients count as one address"
        );
    }
}

/// The client of a request; `local` where the guard did not run.
pub(crate) fn client_of(parts: &axum::http::request::Parts) -> Client {
    let known = parts.extensions.get::<Client>().cloned();
    known.unwrap_or_else(|| Client(Arc::from("local")))
}
