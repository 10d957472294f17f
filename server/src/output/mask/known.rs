//! The secrets that every run's output is looked through for: a command can come by what was
//! granted to another task, and what it writes is read by everybody.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use aho_corasick::BuildError;

use super::Masker;

/// Shorter values are masked in the output of tasks that have them, and not in all others: they
/// stand in much that is no secret.
const SHARED_MIN: usize = 6;

/// What is known, and a masker that all runs share.
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

    /// Replaces what is known. Takes a while where there are many.
    pub(in crate::output) fn replace(&self, values: Vec<String>) -> Result<(), BuildError> {
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

    /// The masker for a run that has these values itself. Nearly always the shared one: only what
    /// was filled in by hand, is short or was changed just now is not in it.
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
