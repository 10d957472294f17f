//! The state that handlers receive.

use std::sync::Arc;

use super::site::Site;
use crate::service::Service;

/// The service as handlers of the API receive it.
pub type AppState = Arc<Service>;

/// What the HTTP side consists of.
#[derive(Clone)]
pub struct Web {
    /// The use cases.
    pub service: Arc<Service>,
    /// Built pages, scripts and styles.
    pub site: Site,
    /// The public address; decides on `Secure` cookies and on which origin is ours.
    pub base_url: Arc<str>,
    /// How many pages are rendered at once.
    pub turns: super::turns::Turns,
    /// How many requests each caller may send.
    pub rates: super::rate::RateLimits,
    /// Ends open event streams when the server stops.
    pub stop: tokio_util::sync::CancellationToken,
}
