//! The way out: requests to addresses that people set. Messages, HTTP tasks and calendars all go
//! through this client and its guard; mail goes through the guard alone.

mod client;
mod exchange;
pub mod fetch;
pub mod guard;
pub mod proxy;
mod retry_after;
pub(crate) mod smtp;
mod socket;
pub mod trusted;
mod unreached;
mod way;

pub(crate) use client::{ANSWER_KEPT, CONNECT, TIMEOUT, failure};
pub use client::{OutboundClient, SendError};
pub(crate) use exchange::Exchanged;
pub use retry_after::RetryAfter;
pub(crate) use socket::Socket;
pub use way::Egress;
