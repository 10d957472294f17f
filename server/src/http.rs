//! What the API and the pages share and neither owns. It knows the service, and neither the API nor the pages.
//!
//! [`state`] is what handlers receive; [`guard`], [`scrape`], [`client`] and [`extract`] establish who asks, from
//! where and for what; [`requests`] identifies and logs each request; [`params`] and [`strict`] read what was sent;
//! [`problem`] and [`headers`] shape the answer; [`site`] serves the built files.

pub mod client;
pub mod extract;
pub mod guard;
pub(crate) mod headers;
pub(crate) mod params;
pub(crate) mod problem;
pub(crate) mod requests;
pub mod scrape;
pub mod site;
mod state;
pub mod strict;

pub use problem::Problem;
pub(crate) use problem::Reply;
pub use state::{AppState, Web};
