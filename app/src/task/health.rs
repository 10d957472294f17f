//! The health of a task: one word for people, derived from its state and its last runs.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::{Task, TaskState};
use crate::run::RunState;
use crate::time::Stamp;

crate::wire::tagged! {
    PlainHealth as "Health";
    /// The health of a task. Only [`Health::Ok`] may be shown in green.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, IntoStaticStr)]
    #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
    #[serde(remote = "Self", tag = "state", rename_all = "snake_case")]
    #[strum(serialize_all = "snake_case")]
    pub enum Health {
        /// Its last runs did not succeed; all attempts at a firing count as one run. A run that was stopped by a person
        /// neither counts nor ends the streak.
        Failing {
            /// The number of consecutive failures.
            times: i64,
            /// When the first of them started.
            since: Stamp,
        },
        /// 催单: it asks repeatedly until a person confirms that it is done.
        Chasing,
        /// A run is active, or waits for room or its next attempt.
        Running {
            /// Since when.
            since: Stamp,
        },
        /// Its last run succeeded.
        Ok,
        /// Its last run was stopped before it had a result; it is not failing.
        Stopped,
        /// It has no run that ended.
        Waiting,
        /// Paused by a person.
        Paused {
            /// When it resumes by itself.
            until: Option<Stamp>,
        },
        /// 结单: closed by a person, or it has no firings left.
        Done,
    }
}

/// A word of health that the list of tasks can be filtered by. Those that follow from the state are found by that.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum HealthFilter {
    /// [`Health::Failing`].
    Failing,
    /// [`Health::Chasing`].
    Chasing,
    /// Tasks with a run under way, also those that are failing or chased.
    Running,
}

impl HealthFilter {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A summary of a task's last runs in the ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LastRuns {
    /// Since when the newest run is active, if it has not ended.
    pub under_way: Option<Stamp>,
    /// How the newest run ended of those that have.
    pub ended: Option<RunState>,
    /// The failures since a run last succeeded, in the order in which runs end, and when the first of them started;
    /// `None` if there are none.
    pub failures: Option<(i64, Stamp)>,
}

impl Health {
    /// The health of a task from its state and its last runs; `finished` if nothing will fire any more.
    #[must_use]
    pub fn of(task: &Task, finished: bool, pulse: &LastRuns) -> Self {
        match task.state {
            TaskState::Closed => return Self::Done,
            TaskState::Paused => {
                let until = task.paused_until;
                return Self::Paused { until };
            }
            TaskState::Active => {}
        }
        if let Some((times, since)) = pulse.failures {
            return Self::Failing { times, since };
        }
        if task.urging {
            return Self::Chasing;
        }
        if let Some(since) = pulse.under_way {
            return Self::Running { since };
        }
        if finished {
            return Self::Done;
        }
        match pulse.ended {
            // A failure that does not count is older than a success: of runs that overlap the last to start need not
            // be the last to end.
            Some(state) if state == RunState::Succeeded || state.is_bad() => Self::Ok,
            Some(_) => Self::Stopped,
            None => Self::Waiting,
        }
    }

    /// The name used in the API.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(second: i64) -> Stamp {
        Stamp(chrono::DateTime::from_timestamp(second, 0).expect("a time"))
    }

    fn of(task: &Task, pulse: &LastRuns) -> Health {
        Health::of(task, false, pulse)
    }

    fn ended(state: RunState, failures: Option<(i64, i64)>) -> LastRuns {
        LastRuns {
            under_way: None,
            ended: Some(state),
            failures: failures.map(|(times, since)| (times, stamp(since))),
        }
    }

    #[test]
    fn the_last_results_decide() {
        use RunState::{Failed, Killed, Succeeded, TimedOut};
        let failing = |times, since| Health::Failing {
            times,
            since: stamp(since),
        };
        for (pulse, wanted) in [
            (LastRuns::default(), Health::Waiting),
            (ended(Succeeded, None), Health::Ok),
            (ended(Failed, Some((10, 20))), failing(10, 20)),
            (ended(TimedOut, Some((1, 90))), failing(1, 90)),
            // Of runs that overlap the last to start need not be the last to end.
            (ended(Succeeded, Some((2, 20))), failing(2, 20)),
            (ended(Failed, None), Health::Ok),
            // Stopped by a person, which is neither a success nor a failure.
            (ended(Killed, None), Health::Stopped),
            (ended(Killed, Some((3, 20))), failing(3, 20)),
        ] {
            assert_eq!(of(&Task::example(), &pulse), wanted, "{pulse:?}");
        }
    }

    #[test]
    fn a_run_under_way_hides_no_failure() {
        let under_way = |pulse: LastRuns| LastRuns {
            under_way: Some(stamp(100)),
            ..pulse
        };
        let running = Health::Running { since: stamp(100) };
        let failing = Health::Failing {
            times: 2,
            since: stamp(20),
        };
        let failed = ended(RunState::Failed, Some((2, 20)));
        assert_eq!(of(&Task::example(), &under_way(failed)), failing);
        // A firing that is being retried has not failed yet.
        let retried = ended(RunState::Failed, None);
        assert_eq!(of(&Task::example(), &under_way(retried)), running);
        let fine = ended(RunState::Succeeded, None);
        assert_eq!(of(&Task::example(), &under_way(fine)), running);
    }

    #[test]
    fn what_people_decided_comes_first() {
        let failed = ended(RunState::Failed, Some((2, 20)));
        let fine = ended(RunState::Succeeded, None);
        let mut task = Task::example();
        task.spec.urging = true;
        assert_eq!(of(&task, &fine), Health::Chasing);
        assert_eq!(of(&task, &failed).as_str(), "failing");
        task.spec.urging = false;
        assert_eq!(Health::of(&task, true, &fine), Health::Done);
        assert_eq!(Health::of(&task, true, &failed).as_str(), "failing");
        task.state = TaskState::Paused;
        task.paused_until = Some(stamp(500));
        let until = Some(stamp(500));
        assert_eq!(of(&task, &failed), Health::Paused { until });
        task.state = TaskState::Closed;
        assert_eq!(of(&task, &failed), Health::Done);
    }
}
