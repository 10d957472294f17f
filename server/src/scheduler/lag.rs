//! How late claims are, and when the scheduler last turned.

use chrono::{DateTime, Utc};

/// Start delay of the last claims, for the overview and `/readyz`.
#[derive(Debug, Default)]
pub struct Lag {
    state: std::sync::Mutex<LagState>,
}

#[derive(Debug, Default)]
struct LagState {
    recent: std::collections::VecDeque<i64>,
    ticked_at: Option<DateTime<Utc>>,
}

impl Lag {
    /// Records a turn, and by how much its claims were late.
    pub(super) fn note(&self, now: DateTime<Utc>, delays_ms: impl Iterator<Item = i64>) {
        let mut state = self
            .state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        state.ticked_at = Some(now);
        for delay in delays_ms {
            if state.recent.len() == 100 {
                state.recent.pop_front();
            }
            state.recent.push_back(delay);
        }
    }

    /// The worst of the last 100 delays, in milliseconds.
    #[must_use]
    pub fn worst_ms(&self) -> Option<i64> {
        let state = self
            .state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        state.recent.iter().copied().max()
    }

    /// When the scheduler last turned.
    #[must_use]
    pub fn ticked_at(&self) -> Option<DateTime<Utc>> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .ticked_at
    }
}
