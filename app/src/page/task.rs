//! The data of the page of a task.

use serde::{Deserialize, Serialize};

use super::{Clockface, Preview};
use crate::channel::MessageRow;
use crate::id::{ChannelId, TaskId};
use crate::rule::Explained;
use crate::run::{HistoryItem, Run};
use crate::task::{Cycle, DamagedTask, TaskView};
use crate::ticket::TicketDetail;
use crate::time::Stamp;

/// The last change of a definition.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LastChange {
    /// Who made it; `jcrontab` where the product did.
    pub who: String,
    /// When.
    pub at: Stamp,
}

/// What the task page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskPage {
    /// Clock and the task's zone.
    pub clock: Clockface,
    /// The task.
    pub task: TaskView,
    /// The first of its schedules in force.
    pub cycle: Cycle,
    /// What is set in its definition, in the order in which it is shown.
    pub facts: Vec<ShownFact>,
    /// The last change of its definition, where that is among its last entries in the audit log.
    pub changed: Option<LastChange>,
    /// The name of its channel.
    pub channel: Option<String>,
    /// That channel, where it is the robot of this task.
    pub robot: Option<ChannelId>,
    /// Whether the start form has to be shown first, because it has parameters or warnings.
    pub asks: bool,
    /// The tasks that it waits for, with their names.
    pub awaits: Vec<(TaskId, String)>,
    /// The cycle in force: words and next firings.
    pub preview: Preview,
    /// Its active run, if any.
    pub running: Option<Run>,
    /// History, newest first.
    pub history: Vec<HistoryItem>,
    /// Cursor of the next page of history.
    pub next: Option<String>,
    /// The last messages.
    pub messages: Vec<MessageRow>,
    /// Which messages it would send now, by event.
    pub explained: Vec<Explained>,
    /// Its latest ticket: who was asked, and what became of it.
    pub ticket: Option<TicketDetail>,
}

/// A field of a task's definition in the reader's language: what finds these words stays on the server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ShownFact {
    /// Its label.
    pub label: String,
    /// What is behind the label.
    pub value: ShownValue,
}

/// The value of a fact, by how it is shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ShownValue {
    /// Schedules.
    Cycles(Vec<Cycle>),
    /// The active period, of which at least one end is set.
    Window(Option<Stamp>, Option<Stamp>),
    /// A word, with an explanation.
    Explained(String, String),
    /// A text.
    Text(String),
}

/// What the task page shows, or why it cannot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum TaskAnswer {
    /// The task.
    Whole(Box<TaskPage>),
    /// What is known of one whose row cannot be read.
    Damaged(DamagedTask),
}
