//! Day rules: where a firing named for one day ends up.

use app::schedule::DayRule;
use chrono::{DateTime, TimeDelta, Utc};
use jiff::ToSpan;
use jiff::civil::{Date, Time};

use super::reach::{first_landing, last_landing};
use super::{Excluded, Firing, Slot};
use crate::calendar::WorkCalendar;
use crate::timetable::{Cycle, at_time_on, civil_date, civil_time, start_of_day};

/// Groups of days examined before a rule counts as never firing: 31 years of months.
const GROUPS: usize = 372;

/// The first slot after an instant, for rules that keep a firing on its day.
pub(super) fn kept(
    cycle: &Cycle,
    rule: DayRule,
    calendar: Option<&WorkCalendar>,
    after: DateTime<Utc>,
) -> Option<Slot> {
    let at = cycle.next_after(after)?;
    let excluded = calendar.and_then(|calendar| {
        let date = civil_date(cycle.zone(), at);
        let work = calendar.is_work(date);
        let counts = match rule {
            DayRule::WorkDays => work,
            DayRule::RestDays => !work,
            _ => true,
        };
        (!counts).then_some(Excluded::Day { date, work })
    });
    Some(Slot {
        at,
        firings: vec![Firing {
            excluded,
            ..Firing::plain(at)
        }],
    })
}

/// The first slot after an instant on the given working day of a month.
pub(super) fn nth(
    cycle: &Cycle,
    calendar: &WorkCalendar,
    nth: i8,
    after: DateTime<Utc>,
) -> Option<Slot> {
    let from = civil_date(cycle.zone(), after);
    let mut month = from.first_of_month();
    for _ in 0..GROUPS {
        let day = calendar.nth_work_day(month.year(), month.month(), nth);
        if let Some(day) = day.filter(|day| *day >= from)
            && let Some((at, _)) = first_after(cycle, day, day, after)
        {
            return Some(Slot::plain(at));
        }
        month = month.checked_add(1.month()).ok()?;
    }
    None
}

/// The first slot after an instant where firings on days off move to a working day. Firings named for
/// a time before `born` are ignored.
pub(super) fn moved(
    cycle: &Cycle,
    calendar: &WorkCalendar,
    forward: bool,
    born: DateTime<Utc>,
    after: DateTime<Utc>,
) -> Option<Slot> {
    let zone = cycle.zone();
    // Nothing starts before that, and iterating over years of it would exhaust the search.
    let birthday = civil_date(zone, born);
    let first = match calendar.previous_work_day(birthday) {
        Some(work_day) if !forward => start_of_day(zone, work_day).min(born),
        _ => born,
    } - TimeDelta::microseconds(1);
    let after = after.max(first);
    let today = civil_date(zone, after);
    let mut named = if forward {
        first_landing(calendar, today)
    } else {
        today
    };
    for _ in 0..GROUPS {
        // The next day that the schedule names.
        let before = start_of_day(zone, named) - TimeDelta::microseconds(1);
        let next = cycle.next_after(before)?;
        let day = civil_date(zone, next);
        let target = if forward {
            calendar.next_work_day(day)
        } else {
            calendar.previous_work_day(day)
        };
        let Some(target) = target else {
            // No working day in reach: recorded at its own time, not hidden. On the day of `after` that time may have
            // passed; the day may still have another one.
            let at = if next > after {
                next
            } else {
                cycle.next_after(after)?
            };
            if civil_date(zone, at) == day {
                return Some(Slot {
                    at,
                    firings: vec![Firing {
                        scheduled_for: at,
                        due_at: at,
                        postponed: false,
                        excluded: Some(Excluded::Nowhere { date: day }),
                    }],
                });
            }
            named = day.tomorrow().ok()?;
            continue;
        };
        let last = last_landing(calendar, target, forward);
        if let Some(slot) = landing(cycle, target, (day, last), born, after) {
            return Some(slot);
        }
        named = last.max(day).tomorrow().ok()?;
    }
    None
}

/// The earliest slot after `after` on `target`, from the firings named for the days `first..=last`.
fn landing(
    cycle: &Cycle,
    target: Date,
    (first, last): (Date, Date),
    born: DateTime<Utc>,
    after: DateTime<Utc>,
) -> Option<Slot> {
    let mut best: Option<(DateTime<Utc>, Vec<(Date, Time)>)> = None;
    let mut day = first;
    while day <= last {
        let found = first_after(cycle, day, target, after)
            .filter(|(_, time)| at_time_on(cycle.zone(), day, *time) >= born);
        if let Some((at, time)) = found {
            match &mut best {
                Some((best_at, named)) if *best_at == at => named.push((day, time)),
                Some((best_at, _)) if *best_at < at => {}
                _ => best = Some((at, vec![(day, time)])),
            }
        }
        day = day.tomorrow().ok()?;
    }
    let (at, named) = best?;
    // The day's own firing takes precedence over one moved here; otherwise the first one named.
    let chosen = named
        .iter()
        .find(|(day, _)| *day == target)
        .or_else(|| named.first())
        .map(|(day, _)| *day)?;
    let firings = named
        .into_iter()
        .map(|(day, time)| Firing {
            scheduled_for: at_time_on(cycle.zone(), day, time),
            due_at: at,
            postponed: false,
            excluded: (day != chosen).then_some(Excluded::Merged { date: day }),
        })
        .collect();
    Some(Slot { at, firings })
}

/// The first instant after `after` at which a firing named for `named` runs when it is moved to `target`.
fn first_after(
    cycle: &Cycle,
    named: Date,
    target: Date,
    after: DateTime<Utc>,
) -> Option<(DateTime<Utc>, Time)> {
    let zone = cycle.zone();
    let mut not_before = (civil_date(zone, after) == target).then(|| civil_time(zone, after));
    // A few steps at most: times that a gap or a repeated hour puts at `after` or before it.
    for _ in 0..10_000 {
        let time = cycle.first_on(named, not_before)?;
        let at = at_time_on(zone, target, time);
        if at > after {
            return Some((at, time));
        }
        not_before = Some(time.checked_add(1.second()).ok()?);
    }
    None
}
