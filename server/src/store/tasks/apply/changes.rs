//! Changes of many tasks, as they are given to the store.

use app::id::TaskId;
use app::task::TaskSpec;

use crate::store::{Act, Notice, TaskChannel};

/// A task to create.
#[derive(Clone, Debug)]
pub struct NewTask<'a> {
    /// The act.
    pub act: Act,
    /// Below zero: others that wait for it name it by this number.
    pub number: TaskId,
    /// Its definition.
    pub spec: &'a TaskSpec,
    /// Whether it begins paused.
    pub paused: bool,
    /// A channel that is made for it, in the place of the one that it names.
    pub channel: Option<TaskChannel<'a>>,
}

/// A task to change.
#[derive(Clone, Debug)]
pub struct ChangedTask<'a> {
    /// The act.
    pub act: Act,
    /// The task.
    pub id: TaskId,
    /// The version that the change is based on.
    pub version: i64,
    /// Its new definition.
    pub spec: &'a TaskSpec,
    /// What reports it.
    pub notice: Notice,
}

/// A task to delete.
#[derive(Clone, Debug)]
pub struct DoomedTask {
    /// The act.
    pub act: Act,
    /// The task.
    pub id: TaskId,
    /// The version that the decision is based on.
    pub version: i64,
}

/// Changes of many tasks.
#[derive(Clone, Debug, Default)]
pub struct TaskChanges<'a> {
    /// The number of the last change that was known before they were checked: see [`Store::cluster_state`](crate::store::Store::cluster_state).
    pub seen: i64,
    /// Tasks to create; each comes after those that it waits for.
    pub new: Vec<NewTask<'a>>,
    /// Tasks to change.
    pub changed: Vec<ChangedTask<'a>>,
    /// Tasks to delete; each comes before those that it waits for.
    pub doomed: Vec<DoomedTask>,
}
