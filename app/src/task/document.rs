//! A task as a document of a file: its definition with names in the place of ids.
//!
//! It has neither state (paused, closed, chased) nor secrets. `server/src/yaml` writes and reads it.

use super::{TaskDocument, TaskDraft};
use crate::schedule::ScheduleDraft;

/// The most documents that are applied at once.
pub const DOCUMENTS_MAX: usize = 5_000;
/// The most tasks that are created, changed or deleted at once: it is one transaction, and others wait for it.
pub const CHANGES_MAX: usize = 1_000;

impl TaskDocument {
    /// The document of a draft that leaves a task unchanged; `channel` is the name of its channel, and the draft has the
    /// tasks that it waits for by name.
    #[must_use]
    pub fn of(draft: TaskDraft, channel: String) -> Self {
        let mut document = Self {
            channel,
            ..Self::of_draft(draft)
        };
        if let [only] = document.schedules.as_slice()
            && *only == ScheduleDraft::plain(&only.spec)
        {
            document.cron.clone_from(&only.spec);
            document.schedules.clear();
        }
        document
    }

    /// The input that it stands for, without its channel, which only the server can look up.
    #[must_use]
    pub fn draft(&self) -> TaskDraft {
        self.to_draft()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_plain_schedule_is_short() {
        let mut draft = TaskDraft {
            name: "a".to_owned(),
            schedules: vec![ScheduleDraft::plain("0 9 * * *")],
            ..TaskDraft::default()
        };
        let document = TaskDocument::of(draft.clone(), "ops".to_owned());
        assert_eq!(document.cron, "0 9 * * *");
        assert!(document.schedules.is_empty());
        assert_eq!(document.draft().work_schedules(), draft.schedules);
        draft.schedules[0].jitter = "5m".to_owned();
        let document = TaskDocument::of(draft.clone(), String::new());
        assert_eq!(
            (document.cron.as_str(), document.schedules),
            ("", draft.schedules)
        );
    }
}
