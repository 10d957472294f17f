//! What carries out an order and reports how it ended.
//!
//! An [`Order`] is everything that one run needs: what to run, with which variables, as whom, within which limits. The
//! [`Runner`] starts it, captures its output in a [`RunLog`](output::RunLog), ends it at its limit or on request, and
//! gives back an [`Ending`].
//!
//! It knows no task beyond its number, no database, no message, and has no words for readers: what it reports are
//! values and codes. So the same code can run inside a server and on another host. Time and the HTTP client are passed
//! in. No module imports one above it (`server/tests/it/arrows/rooms.rs`), and this crate depends neither on the server
//! nor on a database (`docs/adr/0068-a-crate-that-runs-orders.md`).

mod cgroup;
mod command;
mod containment;
mod environment;
mod helper;
mod http;
mod identity;
mod isolation;
mod journal;
mod launcher;
mod leftovers;
mod order;
pub mod output;
mod random;
mod report;
mod run_as_pool;
mod runner;
mod shell;
mod stop;
pub mod strays;
mod success;
#[cfg(test)]
mod tests;
mod tree;

pub use cgroup::CgroupError;
pub use containment::{ContainBy, Containment, ContainmentError};
pub use helper::HelperError;
pub use http::{HttpClient, Unanswered};
pub use identity::{
    Identity, IdentityError, Pool, RunAsError, RunAsUser, Switch, TaskFolder, mark_of,
};
pub use isolation::{Hiding, Isolate, Isolation, IsolationGap};
pub use leftovers::Leftovers;
pub use order::{Header, HttpRequest, Limits, Order, OutputTexts, RunId, Stream, TaskId, Work};
pub use report::{Broken, Cause, Ending, StopReason, not_started};
pub use run_as_pool::{PoolError, RunAsPool};
pub use runner::{Accepted, Runner};
pub use shell::missing as missing_shell;
