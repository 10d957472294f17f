//! Outgoing requests to addresses that users configure. Messages, HTTP tasks and calendars all use this client and
//! its guard.

mod client;
pub mod fetch;
pub mod guard;
pub mod proxy;
mod retry_after;
mod way;

pub(crate) use client::{ANSWER_KEPT, TIMEOUT, failure};
pub use client::{OutboundClient, SendError};
pub use retry_after::RetryAfter;
pub use way::Way;
