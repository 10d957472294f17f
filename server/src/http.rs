//! What the API and the pages share and neither owns. It knows the service, and neither the API nor the pages.
//!
//! [`state`] is what handlers are given; [`guard`], [`scrape`], [`client`] and [`extract`] find out
//! who asks, from where and for what; [`rights`] says what each route needs, [`limits`] what is about single tasks; [`requests`] names each request and logs it; [`params`] and [`strict`] read what was sent, [`problem`] and
//! [`headers`] shape what leaves, [`base`] is the path in front of all others, [`turns`] says how many pages are rendered at once, [`rate`] how many requests a caller may send, [`site`] serves
//! the built files.

pub mod base;
pub mod client;
pub mod extract;
pub mod guard;
pub(crate) mod headers;
pub(crate) mod limits;
pub(crate) mod params;
pub(crate) mod problem;
pub mod rate;
pub(crate) mod requests;
pub(crate) mod rights;
pub mod scrape;
pub mod site;
mod state;
pub mod strict;
pub mod turns;

pub use problem::Problem;
pub(crate) use problem::Reply;
pub use state::{AppState, Web};

/// The header of an export that names the tasks that are not in it because their rows cannot be read: ids, separated by
/// commas.
pub const SKIPPED: &str = "jcrontab-skipped";
