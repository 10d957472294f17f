//! Counts the firings of a long period without iterating over them.

use app::occurrence::SkipReason;
use app::schedule::DayRule;
use chrono::{DateTime, TimeDelta, Utc};

use super::{CompiledSchedule, Excluded};
use crate::timetable::{civil_date, clock_changes, start_of_day};

/// The most days that are iterated.
const DAYS_MAX: i64 = 4_000;

/// Firings that a rule skips: the first, the last, how many, and why.
pub type SkippedFirings = (DateTime<Utc>, DateTime<Utc>, u64, SkipReason);

/// A period between two instants, excluding the first, of days that all count or all do not.
struct Days {
    after: DateTime<Utc>,
    until: DateTime<Utc>,
    count: bool,
}

impl CompiledSchedule {
    /// The exact number of firings after `from` and up to `until` that no rule skips, by arithmetic; `None` where
    /// that needs iteration: while a pause or a blackout touches the period, where firings move, and for working days
    /// and days off over more than some ten years.
    #[must_use]
    pub fn count_starts(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<u64> {
        let count = |days: &Days| self.cycle.count_between(days.after, days.until);
        let days = self.days(from, until)?;
        Some(days.iter().filter(|days| days.count).map(count).sum())
    }

    /// What rules skip after `from` and up to `until`, each group of adjacent days as one; `None` where
    /// [`Self::count_starts`] is.
    #[must_use]
    pub fn left_out(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Option<Vec<SkippedFirings>> {
        let days = self.days(from, until)?;
        let skipped = days.iter().filter(|days| !days.count).filter_map(|days| {
            let first = self
                .cycle
                .next_after(days.after)
                .filter(|first| *first <= days.until)?;
            let last = self.cycle.previous_at_or_before(days.until)?;
            let why = Excluded::Day {
                date: civil_date(self.cycle.zone(), first),
                work: self.rule == DayRule::RestDays,
            }
            .reason();
            let count = self.cycle.count_between(days.after, days.until);
            Some((first, last, count, why))
        });
        Some(skipped.collect())
    }

    /// The period after `from` and up to `until`, within the window, split by whether its days count.
    fn days(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<Vec<Days>> {
        let until = self.window_end(until);
        let from = match self.starts_at {
            Some(start) => from.max(start - TimeDelta::nanoseconds(1)),
            None => from,
        };
        if self.is_startup() || until <= from {
            return Some(Vec::new());
        }
        // A firing may start that much later, and may then fall into a blackout.
        let reach = TimeDelta::seconds(self.jitter.seconds.max(0));
        if self.pause.is_some() || self.quiet.iter().any(|q| q.touches(from, until + reach)) {
            return None;
        }
        let calendar = match (self.rule, self.calendar.as_deref()) {
            (DayRule::WorkDays | DayRule::RestDays, Some(calendar)) => calendar,
            (DayRule::Any, _) | (_, None) => {
                return Some(vec![Days {
                    after: from,
                    until,
                    count: true,
                }]);
            }
            _ => return None,
        };
        let zone = self.cycle.zone();
        let (mut day, last) = (civil_date(zone, from), civil_date(zone, until));
        // A clock that goes back over midnight repeats a date: then no date is one single period.
        let twice = |(at, _, _): &(DateTime<Utc>, i32, i32)| {
            civil_date(zone, *at - TimeDelta::seconds(1)) > civil_date(zone, *at)
        };
        if (until - from).num_days() > DAYS_MAX
            || clock_changes(zone, from, until).iter().any(twice)
        {
            return None;
        }
        let counts = |day| calendar.is_work(day) == (self.rule == DayRule::WorkDays);
        let mut found: Vec<Days> = Vec::new();
        let mut after = from;
        while day <= last {
            let next = day.tomorrow().ok()?;
            let end = (start_of_day(zone, next) - TimeDelta::nanoseconds(1)).min(until);
            match found.last_mut() {
                Some(days) if days.count == counts(day) => days.until = end,
                _ => found.push(Days {
                    after,
                    until: end,
                    count: counts(day),
                }),
            }
            (day, after) = (next, end);
        }
        Some(found)
    }
}
