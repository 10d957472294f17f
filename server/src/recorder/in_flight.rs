//! Runs started by this process whose end is not in the database yet.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::id::RunId;

/// Runs started by this process whose end is not in the database yet.
#[derive(Clone, Debug, Default)]
pub struct InFlight(Arc<Mutex<HashSet<RunId>>>);

impl InFlight {
    fn lock(&self) -> MutexGuard<'_, HashSet<RunId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The database has a run as started.
    pub fn took_off(&self, id: RunId) {
        self.lock().insert(id);
    }

    /// The database has the end of this run.
    pub fn landed(&self, id: RunId) {
        self.lock().remove(&id);
    }

    /// Whether the end of this run is still to be written.
    #[must_use]
    pub fn contains(&self, id: RunId) -> bool {
        self.lock().contains(&id)
    }

    /// All such runs.
    #[must_use]
    pub fn all(&self) -> HashSet<RunId> {
        self.lock().clone()
    }
}
