//! A task as pages and API clients see it.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{Health, Task};
use crate::run::{RunState, last_line};
use crate::time::Stamp;

/// A task with what follows from its schedules and its runs. The service computes it; the store, which has neither
/// clock nor calendars, cannot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", schema(as = TaskRow))]
#[serde(remote = "Self")]
pub struct TaskView {
    /// The task.
    #[serde(flatten)]
    pub task: Task,
    /// 工作周期: the text of the first schedule.
    pub cron: String,
    /// Whether nothing will fire any more: its window is over, or its only time has passed.
    pub finished: bool,
    /// The next firing, if any.
    pub next_at: Option<Stamp>,
    /// Its health.
    pub health: Health,
    /// Its last run, if any.
    pub last_run: Option<LastRun>,
}

/// [`TaskView`] without the JSON representation, for pages.
#[derive(Serialize, Deserialize)]
#[serde(remote = "TaskView")]
struct PlainView {
    task: Task,
    cron: String,
    finished: bool,
    next_at: Option<Stamp>,
    health: Health,
    last_run: Option<LastRun>,
}

crate::wire::two_forms!(TaskView, PlainView);

/// A view derefs to its task.
impl Deref for TaskView {
    type Target = Task;

    fn deref(&self) -> &Task {
        &self.task
    }
}

/// A summary of the last run of a task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LastRun {
    /// The run.
    pub id: crate::id::RunId,
    /// Its state.
    pub state: RunState,
    /// When it started.
    pub started_at: Stamp,
    /// When it ended.
    pub finished_at: Option<Stamp>,
    /// The end of its result's text, if it ended badly; see [`Run::excerpt`](crate::run::Run::excerpt).
    pub excerpt: Option<String>,
}

impl LastRun {
    /// The last line of its text that is not blank.
    #[must_use]
    pub fn last_line(&self) -> Option<&str> {
        last_line(self.excerpt.as_deref()?)
    }
}
