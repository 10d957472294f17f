//! Applying documents: the plan, and what became of it.

use app::id::TaskId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What happens to a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanAction {
    /// It is new.
    Create,
    /// Its definition is another one.
    Change,
    /// It is as the document says.
    Same,
    /// No document names it.
    Delete,
}

/// A field that changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    /// Its name, with dots where it is inside another one: `execution.retry.attempts`.
    pub field: String,
    /// What it was; `null` for its default.
    pub old: Value,
    /// What it is to be; `null` for its default.
    pub new: Value,
}

/// A task of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct PlannedTask {
    /// What happens to it.
    pub action: PlanAction,
    /// Its name.
    pub name: String,
    /// Its id, if it exists.
    pub id: Option<TaskId>,
    /// The version that the plan is based on, if it exists.
    pub version: Option<i64>,
    /// The fields that change.
    pub changes: Vec<FieldChange>,
}

/// What documents do, or did, to the tasks.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ApplyReport {
    /// Whether this is only the plan.
    pub dry_run: bool,
    /// Identifies the plan: with it as `plan`, the same documents are applied only if they still do the same.
    pub plan: String,
    /// The tasks, in the order of the documents; those to delete at the end.
    pub tasks: Vec<PlannedTask>,
    /// How many are new.
    pub created: usize,
    /// How many change.
    pub changed: usize,
    /// How many stay as they are.
    pub same: usize,
    /// How many are deleted.
    pub deleted: usize,
}

impl ApplyReport {
    /// Whether the tasks are not as the documents say.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.created + self.changed + self.deleted > 0
    }
}
