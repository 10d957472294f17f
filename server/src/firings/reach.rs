//! How far calendars move firings: a calendar may have more consecutive days off than the search for a working day
//! covers.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::calendar::WorkCalendar;

/// How far [`WorkCalendar::next_work_day`] and [`WorkCalendar::previous_work_day`] search beyond the day itself.
const REACH: i32 = 399;
/// How many such spans are searched at once.
const HOPS: usize = 10;

/// The first day whose firings move on to `today` or a later day.
pub(super) fn first_landing(calendar: &WorkCalendar, today: Date) -> Date {
    // If no working day is in reach of today, none is in reach of an earlier day.
    let Some(target) = calendar.next_work_day(today) else {
        return today;
    };
    let behind_last = today
        .yesterday()
        .ok()
        .and_then(|day| calendar.previous_work_day(day))
        .and_then(|work_day| work_day.tomorrow().ok());
    let in_reach = target.checked_sub(REACH.days()).unwrap_or(Date::MIN);
    behind_last.map_or(in_reach, |day| day.max(in_reach))
}

/// The last day whose firings land on `target`.
pub(super) fn last_landing(calendar: &WorkCalendar, target: Date, forward: bool) -> Date {
    if forward {
        return target;
    }
    // The days off after it, up to the next working day, as far as they reach back.
    target
        .tomorrow()
        .ok()
        .and_then(|day| calendar.next_work_day(day))
        .and_then(|work_day| work_day.yesterday().ok())
        .unwrap_or_else(|| target.checked_add(REACH.days()).unwrap_or(Date::MAX))
}

/// The first day after `date` from which a firing may be kept or moved again, where `date` is skipped as a day off
/// (`rest`) or as a working day. Where the calendar has none for years, some day among them that is not after one.
pub(super) fn behind(calendar: &WorkCalendar, date: Date, rest: bool, forward: bool) -> Date {
    let mut from = date.tomorrow().unwrap_or(Date::MAX);
    for _ in 0..HOPS {
        let found = if rest {
            calendar.next_work_day(from)
        } else {
            std::iter::successors(Some(from), |day| day.tomorrow().ok())
                .take(REACH as usize + 1)
                .find(|day| !calendar.is_work(*day))
        };
        match found {
            // Moved forward, it starts that much before the working day.
            Some(day) if forward => {
                let first = day.checked_sub(REACH.days()).unwrap_or(day);
                return first.max(date.tomorrow().unwrap_or(Date::MAX));
            }
            Some(day) => return day,
            None => from = from.checked_add((REACH + 1).days()).unwrap_or(Date::MAX),
        }
    }
    if forward {
        from.checked_sub(REACH.days()).unwrap_or(from)
    } else {
        from
    }
}
