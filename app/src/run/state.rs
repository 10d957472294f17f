//! The states of a run, the steps between them, and what it waits for.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::transition::{RefusedTransition, Step};

/// The state of a run.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RunState {
    /// To be started later: after a retry's delay, or when there is room.
    Waiting,
    /// Claimed and active.
    Running,
    /// A run of a task in message mode: its message is in the outbox, and the channel has not accepted it yet.
    Sending,
    /// Ended with exit code 0, or the channel accepted the message.
    Succeeded,
    /// Ended otherwise, or could not start; the reason has the details.
    Failed,
    /// Killed by its hard limit.
    TimedOut,
    /// Stopped by a person or by shutdown.
    Killed,
    /// The server died during the run; its result is unknown.
    Lost,
}

impl RunState {
    /// All states.
    pub const ALL: &'static [Self] = Self::VARIANTS;
    /// States of runs that have not ended.
    pub const OPEN: [Self; 3] = [Self::Running, Self::Waiting, Self::Sending];
    /// States of ended runs that need attention.
    pub const BAD: [Self; 3] = [Self::Failed, Self::TimedOut, Self::Lost];

    /// The name used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// How it ended; `None` if it has not.
    #[must_use]
    pub const fn end(self) -> Option<RunEnd> {
        match self {
            Self::Waiting | Self::Running | Self::Sending => None,
            Self::Succeeded => Some(RunEnd::Succeeded),
            Self::Failed => Some(RunEnd::Failed),
            Self::TimedOut => Some(RunEnd::TimedOut),
            Self::Killed => Some(RunEnd::Killed),
            Self::Lost => Some(RunEnd::Lost),
        }
    }

    /// Whether it has ended.
    #[must_use]
    pub const fn is_over(self) -> bool {
        self.end().is_some()
    }

    /// Whether it has ended and needs attention.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut | Self::Lost)
    }
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RunEnd {
    /// As [`RunState::Succeeded`].
    Succeeded,
    /// As [`RunState::Failed`].
    Failed,
    /// As [`RunState::TimedOut`].
    TimedOut,
    /// As [`RunState::Killed`].
    Killed,
    /// As [`RunState::Lost`].
    Lost,
}

impl RunEnd {
    /// All ends.
    pub const ALL: [Self; 5] = [
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
        Self::Killed,
        Self::Lost,
    ];

    /// The state of a run with this end.
    #[must_use]
    pub const fn state(self) -> RunState {
        match self {
            Self::Succeeded => RunState::Succeeded,
            Self::Failed => RunState::Failed,
            Self::TimedOut => RunState::TimedOut,
            Self::Killed => RunState::Killed,
            Self::Lost => RunState::Lost,
        }
    }
}

/// A step of a run. A new one is [`RunState::Running`] or [`RunState::Waiting`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RunStep {
    /// It was waiting, and is claimed by a node.
    Resume,
    /// It will not run after all.
    CallOff,
    /// It ends; `Lost` if its node has died.
    End(RunEnd),
    /// Its message is in the outbox.
    HandOver,
    /// Its channel accepted the message.
    Deliver,
    /// Its message was given up, or has no channel any more.
    GiveUp,
    /// Its message was withdrawn.
    Withdraw,
}

impl RunStep {
    /// The step by which an active run reaches a state.
    ///
    /// # Errors
    /// When no step leads to it.
    pub fn out_of_running(next: RunState) -> Result<Self, RefusedTransition> {
        let step = match next {
            RunState::Sending => Some(Self::HandOver),
            other => other.end().map(Self::End),
        };
        step.ok_or_else(|| RefusedTransition {
            state: RunState::Running.as_str(),
            step: format!("a step to {:?}", next.as_str()),
        })
    }
}

impl Step for RunStep {
    type State = RunState;

    fn leaves(self, state: RunState) -> bool {
        match self {
            Self::Resume | Self::CallOff => state == RunState::Waiting,
            Self::End(_) | Self::HandOver => state == RunState::Running,
            Self::Deliver | Self::GiveUp | Self::Withdraw => state == RunState::Sending,
        }
    }

    fn to(self) -> RunState {
        match self {
            Self::Resume => RunState::Running,
            Self::HandOver => RunState::Sending,
            Self::End(end) => end.state(),
            Self::Deliver => RunState::Succeeded,
            Self::GiveUp => RunState::Failed,
            Self::CallOff | Self::Withdraw => RunState::Killed,
        }
    }
}

/// What a run waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum WaitReason {
    /// The delay of a retry.
    Retry,
    /// The end of a run of the same task.
    Overlap,
    /// A slot of its pool, or of all.
    Pool,
}

impl WaitReason {
    /// The stable code in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Why there is no room for a start.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum NoRoom {
    /// The task is running, and its overlap rule allows no waiting.
    Overlap,
    /// Its queue is full.
    QueueFull,
}

impl NoRoom {
    /// The stable code in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transition::check;

    /// Claim before act: only a `running` run can end, and an ended one stays as it is.
    #[test]
    fn a_run_is_claimed_before_it_ends_and_ends_once() {
        check(&[
            (RunStep::Resume, &["waiting"], "running"),
            (RunStep::CallOff, &["waiting"], "killed"),
            (RunStep::End(RunEnd::Succeeded), &["running"], "succeeded"),
            (RunStep::End(RunEnd::Failed), &["running"], "failed"),
            (RunStep::End(RunEnd::TimedOut), &["running"], "timed_out"),
            (RunStep::End(RunEnd::Killed), &["running"], "killed"),
            (RunStep::End(RunEnd::Lost), &["running"], "lost"),
            (RunStep::HandOver, &["running"], "sending"),
            (RunStep::Deliver, &["sending"], "succeeded"),
            (RunStep::GiveUp, &["sending"], "failed"),
            (RunStep::Withdraw, &["sending"], "killed"),
        ]);
    }

    #[test]
    fn ends_are_the_states_that_no_step_leaves() {
        let steps = [
            RunStep::Resume,
            RunStep::CallOff,
            RunStep::HandOver,
            RunStep::Deliver,
            RunStep::GiveUp,
            RunStep::Withdraw,
        ];
        let steps: Vec<RunStep> = steps
            .into_iter()
            .chain(RunEnd::ALL.map(RunStep::End))
            .collect();
        for state in RunState::ALL {
            let left = steps.iter().any(|step| step.leaves(*state));
            assert_eq!(left, !state.is_over(), "{state:?}");
            assert_eq!(
                state.end().map(RunEnd::state),
                state.is_over().then_some(*state)
            );
            assert_eq!(RunState::OPEN.contains(state), !state.is_over());
            assert_eq!(RunState::BAD.contains(state), state.is_bad());
            let step = RunStep::out_of_running(*state);
            let open = matches!(state, RunState::Waiting | RunState::Running);
            assert_eq!(step.is_err(), open, "{step:?}");
            assert_eq!(step.ok().map(Step::to), (!open).then_some(*state));
        }
    }
}
