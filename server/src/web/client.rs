//! Where a request comes from.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request};
use axum::http::header::{FORWARDED, HeaderName};

use crate::auth::proxies::TrustedProxies;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address as text, for limits, audit and logs; `local` for the Unix socket.
#[derive(Clone, Debug)]
pub struct Client(Arc<str>);

impl Client {
    /// The client of a request: the other end of the connection, or whom trusted proxies name.
    pub(super) fn of(request: &Request, trusted: &TrustedProxies) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let Some(ConnectInfo(peer)) = peer else {
            return Self(Arc::from("local"));
        };
        let headers = request.headers();
        let lines = |name: &HeaderName| {
            let values: Vec<&str> = headers
                .get_all(name)
                .iter()
                // What is no text names nobody, and ends the way there.
                .map(|value| value.to_str().unwrap_or("?"))
                .collect();
            values.into_iter()
        };
        let address = trusted.client(peer.ip(), lines(&FORWARDED_FOR), lines(&FORWARDED));
        Self(Arc::from(address.to_string()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The client of a request; `local` where the guard did not run.
pub(super) fn client_of(parts: &axum::http::request::Parts) -> Client {
    let known = parts.extensions.get::<Client>().cloned();
    known.unwrap_or_else(|| Client(Arc::from("local")))
}
