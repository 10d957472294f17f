//! The one HTTP client for addresses that people set: channels, HTTP tasks, calendars.

use std::time::Duration;

use super::guard::{Guard, Refusal};
use super::proxy::OutboundProxy;
use super::retry_after::RetryAfter;

/// A vendor that takes longer does not get the message now.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);
/// Of an answer, or of the words of a failure, no more is kept.
pub(crate) const ANSWER_KEPT: usize = 500;

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It must not be sent there, now or later.
    #[error("{0}")]
    Refused(String),
    /// The other end could not be reached in time.
    #[error("{0}")]
    Unreachable(String),
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

impl SendError {
    /// Whether trying again is useless.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Rejected(_))
    }
}

/// The way out, with its guard.
#[derive(Clone, Debug)]
pub struct OutboundClient {
    client: reqwest::Client,
    guard: Guard,
}

impl OutboundClient {
    /// A client that follows no redirect, connects to checked addresses only, and uses no proxy
    /// but the one of the settings.
    ///
    /// # Errors
    /// When the TLS set-up fails.
    pub fn new(guard: Guard, proxy: Option<&OutboundProxy>) -> Result<Self, reqwest::Error> {
        let builder = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(guard.clone())
            .user_agent(concat!("jcrontab/", env!("CARGO_PKG_VERSION")));
        let builder = match proxy {
            Some(proxy) => builder.proxy(proxy.for_client()?),
            None => builder,
        };
        let client = builder.build()?;
        Ok(Self { client, guard })
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

/// Why a request came to nothing: the guard's refusal, or the cause without the URL, which is a
/// secret.
pub(crate) fn failure(error: reqwest::Error) -> Result<Refusal, SendError> {
    let error = error.without_url();
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(inner) = cause {
        if let Some(refusal) = inner.downcast_ref::<Refusal>() {
            return Ok(refusal.clone());
        }
        cause = inner.source();
    }
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    Err(SendError::Unreachable(
        words.chars().take(ANSWER_KEPT).collect(),
    ))
}
