//! Which message people get about a planned run, by the state in which it ended: nothing that the product is
//! responsible for is silent, and what is silent has its reason here.

use super::{MissReason, NotRun, OccurrenceState, SkipReason};
use crate::message::Event;
use crate::run::{RunReason, RunState};

/// Whether people get a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotificationDecision {
    /// By a message of this event.
    By(Event),
    /// By none, and why.
    Silent(&'static str),
}

use NotificationDecision::{By, Silent};

impl NotRun {
    /// Which message reports a planned run that did not run for this reason.
    #[must_use]
    pub const fn heard(self) -> NotificationDecision {
        match self {
            Self::Missed(MissReason::Down | MissReason::Clock)
            // No server started it in time; that a later firing was started instead does not excuse it.
            | Self::Skipped(SkipReason::Late) => By(Event::Missed),
            Self::Missed(MissReason::TooLate) => {
                Silent("only rows of early versions have this reason")
            }
            Self::Skipped(
                SkipReason::Overlap
                | SkipReason::QueueFull
                | SkipReason::Dependency
                | SkipReason::Blackout,
            ) => By(Event::Skipped),
            Self::Skipped(SkipReason::Calendar) => {
                Silent("the day rule of the schedule excludes the day, as its author decided")
            }
            Self::Skipped(SkipReason::Window) => {
                Silent("the active period of the task has ended, as its author decided")
            }
            Self::Skipped(SkipReason::Paused) => {
                Silent("a person paused the task, or the event `paused` reported it")
            }
            Self::Skipped(SkipReason::Closed) => {
                Silent("a person closed the task, which the event `closed` reports")
            }
            Self::Skipped(SkipReason::Changed) => {
                Silent("a person removed the schedule, which the event `changed` reports")
            }
            Self::Skipped(SkipReason::Unreadable) => Silent(
                "channels and words are in the row that cannot be read: the log, the overview and `doctor` report it",
            ),
        }
    }
}

impl OccurrenceState {
    /// Which message reports a planned run in this state. A task in message mode also sends its own message.
    #[must_use]
    pub const fn heard(self) -> NotificationDecision {
        match self {
            Self::Planned => Silent("its time has not come"),
            Self::Skipped | Self::Missed => Silent("its reason decides: `NotRun::heard`"),
            Self::Run(RunState::Waiting) => {
                Silent("it has not ended; the event `late_start` reports a long wait at its start")
            }
            Self::Run(RunState::Running) => By(Event::Started),
            Self::Run(RunState::Sending) => Silent("its message is on its way to the channel"),
            Self::Run(RunState::Succeeded) => By(Event::Completed),
            Self::Run(RunState::Failed) => By(Event::Failed),
            Self::Run(RunState::TimedOut) => By(Event::TimedOut),
            Self::Run(RunState::Killed) => Silent("its reason decides: `RunReason::heard`"),
            Self::Run(RunState::Lost) => By(Event::Lost),
        }
    }
}

impl RunReason {
    /// Which message reports a run that was stopped or cancelled for this reason; `None` where runs with this reason
    /// have another state, whose event reports them.
    #[must_use]
    pub const fn heard(&self) -> Option<NotificationDecision> {
        Some(match self {
            Self::Shutdown => By(Event::Stopped),
            Self::LeftOut(_) => By(Event::Skipped),
            Self::Stopped(_) => Silent("a person stopped it, which the audit log records"),
            Self::Replaced => {
                Silent("a newer start replaced it, as the overlap rule of the task says")
            }
            Self::TaskGone(_) => Silent("a person paused, closed or deleted its task"),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{NoRoom, TaskRemoval};
    use crate::transition::Word;

    /// Every end of a planned run has an event or a reason; silence is never an accident.
    #[test]
    fn nothing_is_silent_without_a_reason() {
        let skipped = SkipReason::all().into_iter().map(NotRun::Skipped);
        let missed = MissReason::all().into_iter().map(NotRun::Missed);
        let mut all: Vec<(String, NotificationDecision)> = Vec::new();
        for why in skipped.chain(missed) {
            all.push((why.reason().to_owned(), why.heard()));
        }
        for state in OccurrenceState::ALL {
            all.push((state.as_str().to_owned(), state.heard()));
        }
        // The reasons of runs that were stopped or cancelled.
        let killed = [
            RunReason::Shutdown,
            RunReason::Replaced,
            RunReason::Stopped("ada".to_owned()),
            RunReason::LeftOut(NoRoom::QueueFull),
            RunReason::LeftOut(NoRoom::Overlap),
            RunReason::TaskGone(TaskRemoval::Paused),
            RunReason::TaskGone(TaskRemoval::Closed),
            RunReason::TaskGone(TaskRemoval::Deleted),
        ];
        for reason in killed {
            let heard = reason.heard().expect("an answer");
            all.push((reason.code(), heard));
        }
        for (what, heard) in all {
            match heard {
                By(event) => assert!(
                    !matches!(event, Event::Test | Event::Digest),
                    "{what}: {event:?}"
                ),
                Silent(why) => assert!(why.len() > 20, "{what}: {why:?} is no reason"),
            }
        }
    }

    /// What the product is responsible for.
    #[test]
    fn what_is_our_fault_is_reported() {
        for why in [
            NotRun::Missed(MissReason::Down),
            NotRun::Missed(MissReason::Clock),
            NotRun::Skipped(SkipReason::Late),
        ] {
            assert_eq!(why.heard(), By(Event::Missed));
        }
        // Whoever has entered no rule gets it as well.
        assert!(Event::Missed.is_default());
        for reason in [
            SkipReason::Overlap,
            SkipReason::QueueFull,
            SkipReason::Dependency,
            SkipReason::Blackout,
        ] {
            assert_eq!(NotRun::Skipped(reason).heard(), By(Event::Skipped));
        }
        assert_eq!(RunReason::Shutdown.heard(), Some(By(Event::Stopped)));
        for state in [RunState::Failed, RunState::TimedOut, RunState::Lost] {
            assert!(matches!(OccurrenceState::Run(state).heard(), By(_)));
        }
    }
}
