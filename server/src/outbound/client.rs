//! The one HTTP client for addresses that people set: channels, HTTP tasks, calendars.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::channel::DIRECT;
use app::message::{NoAnswer, NoAnswerReason};

use super::guard::{Guard, Refusal};
use super::proxy::OutboundProxy;
use super::retry_after::RetryAfter;
use super::trusted::Trusted;
use super::unreached::why;
use super::way::Egress;

/// A vendor that takes longer does not get the message now.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that is not open by then is given up.
pub(crate) const CONNECT: Duration = Duration::from_secs(5);
/// Of an answer no more is kept.
pub(crate) const ANSWER_KEPT: usize = 500;

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It must not be sent there, now or later.
    #[error("{0}")]
    Refused(NoAnswer),
    /// The other end could not be reached in time.
    #[error("{0}")]
    Unreachable(NoAnswer),
    /// It has left, and the answer did not come, for this reason: it may have arrived.
    #[error("{0}")]
    Unanswered(Box<SendError>),
    /// The other end wants fewer messages, and may say for how long.
    #[error("{0}")]
    TooMany(String, Option<RetryAfter>),
    /// The other end said no for now, and may say for how long.
    #[error("{0}")]
    Answer(String, Option<RetryAfter>),
    /// The other end said no for good.
    #[error("{0}")]
    Rejected(String),
}

impl From<Refusal> for SendError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl SendError {
    /// As it is stored as the answer: a code for a reason of ours, else the words of the other end.
    #[must_use]
    pub fn stored(&self) -> String {
        match self {
            Self::Refused(reason) | Self::Unreachable(reason) => reason.code(),
            Self::Unanswered(error) => error.stored(),
            Self::TooMany(words, _) | Self::Answer(words, _) | Self::Rejected(words) => {
                words.clone()
            }
        }
    }

    /// Whether trying again is useless.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Rejected(_))
    }
}

/// Clients that are kept for ways of channels.
const OTHERS_MAX: usize = 64;

/// The way out, with its guard.
#[derive(Clone)]
pub struct OutboundClient {
    client: reqwest::Client,
    guard: Guard,
    /// The proxy of this way, for connections that `client` cannot open.
    proxy: Option<OutboundProxy>,
    /// What is trusted besides the system's certificates.
    trusted: Trusted,
    /// Clients of the ways that channels use instead, by the proxy's address and the certificates that they trust: each
    /// keeps its connections.
    others: Arc<Mutex<HashMap<String, reqwest::Client>>>,
}

impl std::fmt::Debug for OutboundClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Addresses of proxies may hold passwords.
        f.debug_struct("OutboundClient").finish_non_exhaustive()
    }
}

/// A client that follows no redirect, connects to checked addresses only, trusts these certificates besides the
/// system's, and uses no proxy but this one; `also` sets what else it needs.
pub(super) fn client(
    guard: &Guard,
    proxy: Option<&OutboundProxy>,
    trusted: &Trusted,
    also: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .dns_resolver(guard.clone())
        .tls_certs_merge(trusted.for_client())
        .user_agent(concat!("jcrontab/", env!("CARGO_PKG_VERSION")));
    let builder = match proxy {
        Some(proxy) => builder.proxy(proxy.for_client()?),
        None => builder,
    };
    also(builder).build()
}

impl OutboundClient {
    /// A client that follows no redirect, connects to checked addresses only, and uses the proxy and the trusted
    /// certificates of the settings.
    ///
    /// # Errors
    /// When the TLS set-up fails.
    pub fn new(
        guard: Guard,
        proxy: Option<&OutboundProxy>,
        trusted: Trusted,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            client: client(&guard, proxy, &trusted, |builder| builder)?,
            guard,
            proxy: proxy.cloned(),
            trusted,
            others: Arc::default(),
        })
    }

    /// The same by another way, which trusts the certificates in `ca`, too; empty for none.
    ///
    /// # Errors
    /// When its proxy may not be called, or the TLS set-up fails.
    pub fn by(&self, way: &Egress, ca: &str) -> Result<Self, SendError> {
        let (name, guard, proxy) = match way {
            Egress::Server if ca.is_empty() => return Ok(self.clone()),
            Egress::Server => ("server", self.guard.clone(), self.proxy.as_ref()),
            Egress::Direct => (DIRECT, self.guard.clone().directly(), None),
            Egress::Proxy(proxy) => {
                // A name is checked when it is looked up.
                let checked = self.guard.parse(&proxy.address());
                checked.map_err(SendError::from)?;
                let guard = self.guard.clone().through_entered(proxy.host());
                (proxy.whole(), guard, Some(proxy))
            }
        };
        let trusted = self.trusted.and(ca).map_err(|error| {
            // They were checked when they were saved.
            tracing::warn!(%error, "the certificates that a channel trusts cannot be used");
            SendError::Refused(NoAnswerReason::Settings.into())
        })?;
        let name = format!("{name}\n{ca}");
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let client = match others.get(&name) {
            Some(known) => known.clone(),
            None => {
                let made = client(&guard, proxy, &trusted, |builder| builder).map_err(|error| {
                    let error = error.without_url();
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "a client for outgoing requests cannot be made"
                    );
                    SendError::Unreachable(NoAnswerReason::Failed.into())
                })?;
                if others.len() >= OTHERS_MAX {
                    others.clear();
                }
                others.insert(name, made.clone());
                made
            }
        };
        Ok(Self {
            client,
            guard,
            proxy: proxy.cloned(),
            trusted,
            others: Arc::clone(&self.others),
        })
    }

    /// What may be called by this way.
    #[must_use]
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// The proxy of this way, if there is one.
    pub(super) fn proxy(&self) -> Option<&OutboundProxy> {
        self.proxy.as_ref()
    }

    /// What is trusted besides the system's certificates.
    pub(crate) fn trusted(&self) -> &Trusted {
        &self.trusted
    }

    /// A request to an address that may be called, for who sets limits of its own.
    ///
    /// # Errors
    /// When it may not be called. Without a proxy a name is looked up, and checked, only when it
    /// is sent.
    pub async fn request(
        &self,
        method: reqwest::Method,
        url: &str,
    ) -> Result<reqwest::RequestBuilder, Refusal> {
        let url = self.guard.parse(url)?;
        self.guard.admit(&url).await?;
        Ok(self.client.request(method, url))
    }
}

/// Why a request got no answer: the guard's refusal, or the cause as a sentence. The log has the whole
/// chain, without the URL, which is a secret.
pub(crate) fn failure(error: reqwest::Error) -> Result<Refusal, SendError> {
    let error = error.without_url();
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(inner) = cause {
        if let Some(refusal) = inner.downcast_ref::<Refusal>() {
            return Ok(refusal.clone());
        }
        cause = inner.source();
    }
    let reason = NoAnswer::from(why(&error, error.is_timeout()));
    tracing::info!(
        error = &error as &dyn std::error::Error,
        "a request got no answer: {reason}"
    );
    Err(SendError::Unreachable(reason))
}
