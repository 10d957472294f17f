//! Concurrency pools (并发池): how many runs may be active at once, over all nodes.

use serde::{Deserialize, Serialize};

/// The pool of all runs.
pub const EVERYTHING: &str = "*";

/// A pool. A start that finds no free slot waits for one, in order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Pool {
    /// Its name; `*` is the limit of all runs.
    pub name: String,
    /// The limit of simultaneous runs, 1–10000.
    pub slots: u32,
    /// Active runs.
    pub running: u32,
    /// Waiting runs.
    pub waiting: u32,
    /// Counts its changes. An edit that refers to an older one is refused.
    pub version: i64,
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

/// Slots a pool may have.
pub const SLOTS: std::ops::RangeInclusive<u32> = 1..=10_000;

/// Whether a text can be the name of a pool, which is used in addresses, command lines and forms.
#[must_use]
pub fn is_pool_name(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    name == EVERYTHING
        || (name.starts_with(char::is_alphanumeric)
            && name.chars().count() <= 64
            && name.chars().all(fits)
            // U+3164 is a letter that looks like a blank.
            && crate::name::name_fault(name).is_none())
}

#[cfg(test)]
mod tests {
    use super::is_pool_name;

    #[test]
    fn names_of_pools() {
        for name in ["*", "db", "数据库", "db-1.prod_2", &"a".repeat(64)] {
            assert!(is_pool_name(name), "{name}");
        }
        for name in [
            "",
            "**",
            "..",
            ".a",
            "a b",
            "a/b",
            "a\n",
            "-a",
            &"a".repeat(65),
        ] {
            assert!(!is_pool_name(name), "{name}");
        }
    }
}
