//! What happened, before its channels are chosen.

use app::id::{RunId, TaskId};
use app::message::Event;
use app::rule::Subject;
use app::task::Task;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::NO_TASK;
use crate::facts::{Facts, Picture};

/// Something that may be worth a message. The store picks its channels in the transaction that
/// writes it (`route`), and it is no message where there are none.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// What rules select by.
    pub subject: Subject,
    /// The run that caused it.
    pub run_id: Option<RunId>,
    /// What happened.
    pub event: Event,
    /// What its words are made from when it leaves.
    pub facts: Facts,
    /// The people to mention.
    pub mentions: Vec<String>,
    /// The picture that follows.
    pub picture: Option<Picture>,
    /// When it happened.
    pub created_at: DateTime<Utc>,
}

impl Notice {
    /// Something about a task, whether or not that has a channel.
    #[must_use]
    pub fn about(task: &Task, facts: Facts) -> Self {
        Self {
            subject: Subject::task(task),
            run_id: facts.run(),
            event: facts.event(),
            mentions: task.owners.clone(),
            picture: facts.picture(),
            created_at: facts.happened_at().max(task.created_at.0),
            facts,
        }
    }

    /// Something about the system and no task.
    #[must_use]
    pub fn of_system(facts: Facts) -> Self {
        Self {
            subject: Subject::System,
            run_id: None,
            event: facts.event(),
            mentions: Vec::new(),
            picture: None,
            created_at: facts.happened_at(),
            facts,
        }
    }

    /// The task; [`NO_TASK`] for the system.
    #[must_use]
    pub fn task_id(&self) -> TaskId {
        self.subject.task_id().unwrap_or(NO_TASK)
    }
}
