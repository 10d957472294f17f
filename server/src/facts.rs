//! What messages are made from: what happened, as data, without a word of any language.
//!
//! Facts are written in the transaction of the change that caused them; the words are made when the
//! message leaves, in the language of its channel (`messages::render`). They hold no more than a
//! message may show, and secrets in an output are masked before it comes here. See
//! `docs/adr/0032-facts-in-the-outbox.md`.

mod digest;
mod end;
mod event;
mod fallback;
mod held_back;
mod picture;
pub mod summary;
mod system_event;
mod task;
mod task_event;
mod ticket;

pub use digest::{Digest, DigestEntry, DigestGroup, DigestRest, TaskName};
pub use end::{End, HeadAndTail, OUTPUT_SHOWN};
pub use event::{can_happen, event_of};
pub use fallback::{FailedChannel, FallbackNotice};
pub use held_back::HeldBack;
pub use picture::Picture;
pub use summary::Summary;
pub use system_event::SystemEvent;
pub use task::{TaskFacts, Work};
pub use task_event::{Failures, LateReason, Missed, Retried, TaskEvent};
pub use ticket::TicketFacts;

use app::id::{RunId, TicketId};
use app::message::Event;
use app::schedule::Schedule;
use app::task::{InForce, Task};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Facts {
    /// A task was entered.
    Created {
        /// The task.
        task: TaskFacts,
        /// When.
        at: DateTime<Utc>,
        /// Its schedules in force.
        cycle: Cycle,
    },
    /// The server went away under a run.
    Lost {
        /// Its task.
        task: TaskFacts,
        /// The run.
        run: RunId,
        /// When that was noticed.
        at: DateTime<Utc>,
    },
    /// A run is over its soft limit and goes on.
    TooLong {
        /// Its task.
        task: TaskFacts,
        /// The run.
        run: RunId,
        /// When that was noticed.
        at: DateTime<Utc>,
        /// The limit.
        limit_seconds: i64,
    },
    /// A run ended, or a reminder came.
    Ended {
        /// Its task.
        task: TaskFacts,
        /// The run.
        run: RunId,
        /// When it was planned; when it started, where it was not planned.
        at: DateTime<Utc>,
        /// How it ended.
        end: Box<End>,
    },
    /// Something else happened to a task.
    Task {
        /// The task.
        task: TaskFacts,
        /// The run it is about.
        run: Option<RunId>,
        /// When.
        at: DateTime<Utc>,
        /// What.
        event: TaskEvent,
    },
    /// Something happened to a server.
    System {
        /// When that was noticed.
        at: DateTime<Utc>,
        /// What.
        event: SystemEvent,
    },
    /// Several messages were merged into one.
    Digest(Digest),
    /// A day or a week is over.
    Summary(Box<Summary>),
}

/// Schedules in force: the urge cycle, or those for work.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Cycle {
    /// The urge cycle, while it holds.
    pub urge: Option<String>,
    /// The schedules for work, where no urge cycle holds.
    pub work: Vec<Schedule>,
}

impl Cycle {
    /// They, as the task has them.
    #[must_use]
    pub fn in_force(&self) -> InForce<&str, &[Schedule]> {
        InForce::of(self.urge.is_some(), self.urge.as_deref(), &self.work)
    }
}

impl Facts {
    /// A task was entered.
    #[must_use]
    pub fn created(task: &Task, at: DateTime<Utc>) -> Self {
        let cycle = match task.in_force() {
            InForce::Urge(urge) => Cycle {
                urge: Some(urge.to_owned()),
                work: Vec::new(),
            },
            InForce::Work(schedules) => Cycle {
                urge: None,
                work: schedules.to_vec(),
            },
        };
        Self::Created {
            task: TaskFacts::of(task),
            at,
            cycle,
        }
    }

    /// The server went away under a run.
    #[must_use]
    pub fn lost(task: &Task, run: RunId, at: DateTime<Utc>) -> Self {
        Self::Lost {
            task: TaskFacts::of(task),
            run,
            at,
        }
    }

    /// A run is over its soft limit.
    #[must_use]
    pub fn too_long(task: &Task, run: RunId, at: DateTime<Utc>) -> Self {
        Self::TooLong {
            task: TaskFacts::of(task),
            run,
            at,
            limit_seconds: task.execution.soft_limit_seconds.unwrap_or_default(),
        }
    }

    /// Something happened to a task.
    #[must_use]
    pub fn of_task(task: &Task, run: Option<RunId>, at: DateTime<Utc>, event: TaskEvent) -> Self {
        Self::Task {
            task: TaskFacts::of(task),
            run,
            at,
            event,
        }
    }

    /// The failures in a row that a failed run is the last of, where they are known.
    #[must_use]
    pub fn failures(&self) -> Option<Failures> {
        match self {
            Self::Ended { end, .. } => end.failures,
            _ => None,
        }
    }

    /// Notes the failures in a row that a failed run is the last of.
    pub fn set_failures(&mut self, failures: Failures) {
        if let Self::Ended { end, .. } = self {
            end.failures = Some(failures);
        }
    }

    /// What kind of event it is.
    #[must_use]
    pub fn event(&self) -> Event {
        match self {
            Self::Created { .. } => Event::Created,
            Self::Lost { .. } => Event::Lost,
            Self::TooLong { .. } => Event::TooLong,
            Self::Ended { end, .. } => end.event,
            Self::Task { event, .. } => event.event(),
            Self::System { event, .. } => event.event(),
            Self::Digest(_) => Event::Digest,
            Self::Summary(_) => Event::Summary,
        }
    }

    /// The run it is about.
    #[must_use]
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::Lost { run, .. } | Self::TooLong { run, .. } | Self::Ended { run, .. } => {
                Some(*run)
            }
            Self::Task { run, .. } => *run,
            Self::Created { .. } | Self::System { .. } | Self::Digest(_) | Self::Summary(_) => None,
        }
    }

    /// The ticket it is about.
    #[must_use]
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Task {
                event: TaskEvent::Ticket(facts),
                ..
            } => Some(facts.ticket),
            _ => None,
        }
    }

    /// When it was caused; of a digest, when its first message was; of a summary, when its period ended.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Created { at, .. }
            | Self::Lost { at, .. }
            | Self::TooLong { at, .. }
            | Self::Ended { at, .. }
            | Self::Task { at, .. }
            | Self::System { at, .. } => *at,
            Self::Digest(digest) => digest.at,
            Self::Summary(summary) => summary.to,
        }
    }

    /// When it happened: of a run that ended, its end, and not the time for which it was planned.
    #[must_use]
    pub fn happened_at(&self) -> DateTime<Utc> {
        match self {
            Self::Ended { end, .. } => end.finished_at,
            other => other.at(),
        }
    }

    /// The zone in which its times are shown; `None` where it is about no single task.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        match self {
            Self::Created { task, .. }
            | Self::Lost { task, .. }
            | Self::TooLong { task, .. }
            | Self::Ended { task, .. }
            | Self::Task { task, .. } => Some(&task.zone),
            Self::Summary(summary) => Some(&summary.zone),
            Self::System { .. } | Self::Digest(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use app::run::RunState;

    use super::*;

    /// A message waits as a row: whatever a command writes, the row stays small.
    #[test]
    fn facts_are_bounded_and_read_back() {
        let mut task = Task::example();
        task.spec.name = "名".repeat(app::task::NAME_MAX_CHARS);
        task.spec.command = "\u{1}\u{202e}".repeat(30_000);
        task.spec.notes.runbook = "\u{1}".repeat(app::task::RUNBOOK_MAX_CHARS);
        for output in [
            vec![1_u8; 100_000],
            vec![255; 100_000],
            vec![b'\\'; 100_000],
        ] {
            let facts = Facts::Ended {
                task: TaskFacts::of(&task),
                run: RunId(1),
                at: DateTime::UNIX_EPOCH,
                end: Box::new(End {
                    event: Event::Failed,
                    state: RunState::Failed,
                    reason: None,
                    exit_code: Some(1),
                    exit_signal: None,
                    attempt: 1,
                    started_at: DateTime::UNIX_EPOCH,
                    finished_at: DateTime::UNIX_EPOCH,
                    output: HeadAndTail::of_output(&output.into()),
                    failures: None,
                }),
            };
            let text = serde_json::to_string(&facts).expect("JSON");
            assert!(text.len() < 16 * 1024, "{} bytes", text.len());
            let read: Facts = serde_json::from_str(&text).expect("facts");
            assert_eq!(read, facts);
        }
    }
}
