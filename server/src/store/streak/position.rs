//! What a run that ends is among the failures of its task; pure.

use app::id::{RunId, TaskId};
use app::run::RunState;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;

use crate::facts::Failures;

/// A run that is about to end.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct RunEnding {
    pub(in super::super) task: TaskId,
    pub(in super::super) run: RunId,
    /// How it ends.
    pub(in super::super) state: RunState,
    /// Whether there is another attempt at its firing: all attempts count as one run, with the last.
    pub(in super::super) retried: bool,
    /// When it ends.
    pub(in super::super) at: DateTime<Utc>,
}

impl RunEnding {
    /// Whether it depends on the count, or changes it. A run that was stopped does neither.
    pub(super) fn matters(&self) -> bool {
        self.state == RunState::Succeeded || self.state.is_bad()
    }

    /// Whether it adds to the count.
    pub(super) fn counts(&self) -> bool {
        self.state.is_bad() && !self.retried
    }
}

/// The count of a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Streak {
    /// The failures since the last success; `None` where there are none.
    pub(super) failures: Option<Failures>,
    /// When the run ended that changed it last: a failure, or the success that set it to 0.
    pub(super) ended_at: Option<DateTime<Utc>>,
}

/// What the database knows of a run that may be the first failure.
#[derive(Clone, Copy, Debug)]
pub(super) struct First {
    /// When the first attempt at its firing started.
    pub(super) started_at: DateTime<Utc>,
    /// When a run ended that started after it and succeeded.
    pub(super) succeeded_at: Option<DateTime<Utc>>,
}

/// What a run is among the failures of its task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum StreakPosition {
    /// The last of these failures; the task's count has it only if it is `counted`.
    Failure { failures: Failures, counted: bool },
    /// A success that ends these failures.
    Ends(Failures),
    /// Neither.
    Neither,
}

impl StreakPosition {
    pub(super) fn of(count: Streak, ending: &RunEnding, first: Option<&First>) -> Self {
        if ending.state == RunState::Succeeded {
            // A result that waited on disk does not end failures that came after it.
            let outdated = count.ended_at.is_some_and(|last| ending.at < last);
            return match count.failures {
                Some(failures) if !outdated => Self::Ends(failures),
                _ => Self::Neither,
            };
        }
        if !ending.state.is_bad() {
            return Self::Neither;
        }
        let failures = match count.failures {
            Some(failures) => Failures {
                count: failures.count + 1,
                ..failures
            },
            None => Failures {
                count: 1,
                since: first.map_or(ending.at, |first| first.started_at),
            },
        };
        // As above: the task has succeeded since.
        let succeeded = [count.ended_at, first.and_then(|first| first.succeeded_at)];
        let outdated =
            count.failures.is_none() && succeeded.into_iter().flatten().any(|at| at > ending.at);
        Self::Failure {
            failures,
            counted: ending.counts() && !outdated,
        }
    }

    /// The count after a run that ends at `at`, if it changes.
    pub(super) fn next(&self, count: Streak, at: DateTime<Utc>) -> Option<Streak> {
        match *self {
            Self::Failure {
                failures,
                counted: true,
            } => Some(Streak {
                failures: Some(failures),
                ended_at: Some(count.ended_at.map_or(at, |last| last.max(at))),
            }),
            Self::Ends(_) => Some(Streak {
                failures: None,
                ended_at: Some(at),
            }),
            Self::Failure { counted: false, .. } | Self::Neither => None,
        }
    }

    /// The values of the columns `streak` and `streak_since` of the run.
    pub(in super::super) fn columns(&self) -> (Expr, Expr) {
        let failures = match self {
            Self::Failure { failures, .. } => Some(*failures),
            Self::Ends(_) | Self::Neither => None,
        };
        (
            Expr::value(failures.map(|failures| failures.count)),
            Expr::value(failures.map(|failures| failures.since)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).expect("a time")
    }

    fn ending(state: RunState, second: i64) -> RunEnding {
        RunEnding {
            task: TaskId(1),
            run: RunId(1),
            state,
            retried: false,
            at: at(second),
        }
    }

    fn count(times: i64, ended_at: i64) -> Streak {
        Streak {
            failures: Some(Failures {
                count: times,
                since: at(10),
            }),
            ended_at: Some(at(ended_at)),
        }
    }

    #[test]
    fn failures_are_counted_until_one_succeeds() {
        let first = First {
            started_at: at(10),
            succeeded_at: None,
        };
        let failed = ending(RunState::Failed, 20);
        let place = StreakPosition::of(Streak::default(), &failed, Some(&first));
        let one = place.next(Streak::default(), failed.at).expect("counted");
        assert_eq!(one, count(1, 20));
        let lost = ending(RunState::Lost, 15);
        let two = StreakPosition::of(one, &lost, None).next(one, lost.at);
        assert_eq!(two, Some(count(2, 20)), "the later end is kept");
        let fine = ending(RunState::Succeeded, 30);
        let place = StreakPosition::of(count(2, 20), &fine, None);
        assert_eq!(Some(place), count(2, 20).failures.map(StreakPosition::Ends));
        let none = Streak {
            failures: None,
            ended_at: Some(at(30)),
        };
        assert_eq!(place.next(count(2, 20), fine.at), Some(none));
    }

    #[test]
    fn stops_attempts_and_results_that_come_late_change_no_count() {
        let stopped = ending(RunState::Killed, 30);
        assert_eq!(
            StreakPosition::of(count(2, 20), &stopped, None),
            StreakPosition::Neither
        );
        let retried = RunEnding {
            retried: true,
            ..ending(RunState::Failed, 30)
        };
        let place = StreakPosition::of(count(2, 20), &retried, None);
        let number = StreakPosition::Failure {
            failures: count(3, 30).failures.expect("three"),
            counted: false,
        };
        assert_eq!(place, number, "it is named as if it were the last attempt");
        assert_eq!(place.next(count(2, 20), retried.at), None);
        let fine = ending(RunState::Succeeded, 19);
        assert_eq!(
            StreakPosition::of(count(2, 20), &fine, None),
            StreakPosition::Neither
        );
        let first = First {
            started_at: at(5),
            succeeded_at: Some(at(31)),
        };
        let late = ending(RunState::Failed, 30);
        let place = StreakPosition::of(Streak::default(), &late, Some(&first));
        assert_eq!(place.next(Streak::default(), late.at), None);
        let ended = Streak {
            failures: None,
            ended_at: Some(at(31)),
        };
        assert_eq!(
            StreakPosition::of(ended, &late, None).next(ended, late.at),
            None
        );
    }
}
