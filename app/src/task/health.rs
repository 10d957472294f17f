//! The health of a task: one word for people, derived from its state and its last runs.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

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
        /// It has no result yet.
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

/// A summary of a task's last runs in the ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pulse {
    /// The newest run, if it has not ended: since when, and the number of the attempt.
    pub under_way: Option<(Stamp, i32)>,
    /// The newest run that has ended.
    pub ended: Option<Ended>,
}

/// The newest run of a task that has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ended {
    /// How it ended.
    pub state: RunState,
    /// When it started.
    pub started_at: Stamp,
    /// Consecutive bad runs up to it, and when the first of them started; 0 if there are none, or if a version
    /// without the count wrote it.
    pub streak: (i64, Option<Stamp>),
}

impl Ended {
    /// The streak of bad runs that it belongs to; `None` if it succeeded.
    fn bad_streak(&self) -> Option<(i64, Stamp)> {
        let (times, since) = self.streak;
        let since = since.unwrap_or(self.started_at);
        match self.state {
            RunState::Succeeded => None,
            state if state.is_bad() => Some((times.max(1), since)),
            _ => (times > 0).then_some((times, since)),
        }
    }
}

impl Health {
    /// The health of a task from its state and its last runs; `finished` if nothing will fire any more.
    #[must_use]
    pub fn of(task: &Task, finished: bool, pulse: &Pulse) -> Self {
        match task.state {
            TaskState::Closed => return Self::Done,
            TaskState::Paused => {
                let until = task.paused_until;
                return Self::Paused { until };
            }
            TaskState::Active => {}
        }
        let retried = pulse.under_way.is_some_and(|(_, attempt)| attempt > 1);
        let streak = pulse.ended.as_ref().and_then(Ended::bad_streak);
        // A firing that is being retried has not failed yet; earlier ones have.
        let streak = streak
            .map(|(times, since)| (times - i64::from(retried), since))
            .filter(|(times, _)| *times > 0);
        if let Some((times, since)) = streak {
            return Self::Failing { times, since };
        }
        if task.urging {
            return Self::Chasing;
        }
        if let Some((since, _)) = pulse.under_way {
            return Self::Running { since };
        }
        if finished {
            return Self::Done;
        }
        match pulse.ended {
            Some(ended) if ended.state == RunState::Succeeded => Self::Ok,
            _ => Self::Waiting,
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

    fn of(task: &Task, pulse: &Pulse) -> Health {
        Health::of(task, false, pulse)
    }

    fn ended(state: RunState, times: i64, since: Option<i64>) -> Pulse {
        Pulse {
            under_way: None,
            ended: Some(Ended {
                state,
                started_at: stamp(90),
                streak: (times, since.map(stamp)),
            }),
        }
    }

    #[test]
    fn the_last_results_decide() {
        use RunState::{Failed, Killed, Lost, Succeeded, TimedOut};
        let failing = |times, since| Health::Failing {
            times,
            since: stamp(since),
        };
        for (pulse, wanted) in [
            (Pulse::default(), Health::Waiting),
            (ended(Succeeded, 0, None), Health::Ok),
            (ended(Failed, 10, Some(20)), failing(10, 20)),
            (ended(TimedOut, 1, Some(90)), failing(1, 90)),
            // Written by a version without the count.
            (ended(Lost, 0, None), failing(1, 90)),
            // Stopped by a person, which says nothing about the task.
            (ended(Killed, 0, None), Health::Waiting),
            (ended(Killed, 3, Some(20)), failing(3, 20)),
        ] {
            assert_eq!(of(&Task::example(), &pulse), wanted, "{pulse:?}");
        }
    }

    #[test]
    fn a_run_under_way_hides_no_failure() {
        let under_way = |pulse: Pulse, attempt| Pulse {
            under_way: Some((stamp(100), attempt)),
            ..pulse
        };
        let running = Health::Running { since: stamp(100) };
        let failing = |times| Health::Failing {
            times,
            since: stamp(20),
        };
        let failed = |times| ended(RunState::Failed, times, Some(20));
        assert_eq!(of(&Task::example(), &under_way(failed(2), 1)), failing(2));
        // The previous attempt belongs to the same run.
        assert_eq!(of(&Task::example(), &under_way(failed(2), 2)), failing(1));
        assert_eq!(of(&Task::example(), &under_way(failed(1), 2)), running);
        let fine = ended(RunState::Succeeded, 0, None);
        assert_eq!(of(&Task::example(), &under_way(fine, 1)), running);
    }

    #[test]
    fn what_people_decided_comes_first() {
        let failed = ended(RunState::Failed, 2, Some(20));
        let fine = ended(RunState::Succeeded, 0, None);
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
