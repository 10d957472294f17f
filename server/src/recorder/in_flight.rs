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

    /// Adds a run that the database has as started.
    pub fn insert(&self, id: RunId) {
        self.lock().insert(id);
    }

    /// Removes a run whose end is in the database.
    pub fn remove(&self, id: RunId) {
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
