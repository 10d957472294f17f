//! Concurrency pools (并发池): how many runs may be under way at once, over all nodes.

use serde::{Deserialize, Serialize};

/// The pool that all runs take a slot of.
pub const EVERYTHING: &str = "*";

/// A pool. A start that finds no free slot waits for one, in order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Pool {
    /// Its name; `*` stands for all runs.
    pub name: String,
    /// Runs at once, 1–10000.
    pub slots: u32,
    /// Runs under way.
    pub running: u32,
    /// Runs that wait.
    pub waiting: u32,
}

/// Input for adding or changing a pool.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PoolDraft {
    /// Letters, digits, `-`, `_`, `.`, Chinese; or `*`.
    pub name: String,
    /// A number as typed.
    pub slots: String,
}
