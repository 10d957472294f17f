//! The list of tasks: a row says what the list shows, in the reader's language, and no more. The whole definition of a task
//! would have to be sent and read for each row, and what reads it would come with the first visit.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::id::{RunId, TaskId};
use crate::run::RunState;
use crate::task::{Cycle, Health, TaskCursor, TaskQuery, TaskState};
use crate::time::{Stamp, ZoneRules};

/// Tasks by state and health, as the list can be filtered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TaskCounts {
    /// All tasks.
    pub all: i64,
    /// Active tasks that are failing.
    pub failing: i64,
    /// Active tasks that are chased and not failing.
    pub chasing: i64,
    /// Active tasks with a run under way.
    pub running: i64,
    /// Paused tasks.
    pub paused: i64,
    /// Closed tasks.
    pub closed: i64,
}

/// A task in the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskRow {
    /// The task.
    pub id: TaskId,
    /// Its name.
    pub name: String,
    /// 负责人.
    pub owners: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// The zone of its schedules.
    pub zone: String,
    /// Its state.
    pub state: TaskState,
    /// 催单: whether it is chased.
    pub urging: bool,
    /// Whether a start has to be confirmed on a form: it has parameters, or is not active.
    pub asks: bool,
    /// Its schedules in force.
    pub cycle: Cycle,
    /// The next firing, if any.
    pub next_at: Option<Stamp>,
    /// Its health.
    pub health: Health,
    /// Its last run, if any.
    pub last_run: Option<RowRun>,
    /// Of a failing task: the last line of the text of that run.
    pub error: Option<String>,
    /// How its last runs ended, or that they have not, newest first.
    pub recent: Vec<RunState>,
}

/// The last run of a task in the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RowRun {
    /// The run.
    pub id: RunId,
    /// Its state.
    pub state: RunState,
    /// When it started.
    pub started_at: Stamp,
    /// When it ended.
    pub finished_at: Option<Stamp>,
}

/// A page of the list of tasks in the reader's language, with what is shown around its rows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TaskBoard {
    /// The rows.
    pub items: Vec<TaskRow>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<TaskCursor>,
    /// All tasks, whatever is asked for.
    pub counts: TaskCounts,
    /// Words of the search that look like filters and are none.
    pub unknown: Vec<String>,
}

/// What the task list page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskListPage {
    /// Clock and the server's default zone.
    pub clock: Clockface,
    /// The query.
    pub query: TaskQuery,
    /// The rows.
    pub items: Vec<TaskRow>,
    /// All tasks, whatever is asked for.
    pub counts: TaskCounts,
    /// Words of the search that look like filters and are none.
    pub unknown: Vec<String>,
    /// The zones of these tasks, except the clock's: a firing is shown in its task's zone.
    pub zones: Vec<ZoneRules>,
    /// Cursor of the next page.
    pub next: Option<TaskCursor>,
}
