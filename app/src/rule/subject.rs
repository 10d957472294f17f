//! What a message is about, as far as rules select by it.

use serde::{Deserialize, Serialize};

use crate::id::{ChannelId, TaskId};
use crate::task::Task;

/// What a message is about, as far as rules select by it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A task, as it was when the message was caused.
    Task {
        /// Its id.
        id: TaskId,
        /// Its main channel.
        channel: Option<ChannelId>,
        /// Its tags.
        tags: Vec<String>,
        /// Its owners.
        owners: Vec<String>,
        /// Whether its tickets urge people at any hour.
        #[serde(default)]
        urgent: bool,
    },
    /// The system: a server that died, a clock that was set, a disk that is full.
    System,
}

impl Subject {
    /// A task.
    #[must_use]
    pub fn task(task: &Task) -> Self {
        Self::Task {
            id: task.id,
            channel: task.channel_id,
            tags: task.tags.clone(),
            owners: task.owners.clone(),
            urgent: task.tickets.policy.urgent,
        }
    }

    /// The task.
    #[must_use]
    pub const fn task_id(&self) -> Option<TaskId> {
        match self {
            Self::Task { id, .. } => Some(*id),
            Self::System => None,
        }
    }

    /// Whether its tickets urge people at any hour.
    #[must_use]
    pub const fn is_urgent(&self) -> bool {
        matches!(self, Self::Task { urgent: true, .. })
    }

    /// Gives the task another main channel.
    pub fn set_main_channel(&mut self, main: ChannelId) {
        if let Self::Task { channel, .. } = self {
            *channel = Some(main);
        }
    }

    /// The main channel of the task.
    #[must_use]
    pub const fn main_channel(&self) -> Option<ChannelId> {
        match self {
            Self::Task { channel, .. } => *channel,
            Self::System => None,
        }
    }
}
