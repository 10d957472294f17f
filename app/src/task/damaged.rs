//! A task whose row in the database cannot be read.

use serde::{Deserialize, Serialize};

use super::{TaskState, TaskView};
use crate::id::TaskId;

/// The code of the error that everything answers with which needs to read such a task.
pub const TASK_UNREADABLE: &str = "task.unreadable";

/// What is known of a task whose row cannot be read: a column was damaged, or written by a newer version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DamagedTask {
    /// Its id.
    pub id: TaskId,
    /// Its name; empty if that cannot be read.
    pub name: String,
    /// Whether it fires once it can be read again; `null` if that cannot be read.
    pub state: Option<TaskState>,
    /// Its version, for a deletion; 0 if that cannot be read.
    pub version: i64,
    /// Whether the server that answers still runs it as it had read it before.
    pub runs: bool,
    /// What is wrong with it, in the reader's language.
    pub problem: String,
    /// What to do about it.
    pub next: String,
}

/// A task after a control.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Controlled {
    /// As it is now.
    Task(Box<TaskView>),
    /// What is known of one that cannot be read.
    Damaged(DamagedTask),
}
