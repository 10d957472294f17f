//! The runs of a task over months: reads and sums up their days, and remembers those that are over.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::TaskId;
use app::run::days::{
    CountsByDay, DAYS_MAX, RunDays, RunTrend, day_of, first_of, periods, trend_from, weeks,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Service;
use crate::error::OrInternal;
use crate::store::{KnownDay, RunDaysFound};
use crate::texts::Fault;
use crate::texts::runs::RunDaysFault;

/// Days that are reported when none are named.
const DAYS: u64 = 90;
/// Runs that are read for one answer. As many as a task has by default.
const RUNS_MAX: u64 = 100_000;
/// So long after its end a day has no runs that are still entered.
const SETTLED: TimeDelta = TimeDelta::hours(1);
/// Tasks whose days are remembered.
const TASKS: usize = 16;
/// Days that are remembered of each of them.
const KNOWN_MAX: usize = 400;

/// Days of tasks that were counted and are over, the task that was asked about last at the end. A day that lost runs since
/// is noticed by the number of its deleted ones, and read again.
#[derive(Debug, Default)]
pub(super) struct RunDayCache(Mutex<Vec<(TaskId, BTreeMap<NaiveDate, KnownDay>)>>);

impl RunDayCache {
    fn of(&self, task: TaskId) -> BTreeMap<NaiveDate, KnownDay> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().find(|(id, _)| *id == task);
        known.map(|(_, days)| days.clone()).unwrap_or_default()
    }

    fn put(&self, task: TaskId, mut days: BTreeMap<NaiveDate, KnownDay>) {
        while days.len() > KNOWN_MAX {
            days.pop_first();
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(id, _)| *id != task);
        if all.len() >= TASKS {
            all.remove(0);
        }
        all.push((task, days));
    }
}

/// The counts of some days.
struct Counted {
    days: CountsByDay,
    /// The first day of which all runs were counted, where there are too many.
    complete_from: Option<NaiveDate>,
}

impl Service {
    pub(super) async fn days_of_runs(
        &self,
        caller: &Caller,
        task: TaskId,
        from: &str,
        to: &str,
    ) -> Answer<RunDays> {
        self.allow(caller, Action::Read)?;
        let (lang, today) = (caller.lang, self.clock.now().date_naive());
        let (from, to) = span(from, to, today, lang)?;
        self.find_task(lang, task).await?;
        // Nothing has started later; and MariaDB knows no instants after 2038.
        let until = Ord::min(to, today);
        let asked = self.count_days(lang, task, from, until).await?;
        // After the days that were asked for, most of which are then known.
        let longest = first_of(today, DAYS);
        let recent = self.count_days(lang, task, longest, today).await?;
        let shown = asked.days.iter().filter(|(_, counts)| counts.runs() > 0);
        Ok(RunDays {
            from: from.to_string(),
            to: to.to_string(),
            complete_from: asked.complete_from.map(|day| day.to_string()),
            days: shown.map(|(day, counts)| day_of(*day, counts)).collect(),
            periods: periods(&recent.days, today, recent.complete_from),
        })
    }

    pub(super) async fn trend_of_runs(&self, caller: &Caller, task: TaskId) -> Answer<RunTrend> {
        self.allow(caller, Action::Read)?;
        let (lang, today) = (caller.lang, self.clock.now().date_naive());
        self.find_task(lang, task).await?;
        let from = trend_from(today);
        let year = self.count_days(lang, task, from, today).await?;
        Ok(RunTrend {
            periods: periods(&year.days, today, year.complete_from),
            weeks: weeks(&year.days, today),
            complete: year.complete_from.is_none(),
        })
    }

    async fn count_days(
        &self,
        lang: Lang,
        task: TaskId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Answer<Counted> {
        if from > to {
            return Ok(Counted {
                days: CountsByDay::new(),
                complete_from: None,
            });
        }
        let now = self.clock.now();
        let mut known = self.run_days.of(task);
        // A clock that was set back makes days current again.
        known.retain(|day, _| *day < settled(now));
        let found = self
            .store
            .run_days(task, (from, to), &known, RUNS_MAX)
            .await
            .or_internal(lang)?;
        let mut days = found.deleted.clone();
        let mut add = |day: NaiveDate, there| days.entry(day).or_default().merge(there);
        let first = found.read_from;
        for (day, counts) in known.range(from..=to) {
            if first.is_none_or(|first| *day < first) {
                add(*day, &counts.there);
            }
        }
        for (day, counts) in &found.there {
            add(*day, counts);
        }
        let complete_from = found.cut.and_then(|day| day.succ_opt());
        if let Some(first) = complete_from {
            days = days.split_off(&first);
        }
        if let Some(first) = first {
            remember(&mut known, &found, (first, to), now);
            self.run_days.put(task, known);
        }
        Ok(Counted {
            days,
            complete_from,
        })
    }
}

/// Days before this one are over.
fn settled(now: DateTime<Utc>) -> NaiveDate {
    (now - SETTLED).date_naive()
}

/// Adds the days that will not change any more, except by deletions.
fn remember(
    known: &mut BTreeMap<NaiveDate, KnownDay>,
    found: &RunDaysFound,
    (from, to): (NaiveDate, NaiveDate),
    now: DateTime<Utc>,
) {
    let open = found.open_since.map(|at| at.date_naive());
    let end = open.map_or(settled(now), |open| Ord::min(open, settled(now)));
    let days = from.iter_days().take_while(|day| *day <= to && *day < end);
    for day in days.filter(|day| found.cut.is_none_or(|cut| *day > cut)) {
        let deleted = found.deleted.get(&day);
        let counts = KnownDay {
            there: found.there.get(&day).cloned().unwrap_or_default(),
            deleted: deleted.map_or(0, |counts| counts.runs()),
        };
        known.insert(day, counts);
    }
}

/// The days that are asked for, all faults at once.
fn span(from: &str, to: &str, today: NaiveDate, lang: Lang) -> Answer<(NaiveDate, NaiveDate)> {
    let mut faults: Vec<FieldError> = Vec::new();
    let mut read = |field: &str, typed: &str| {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        let day = NaiveDate::parse_from_str(typed, "%Y-%m-%d").ok();
        // Years that every engine and every client knows.
        let day = day.filter(|_| typed.len() == "2026-11-30".len());
        if day.is_none() {
            faults.push(RunDaysFault::NoDay.on(field, lang));
        }
        day
    };
    let (begin, end) = (read("from", from), read("to", to));
    let to = end.unwrap_or(today);
    let from = begin.unwrap_or_else(|| first_of(to, DAYS));
    let days = (to - from).num_days() + 1;
    if faults.is_empty() {
        if days < 1 {
            faults.push(RunDaysFault::EndsBeforeStart.on("to", lang));
        } else if usize::try_from(days).is_ok_and(|days| days > DAYS_MAX) {
            faults.push(RunDaysFault::TooLong { max: DAYS_MAX }.on("from", lang));
        }
    }
    if faults.is_empty() {
        Ok((from, to))
    } else {
        Err(AppError::invalid(lang, faults))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn days_that_are_asked_for_are_read_or_refused_at_their_field() {
        let today = day("2026-11-30");
        let read = |from, to| {
            span(from, to, today, Lang::En).map_err(|error| {
                let faults = error.fields.into_iter();
                faults.map(|fault| fault.field).collect::<Vec<_>>()
            })
        };
        assert_eq!(read("", ""), Ok((day("2026-09-02"), today)));
        let year = (day("2024-01-01"), day("2024-12-31"));
        assert_eq!(read("2024-01-01", " 2024-12-31 "), Ok(year));
        assert_eq!(
            read("", "2024-03-30"),
            Ok((day("2024-01-01"), day("2024-03-30")))
        );
        for (from, to, fields) in [
            ("2024-01-01", "2025-01-01", vec!["from"]),
            ("2026-12-02", "", vec!["to"]),
            ("yesterday", "2026-02-30", vec!["from", "to"]),
            ("12026-01-01", "-2026-1-1", vec!["from", "to"]),
        ] {
            let fields = fields.into_iter().map(str::to_owned).collect();
            assert_eq!(read(from, to), Err(fields), "{from} {to}");
        }
    }

    #[test]
    fn only_days_that_are_over_are_remembered() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        let kept = |found: &RunDaysFound, now: &str| {
            let mut known = BTreeMap::new();
            let span = (day("2026-11-25"), day("2026-11-30"));
            remember(&mut known, found, span, at(now));
            known
                .into_keys()
                .map(|day| day.to_string())
                .collect::<Vec<_>>()
        };
        let mut found = RunDaysFound::default();
        let all = kept(&found, "2026-11-30T12:00:00Z");
        assert_eq!(all.last().map(String::as_str), Some("2026-11-29"));
        assert_eq!(all.len(), 5);
        // Midnight has just passed.
        assert_eq!(kept(&found, "2026-11-30T00:30:00Z").len(), 4);
        found.open_since = Some(at("2026-11-27T08:00:00Z"));
        assert_eq!(
            kept(&found, "2026-11-30T12:00:00Z"),
            ["2026-11-25", "2026-11-26"]
        );
        found.cut = Some(day("2026-11-25"));
        assert_eq!(kept(&found, "2026-11-30T12:00:00Z"), ["2026-11-26"]);
    }
}
