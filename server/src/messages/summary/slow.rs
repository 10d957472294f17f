//! Which run of a task took far longer than its usual.
//!
//! A run is slow when it took more than one and a half times what 95 % of the hundred successes before it did not
//! exceed, and at least a second more. The 95th percentile alone is exceeded by every twentieth run of a task that is
//! as it always was.

use app::run::RunState;

use crate::store::RunDuration;

use super::Period;

/// Successes before a run that say what is usual.
const USUAL: usize = 100;
/// Fewer say nothing.
const USUAL_MIN: usize = 20;
/// A difference below is noise.
const NOISE_MILLIS: i64 = 1_000;

/// A run, and what its task's usual was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Slow {
    /// The run.
    pub(super) run: RunDuration,
    /// The 95th percentile of the successes before it, in milliseconds.
    pub(super) usual_millis: i64,
}

/// The slowest of a task's runs that succeeded in a period and were slow. `runs` are its last ones, the newest first.
pub(super) fn slowest(runs: &[RunDuration], period: Period) -> Option<Slow> {
    let successes: Vec<RunDuration> = runs
        .iter()
        .copied()
        .filter(|run| run.state == RunState::Succeeded)
        .collect();
    let mut slowest: Option<Slow> = None;
    for (place, run) in successes.iter().enumerate() {
        let is_longer = slowest.is_none_or(|known| run.millis > known.run.millis);
        let is_in_period = period.from <= run.ended_at && run.ended_at < period.to;
        let before = successes[place + 1..].iter().take(USUAL);
        if !is_longer || !is_in_period || before.len() < USUAL_MIN {
            continue;
        }
        // Counted, which is cheaper than sorting: most runs are not slow.
        let far_below = before.clone();
        let far_below = far_below.filter(|one| is_far_above(run.millis, one.millis));
        let exceeded = far_below.count();
        if exceeded < rank(before.len()) {
            continue;
        }
        let mut took: Vec<i64> = before.map(|one| one.millis).collect();
        took.sort_unstable();
        let usual_millis = took[rank(took.len()) - 1];
        slowest = Some(Slow {
            run: *run,
            usual_millis,
        });
    }
    slowest
}

/// How many of so many values are up to their 95th percentile (nearest rank).
const fn rank(count: usize) -> usize {
    (count * 95).div_ceil(100)
}

fn is_far_above(took: i64, usual: i64) -> bool {
    took.saturating_mul(2) > usual.saturating_mul(3) && took - usual >= NOISE_MILLIS
}

#[cfg(test)]
mod tests {
    use app::id::RunId;
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("time")
    }

    fn day() -> Period {
        Period {
            from: now() - TimeDelta::days(1),
            to: now(),
        }
    }

    /// Runs an hour apart, the newest first.
    fn runs(millis: impl IntoIterator<Item = i64>) -> Vec<RunDuration> {
        millis
            .into_iter()
            .enumerate()
            .map(|(place, millis)| {
                let place = i64::try_from(place).expect("small");
                RunDuration {
                    run: RunId(1_000 - place),
                    state: RunState::Succeeded,
                    ended_at: now() - TimeDelta::hours(place + 1),
                    millis,
                }
            })
            .collect()
    }

    fn usual(count: i64) -> impl Iterator<Item = i64> + Clone {
        (0..count).map(|number| 10_000 + number % 10 * 100)
    }

    #[test]
    fn a_run_far_above_the_usual_is_slow() {
        let table: [(i64, Option<i64>); 4] = [
            (60_000, Some(10_900)),
            (16_400, Some(10_900)),
            // One and a half times 10.9 s are 16.35 s.
            (16_300, None),
            (10_000, None),
        ];
        for (millis, wanted) in table {
            let runs = runs([millis].into_iter().chain(usual(100)));
            let found = slowest(&runs, day());
            assert_eq!(found.map(|slow| slow.usual_millis), wanted, "{millis}");
            assert!(found.is_none_or(|slow| slow.run.run == RunId(1_000)));
        }
    }

    #[test]
    fn short_runs_and_short_histories_say_nothing() {
        let noise = runs([900].into_iter().chain(std::iter::repeat_n(10, 100)));
        assert_eq!(slowest(&noise, day()), None);
        let few = runs([60_000].into_iter().chain(usual(19)));
        assert_eq!(slowest(&few, day()), None);
        let enough = runs([60_000].into_iter().chain(usual(20)));
        assert!(slowest(&enough, day()).is_some());
        assert_eq!(slowest(&[], day()), None);
    }

    #[test]
    fn the_slowest_run_of_the_period_is_named() {
        // The last but one is slower, the one of two days ago slower still.
        let mut all: Vec<i64> = usual(150).collect();
        (all[0], all[1], all[48]) = (30_000, 40_000, 90_000);
        let found = slowest(&runs(all), day()).expect("slow");
        assert_eq!((found.run.run, found.run.millis), (RunId(999), 40_000));
    }

    #[test]
    fn only_successes_count() {
        let mut all = runs([60_000].into_iter().chain(usual(100)));
        all[0].state = RunState::Failed;
        assert_eq!(slowest(&all, day()), None);
        let mut all = runs([60_000].into_iter().chain(usual(40)));
        for run in &mut all[1..] {
            run.state = RunState::TimedOut;
        }
        assert_eq!(slowest(&all, day()), None);
    }
}
