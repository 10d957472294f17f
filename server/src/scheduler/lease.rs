//! The lease: whether this node may claim. Its heartbeats must be recent, and its clock close to the database's.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The lease. A node whose last successful heartbeat is older than this must not claim: other nodes may declare it
/// dead at any moment ([`LOST_AFTER`](super::LOST_AFTER) is longer by more than one heartbeat).
pub const TRUSTED_FOR: Duration = Duration::from_secs(8);
/// A larger clock skew is reported.
pub const SKEW_WARNS_MS: i64 = 2_000;
/// A node with a larger clock skew claims nothing.
pub const SKEW_STOPS_MS: i64 = 30_000;

/// The state of the heartbeats. A node without heartbeats (an embedded database has one process) may always claim.
#[derive(Debug, Default)]
pub struct Lease(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Ticks of the last successful heartbeat.
    heard_at: Option<Duration>,
    skew_ms: i64,
}

impl Lease {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A heartbeat succeeded: started at `ticks`, with this node's clock so far ahead.
    pub fn heard(&self, ticks: Duration, skew_ms: i64) {
        let mut state = self.lock();
        state.heard_at = Some(ticks);
        state.skew_ms = skew_ms;
    }

    /// Milliseconds by which this node's clock is ahead of the database's; 0 when it is not measured.
    #[must_use]
    pub fn skew_ms(&self) -> i64 {
        self.lock().skew_ms
    }

    /// Whether the last successful heartbeat is recent enough.
    #[must_use]
    pub fn is_heard(&self, ticks: Duration) -> bool {
        self.lock()
            .heard_at
            .is_none_or(|at| ticks.saturating_sub(at) < TRUSTED_FOR)
    }

    /// How much longer heartbeats may fail before the lease expires; `None` if none ever succeeded, or the lease has
    /// expired.
    #[must_use]
    pub fn trusted_on(&self, ticks: Duration) -> Option<Duration> {
        let until = self.lock().heard_at? + TRUSTED_FOR;
        until.checked_sub(ticks).filter(|left| !left.is_zero())
    }

    /// Whether this node may claim.
    #[must_use]
    pub fn may_claim(&self, ticks: Duration) -> bool {
        self.is_heard(ticks) && self.skew_ms().abs() <= SKEW_STOPS_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_claims_while_it_is_heard_and_its_clock_is_near() {
        let second = Duration::from_secs;
        let lease = Lease::default();
        assert!(lease.may_claim(second(1_000)), "no other node measures it");
        lease.heard(second(1_000), 1_500);
        assert!(lease.may_claim(second(1_007)));
        assert_eq!(lease.trusted_on(second(1_007)), Some(second(1)));
        assert_eq!(lease.trusted_on(second(1_008)), None);
        assert!(
            !lease.may_claim(second(1_008)),
            "the others may have given it up"
        );
        lease.heard(second(1_012), -30_001);
        assert!(!lease.may_claim(second(1_012)));
        assert!(lease.is_heard(second(1_012)));
        lease.heard(second(1_017), 30_000);
        assert!(lease.may_claim(second(1_017)));
    }
}
