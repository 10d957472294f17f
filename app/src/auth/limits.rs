//! Limits of API tokens to some tasks.

use serde::{Deserialize, Serialize};

use crate::id::TaskId;

/// The tasks that a token is limited to: those with one of these tags, and these.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TaskLimits {
    /// Tags.
    pub tags: Vec<String>,
    /// Tasks.
    pub tasks: Vec<TaskId>,
}

impl TaskLimits {
    /// Whether it names nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.tasks.is_empty()
    }

    /// Whether a task with these tags is among them.
    #[must_use]
    pub fn permit(&self, id: TaskId, tags: &[String]) -> bool {
        self.tasks.contains(&id) || self.tags.iter().any(|tag| tags.contains(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::TaskLimits;
    use crate::id::TaskId;

    #[test]
    fn a_task_is_permitted_by_its_id_or_by_one_of_its_tags() {
        let limits = TaskLimits {
            tags: vec!["db".to_owned(), "nightly".to_owned()],
            tasks: vec![TaskId(7)],
        };
        let permit = |id, tags: &[&str]| {
            let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            limits.permit(TaskId(id), &tags)
        };
        assert!(permit(7, &[]));
        assert!(permit(8, &["web", "db"]));
        assert!(!permit(8, &[]));
        assert!(!permit(8, &["web", "DB", "database"]));
        assert!(!TaskLimits::default().permit(TaskId(7), &["db".to_owned()]));
    }
}
