//! The secrets that are masked in every run's output: a command may obtain what was granted to another task, and
//! everyone can read what it writes.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use aho_corasick::BuildError;

use super::{Masker, TooMany};

/// Shorter values are masked only in the output of tasks that have them: they also occur in much that is not secret.
const SHARED_MIN: usize = 6;

/// The known values, and a masker that all runs share.
#[derive(Debug, Default)]
pub(in crate::output) struct KnownSecrets(Mutex<Known>);

#[derive(Clone, Debug, Default)]
struct Known {
    values: Arc<HashSet<String>>,
    masker: Option<Arc<Masker>>,
}

impl KnownSecrets {
    fn now(&self) -> Known {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Replaces the known values. Slow for many values.
    pub(in crate::output) fn replace(&self, values: Vec<String>) -> Result<(), TooMany> {
        let mut values: Vec<String> = values;
        values.retain(|value| value.trim().len() >= SHARED_MIN);
        let masker = Masker::new(&values)?.map(Arc::new);
        let known = Known {
            values: Arc::new(values.into_iter().collect()),
            masker,
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    /// The masker for a run that has these values itself. Nearly always the shared one: only values that were entered
    /// manually, are short, or have just been changed are missing in it.
    pub(in crate::output) fn masker(
        &self,
        own: &[String],
    ) -> Result<Option<Arc<Masker>>, BuildError> {
        let known = self.now();
        if own.iter().all(|value| known.values.contains(value)) {
            return Ok(known.masker);
        }
        let mut values: Vec<String> = known.values.iter().cloned().collect();
        values.extend_from_slice(own);
        Ok(Masker::new(&values)?.map(Arc::new))
    }
}
