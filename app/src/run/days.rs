//! The runs of a task over months: counts by outcome, durations and bytes of each day, and of the last days together.
//!
//! Days are those of UTC, because runs that were deleted are counted by them.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Durations, RunState};

/// The most days that are asked for at once: a year.
pub const DAYS_MAX: usize = 366;
/// Over so many days until today results are summed up.
pub const PERIODS: [u32; 3] = [7, 30, 90];
/// Weeks of a trend.
const WEEKS: u64 = 53;

/// What became of runs, together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RunCounts {
    /// Runs that succeeded.
    pub succeeded: i64,
    /// Runs that failed.
    pub failed: i64,
    /// Runs that exceeded their limit.
    pub timed_out: i64,
    /// Runs that people stopped.
    pub killed: i64,
    /// Runs whose server died.
    pub lost: i64,
    /// Bytes that they wrote.
    pub output_bytes: i64,
    /// How long they took, where that is known.
    pub took: Durations,
}

impl RunCounts {
    /// Adds a run that has ended, with its duration in milliseconds; nothing for one that has not.
    pub fn add(&mut self, state: RunState, took: Option<i64>, output_bytes: i64) {
        let count = match state {
            RunState::Succeeded => &mut self.succeeded,
            RunState::Failed => &mut self.failed,
            RunState::TimedOut => &mut self.timed_out,
            RunState::Killed => &mut self.killed,
            RunState::Lost => &mut self.lost,
            RunState::Waiting | RunState::Running | RunState::Sending => return,
        };
        *count += 1;
        self.output_bytes = self.output_bytes.saturating_add(output_bytes);
        if let Some(took) = took {
            self.took.add(took);
        }
    }

    /// Adds all runs of another one.
    pub fn merge(&mut self, other: &Self) {
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.timed_out += other.timed_out;
        self.killed += other.killed;
        self.lost += other.lost;
        self.output_bytes = self.output_bytes.saturating_add(other.output_bytes);
        self.took.merge(&other.took);
    }

    /// How many they are.
    #[must_use]
    pub const fn runs(&self) -> i64 {
        self.succeeded + self.bad() + self.killed
    }

    /// How many of them ended badly.
    #[must_use]
    pub const fn bad(&self) -> i64 {
        self.failed + self.timed_out + self.lost
    }

    /// Of a thousand runs so many succeeded; those that people stopped count neither way. `None` without any.
    #[must_use]
    pub fn success_permille(&self) -> Option<i64> {
        let all = self.succeeded + self.bad();
        // Rounded down: only a period without a failure has 1000.
        (all > 0).then(|| self.succeeded * 1000 / all)
    }
}

/// The counts of some days.
pub type CountsByDay = BTreeMap<NaiveDate, RunCounts>;

/// What became of the runs of a task that started on one day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RunDay {
    /// The day, in UTC: `2026-11-30`.
    pub day: String,
    /// Runs that succeeded.
    pub succeeded: i64,
    /// Runs that failed.
    pub failed: i64,
    /// Runs that exceeded their limit.
    pub timed_out: i64,
    /// Runs that people stopped.
    pub killed: i64,
    /// Runs whose server died.
    pub lost: i64,
    /// The median of their durations in milliseconds, to about 9 %; `null` where none is known.
    pub p50_ms: Option<i64>,
    /// 95 percent of them took no longer, in milliseconds, to about 9 %.
    pub p95_ms: Option<i64>,
    /// Bytes that they wrote.
    pub output_bytes: i64,
}

/// What became of the runs of a task in the last days, today included.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RunPeriod {
    /// How many days.
    pub days: u32,
    /// Runs that ended.
    pub runs: i64,
    /// Those that failed, exceeded their limit, or were lost.
    pub bad: i64,
    /// Of a thousand runs so many succeeded, rounded down; runs that people stopped count neither way. `null` without any.
    pub success_permille: Option<i64>,
    /// The median of their durations in milliseconds, to about 9 %; `null` where none is known.
    pub p50_ms: Option<i64>,
    /// 95 percent of them took no longer, in milliseconds, to about 9 %.
    pub p95_ms: Option<i64>,
    /// Bytes that they wrote.
    pub output_bytes: i64,
    /// Whether all of these days were counted; `false` for a task with more runs than are read at once.
    pub complete: bool,
}

/// The runs of a task by day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RunDays {
    /// The first day that was asked for.
    pub from: String,
    /// The last day that was asked for.
    pub to: String,
    /// Days before this one are not reported, because the task has more runs than are read at once; usually `null`.
    pub complete_from: Option<String>,
    /// Days on which runs started that have ended, the first one first.
    pub days: Vec<RunDay>,
    /// The last 7, 30 and 90 days, whatever days were asked for.
    pub periods: Vec<RunPeriod>,
}

/// A week of a trend.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RunWeek {
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// Runs that ended.
    pub runs: i64,
    /// Those that ended badly.
    pub bad: i64,
    /// The median of their durations in milliseconds.
    pub p50_ms: Option<i64>,
    /// 95 percent of them took no longer.
    pub p95_ms: Option<i64>,
}

/// The runs of a task over a year, for its page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RunTrend {
    /// The last 7, 30 and 90 days.
    pub periods: Vec<RunPeriod>,
    /// The weeks of the last year in which something ran, with all between them, the first one first.
    pub weeks: Vec<RunWeek>,
    /// Whether all of them were counted.
    pub complete: bool,
}

/// The first day of so many that end with this one.
#[must_use]
pub fn first_of(today: NaiveDate, days: u64) -> NaiveDate {
    let before = today.checked_sub_days(Days::new(days.saturating_sub(1)));
    before.unwrap_or(NaiveDate::MIN)
}

fn sum<'a>(counts: impl Iterator<Item = &'a RunCounts>) -> RunCounts {
    counts.fold(RunCounts::default(), |mut all, one| {
        all.merge(one);
        all
    })
}

/// A day as it is reported.
#[must_use]
pub fn day_of(day: NaiveDate, counts: &RunCounts) -> RunDay {
    RunDay {
        day: day.to_string(),
        succeeded: counts.succeeded,
        failed: counts.failed,
        timed_out: counts.timed_out,
        killed: counts.killed,
        lost: counts.lost,
        p50_ms: counts.took.percentile(50),
        p95_ms: counts.took.percentile(95),
        output_bytes: counts.output_bytes,
    }
}

/// The last days, summed up; `complete_from` is the first day that was counted whole, where there is one.
#[must_use]
pub fn periods(
    counts: &CountsByDay,
    today: NaiveDate,
    complete_from: Option<NaiveDate>,
) -> Vec<RunPeriod> {
    let period = |days: u32| {
        let from = first_of(today, days.into());
        let all = sum(counts.range(from..=today).map(|(_, counts)| counts));
        RunPeriod {
            days,
            runs: all.runs(),
            bad: all.bad(),
            success_permille: all.success_permille(),
            p50_ms: all.took.percentile(50),
            p95_ms: all.took.percentile(95),
            output_bytes: all.output_bytes,
            complete: complete_from.is_none_or(|first| first <= from),
        }
    };
    PERIODS.map(period).into()
}

/// The weeks of a year that ends today.
#[must_use]
pub fn weeks(counts: &CountsByDay, today: NaiveDate) -> Vec<RunWeek> {
    let week = |ago: u64| {
        let to = today.checked_sub_days(Days::new(7 * ago))?;
        let from = first_of(to, 7);
        let all = sum(counts.range(from..=to).map(|(_, counts)| counts));
        Some(RunWeek {
            from: from.to_string(),
            to: to.to_string(),
            runs: all.runs(),
            bad: all.bad(),
            p50_ms: all.took.percentile(50),
            p95_ms: all.took.percentile(95),
        })
    };
    let weeks = (0..WEEKS).rev().filter_map(week);
    weeks.skip_while(|week| week.runs == 0).collect()
}

/// The first day of a trend.
#[must_use]
pub fn trend_from(today: NaiveDate) -> NaiveDate {
    first_of(today, WEEKS * 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn counts(runs: &[(RunState, i64)]) -> RunCounts {
        let mut counts = RunCounts::default();
        for (state, millis) in runs {
            counts.add(*state, Some(*millis), 10);
        }
        counts
    }

    #[test]
    fn runs_are_counted_by_their_outcome() {
        use RunState::{Failed, Killed, Lost, Running, Succeeded, TimedOut, Waiting};
        let all = [
            (Succeeded, 1),
            (Succeeded, 1),
            (Failed, 1),
            (TimedOut, 1),
            (Killed, 1),
            (Lost, 1),
            (Running, 1),
            (Waiting, 1),
        ];
        let found = counts(&all);
        assert_eq!((found.runs(), found.bad(), found.output_bytes), (6, 3, 60));
        assert_eq!(found.success_permille(), Some(400));
        assert_eq!(counts(&[(Killed, 1)]).success_permille(), None);
        let mut nearly = counts(&[(Failed, 1)]);
        nearly.succeeded = 1_000_000;
        assert_eq!(nearly.success_permille(), Some(999));
    }

    #[test]
    fn periods_end_today_and_weeks_begin_where_something_ran() {
        let today = day("2026-11-30");
        let ok = |number| counts(&vec![(RunState::Succeeded, 1_000); number]);
        let by_day: CountsByDay = [
            (day("2026-11-30"), ok(1)),
            (day("2026-11-24"), ok(2)),
            (day("2026-11-23"), ok(4)),
            (day("2026-11-01"), ok(8)),
            (day("2026-10-31"), counts(&[(RunState::Failed, 9_000)])),
        ]
        .into();
        let found = periods(&by_day, today, Some(day("2026-11-01")));
        let shown: Vec<_> = found.iter().map(|one| (one.days, one.runs)).collect();
        assert_eq!(shown, [(7, 3), (30, 15), (90, 16)]);
        let complete: Vec<bool> = found.iter().map(|one| one.complete).collect();
        assert_eq!(complete, [true, true, false]);
        assert_eq!(found[1].success_permille, Some(1000));
        assert_eq!(found[2].success_permille, Some(937));
        let weeks = weeks(&by_day, today);
        let shown: Vec<_> = weeks.iter().map(|one| (one.runs, one.bad)).collect();
        assert_eq!(shown, [(9, 1), (0, 0), (0, 0), (4, 0), (3, 0)]);
        assert_eq!(
            (&*weeks[4].from, &*weeks[4].to),
            ("2026-11-24", "2026-11-30")
        );
        assert_eq!(super::weeks(&CountsByDay::new(), today), []);
        assert_eq!(trend_from(today), day("2025-11-25"));
    }
}
