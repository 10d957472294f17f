//! The states of a planned firing, the steps between them, and why it did not run.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strum::{IntoStaticStr, VariantArray};

use crate::run::{NoRoom, RunEnd, RunState, RunStep};
use crate::transition::{Step, Word};

/// The state of a planned firing, a row of the ledger. The API has one word for each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OccurrenceState {
    /// To be claimed when it is due.
    Planned,
    /// It has a run, and the state of its last attempt.
    Run(RunState),
    /// A rule skipped it; see [`SkipReason`].
    Skipped,
    /// It could not start in time; see [`MissReason`].
    Missed,
}

impl OccurrenceState {
    /// All states, in the order of the filter on pages.
    pub const ALL: [Self; 11] = [
        Self::Planned,
        Self::Run(RunState::Waiting),
        Self::Run(RunState::Running),
        Self::Run(RunState::Sending),
        Self::Run(RunState::Succeeded),
        Self::Run(RunState::Failed),
        Self::Run(RunState::TimedOut),
        Self::Run(RunState::Killed),
        Self::Run(RunState::Lost),
        Self::Skipped,
        Self::Missed,
    ];
    /// Those of firings that ended without a run.
    pub const NOT_RUN: [Self; 2] = [Self::Skipped, Self::Missed];

    /// The name used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Run(state) => state.as_str(),
            Self::Skipped => "skipped",
            Self::Missed => "missed",
        }
    }

    /// Whether it ended without a run.
    #[must_use]
    pub const fn is_not_run(self) -> bool {
        matches!(self, Self::Skipped | Self::Missed)
    }

    /// Whether a future firing can have this state.
    #[must_use]
    pub const fn can_be_to_come(self) -> bool {
        matches!(self, Self::Planned | Self::Skipped)
    }
}

impl Word for OccurrenceState {
    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn word(self) -> &'static str {
        self.as_str()
    }
}

/// [`OccurrenceState`] for pages; other programs get its word.
#[derive(Serialize, Deserialize)]
#[serde(remote = "OccurrenceState")]
enum Plain {
    Planned,
    Run(RunState),
    Skipped,
    Missed,
}

impl Serialize for OccurrenceState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.as_str())
        } else {
            Plain::serialize(self, serializer)
        }
    }
}

impl<'de> Deserialize<'de> for OccurrenceState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return Plain::deserialize(deserializer);
        }
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| serde::de::Error::custom("no such state"))
    }
}

/// A step of a planned firing. A new row is [`OccurrenceState::Planned`], or covers firings that will not run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OccurrenceStep {
    /// It is claimed, and its run is active.
    Start,
    /// There is no room for it: its run waits.
    Queue,
    /// It ends without a run.
    LeaveOut(NotRun),
    /// Its run ended, and the next attempt waits.
    Retry,
    /// The waiting attempt is cancelled. For the first attempt the firing is killed, for a later one it ends as the
    /// previous attempt did.
    CallOff(RunEnd),
    /// It follows its run. Cancelling a run is [`Self::CallOff`].
    Follow(RunStep),
}

impl Step for OccurrenceStep {
    type State = OccurrenceState;

    fn leaves(self, state: OccurrenceState) -> bool {
        match self {
            Self::Start | Self::Queue | Self::LeaveOut(_) => state == OccurrenceState::Planned,
            Self::Retry => state == OccurrenceState::Run(RunState::Running),
            Self::CallOff(_) => state == OccurrenceState::Run(RunState::Waiting),
            Self::Follow(step) => {
                matches!(state, OccurrenceState::Run(run) if step.leaves(run))
            }
        }
    }

    fn to(self) -> OccurrenceState {
        match self {
            Self::Start => OccurrenceState::Run(RunState::Running),
            Self::Queue | Self::Retry => OccurrenceState::Run(RunState::Waiting),
            Self::LeaveOut(why) => why.state(),
            Self::CallOff(end) => OccurrenceState::Run(end.state()),
            Self::Follow(step) => OccurrenceState::Run(step.to()),
        }
    }
}

/// Why a firing ended without a run: state and reason in one, so that no missed row has a reason of a skipped one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NotRun {
    /// A rule skipped it.
    Skipped(SkipReason),
    /// It could not start in time.
    Missed(MissReason),
}

impl NotRun {
    /// The state of such a row.
    #[must_use]
    pub const fn state(self) -> OccurrenceState {
        match self {
            Self::Skipped(_) => OccurrenceState::Skipped,
            Self::Missed(_) => OccurrenceState::Missed,
        }
    }

    /// The stable code of its reason in the ledger and the API.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Skipped(reason) => reason.as_str(),
            Self::Missed(reason) => reason.as_str(),
        }
    }

    /// The meaning of a reason's code; `None` for one of another version.
    #[must_use]
    pub fn read(reason: &str) -> Option<Self> {
        let skipped = SkipReason::read(reason).map(Self::Skipped);
        skipped.or_else(|| MissReason::read(reason).map(Self::Missed))
    }
}

/// The rule that skipped a firing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum SkipReason {
    /// The task was running.
    Overlap,
    /// The task's queue was full.
    QueueFull,
    /// The rule excludes the day, or moves the firing to a day that has one anyway.
    Calendar,
    /// It fell into a blackout.
    Blackout,
    /// It lies outside the task's window.
    Window,
    /// The task was paused.
    Paused,
    /// The task was closed.
    Closed,
    /// The schedule that named it was removed.
    Changed,
    /// The row of its task could not be read.
    Unreadable,
    /// A task that it waits for had not ended in time.
    Dependency,
    /// No server started it in time, and when one was back, the task had been started for another firing.
    Late,
}

impl From<NoRoom> for SkipReason {
    fn from(why: NoRoom) -> Self {
        match why {
            NoRoom::Overlap => Self::Overlap,
            NoRoom::QueueFull => Self::QueueFull,
        }
    }
}

impl SkipReason {
    /// The stable code in the ledger and the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Why a firing could not start in time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum MissReason {
    /// No server was running.
    Down,
    /// The clock was set forward over it.
    Clock,
    /// Too late, in rows of early versions.
    TooLate,
}

impl MissReason {
    /// The stable code in the ledger and the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transition::check;

    const SKIP: NotRun = NotRun::Skipped(SkipReason::Overlap);
    const MISS: NotRun = NotRun::Missed(MissReason::Down);

    /// Every planned firing is claimed once, and ends in one state.
    #[test]
    fn a_firing_is_claimed_once_and_ends_in_one_state() {
        use OccurrenceStep::{CallOff, Follow, LeaveOut, Queue, Retry, Start};
        check(&[
            (Start, &["planned"], "running"),
            (Queue, &["planned"], "waiting"),
            (LeaveOut(SKIP), &["planned"], "skipped"),
            (LeaveOut(MISS), &["planned"], "missed"),
            (Retry, &["running"], "waiting"),
            (CallOff(RunEnd::Killed), &["waiting"], "killed"),
            (CallOff(RunEnd::Failed), &["waiting"], "failed"),
            (Follow(RunStep::Resume), &["waiting"], "running"),
            (Follow(RunStep::End(RunEnd::Lost)), &["running"], "lost"),
            (
                Follow(RunStep::End(RunEnd::TimedOut)),
                &["running"],
                "timed_out",
            ),
            (Follow(RunStep::HandOver), &["running"], "sending"),
            (Follow(RunStep::Deliver), &["sending"], "succeeded"),
            (Follow(RunStep::GiveUp), &["sending"], "failed"),
            (Follow(RunStep::Withdraw), &["sending"], "killed"),
        ]);
    }

    #[test]
    fn each_reason_belongs_to_one_state() {
        let skipped = SkipReason::all().into_iter().map(NotRun::Skipped);
        let missed = MissReason::all().into_iter().map(NotRun::Missed);
        for why in skipped.chain(missed) {
            assert_eq!(NotRun::read(why.reason()), Some(why));
            assert!(why.state().is_not_run());
            assert!(why.reason().len() <= 32, "the column's length");
        }
        assert_eq!(NotRun::read("of another version"), None);
        for why in NoRoom::all() {
            assert_eq!(SkipReason::from(why).as_str(), why.as_str());
        }
    }

    #[test]
    fn programs_read_one_word() {
        for state in OccurrenceState::ALL {
            let json = serde_json::to_string(&state).expect("a word");
            assert_eq!(json, format!("\"{}\"", state.as_str()));
            let back: OccurrenceState = serde_json::from_str(&json).expect("a state");
            assert_eq!(back, state);
        }
        assert!(serde_json::from_str::<OccurrenceState>("\"ran\"").is_err());
    }
}
