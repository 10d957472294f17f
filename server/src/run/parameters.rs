//! The parameters of a run, as stored for later attempts: sealed, since some of them may be secret.

use std::collections::BTreeMap;

use app::id::TaskId;

use crate::auth::seal::{SealError, Sealer};

/// Why sealed parameters could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ParametersError {
    /// Sealed with another key, for another task, or changed.
    #[error("they cannot be decrypted")]
    Sealed(#[from] SealError),
    /// Opened, but not a map of texts.
    #[error("they are not parameters")]
    Unreadable(#[from] serde_json::Error),
}

/// The place that the values of a run are sealed for: the parameters of this task only.
#[must_use]
pub fn place(task: TaskId) -> String {
    format!("run-parameters:{task}")
}

/// Opens the parameters.
///
/// # Errors
/// When it was not sealed here for this task.
pub fn open(
    sealer: &Sealer,
    task: TaskId,
    sealed: &str,
) -> Result<BTreeMap<String, String>, ParametersError> {
    Ok(serde_json::from_str(&sealer.open(&place(task), sealed)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_open_for_their_task_only() {
        let sealer = Sealer::new(&[3; 32]);
        let sealed = sealer
            .seal(&place(TaskId(1)), r#"{"DAY":"2026-11-22"}"#)
            .expect("seal");
        let opened = open(&sealer, TaskId(1), &sealed).expect("open");
        assert_eq!(opened["DAY"], "2026-11-22");
        assert!(open(&sealer, TaskId(2), &sealed).is_err());
    }
}
