//! Work calendars (日历): which days are working days, and the readers of texts that define them.
//!
//! Everything here is pure. A day that a calendar names is what it says; every other day is a working day from Monday
//! to Friday. Days are named one per line, in the format of `cn.txt`, in which they are also stored and exported.

mod cn;
mod content;
mod decode;
mod fault;
mod feed;
mod found;
mod ics;
mod json;
mod lines;
mod merge;
mod read;

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

pub use cn::{BUILT_IN, built_in};
pub use decode::{charset, decode};
pub use fault::{Ignored, Place, ReadFault, Reason};
pub use feed::{FeedEntry, feed};
pub use found::{How, MAX_IGNORED, Read};
pub use lines::to_lines;
#[cfg(test)]
use read::read_as;
pub use read::{MAX_BYTES, MAX_DAYS, read};

/// How far to search for the next working day: a calendar may declare every day a day off.
const MAX_SEARCH: usize = 400;

/// A day that a calendar names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Day {
    /// Whether it is a working day.
    pub work: bool,
    /// What it is called, for example 国庆节; may be empty.
    pub name: String,
}

/// A calendar of working days and days off.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WorkCalendar {
    /// Its name; `cn` is the built-in one.
    pub name: String,
    /// The days that differ from Monday to Friday, or have a name.
    pub days: BTreeMap<Date, Day>,
}

impl WorkCalendar {
    /// A calendar of the days that lines in the format of `cn.txt` name. Lines that cannot be read are ignored: this
    /// is for our own data; texts from outside go through [`read()`].
    #[must_use]
    pub fn from_lines(name: &str, text: &str) -> Self {
        let mut found = found::Collector::new(found::ALL_DAYS);
        // A calendar names each day once, so its own lines stay within the limit.
        let _ = lines::read(text, &mut found);
        Self {
            name: name.to_owned(),
            days: found.into_days(),
        }
    }

    /// Whether a day is a working day.
    #[must_use]
    pub fn is_work(&self, date: Date) -> bool {
        match self.days.get(&date) {
            Some(day) => day.work,
            None => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
        }
    }

    /// The name of a day, when it has one.
    #[must_use]
    pub fn day_name(&self, date: Date) -> Option<&str> {
        let name = self.days.get(&date)?.name.as_str();
        (!name.is_empty()).then_some(name)
    }

    /// Whether any day of a year is named. Other years are plain Monday to Friday, which pages that show their days
    /// have to say.
    #[must_use]
    pub fn has_year(&self, year: i16) -> bool {
        match (Date::new(year, 1, 1), Date::new(year, 12, 31)) {
            (Ok(first), Ok(last)) => self.days.range(first..=last).next().is_some(),
            _ => false,
        }
    }

    /// The years in which any day is named, ascending.
    #[must_use]
    pub fn years(&self) -> Vec<i16> {
        let mut years: Vec<i16> = self.days.keys().map(|date| date.year()).collect();
        years.dedup();
        years
    }

    /// The day itself when it is a working day, else the first working day after it; `None` when there
    /// is none in the 400 days from it.
    #[must_use]
    pub fn next_work_day(&self, date: Date) -> Option<Date> {
        self.find(date, |day| day.tomorrow().ok())
    }

    /// The day itself when it is a working day, else the last working day before it; `None` when there
    /// is none in the 400 days up to it.
    #[must_use]
    pub fn previous_work_day(&self, date: Date) -> Option<Date> {
        self.find(date, |day| day.yesterday().ok())
    }

    fn find(&self, from: Date, step: impl Fn(&Date) -> Option<Date>) -> Option<Date> {
        std::iter::successors(Some(from), step)
            .take(MAX_SEARCH)
            .find(|day| self.is_work(*day))
    }

    /// A working day of a month: 1 is its first, 2 the second, −1 the last, −2 the one before.
    /// `None` when the month has no such working day.
    #[must_use]
    pub fn nth_work_day(&self, year: i16, month: i8, nth: i8) -> Option<Date> {
        let first = Date::new(year, month, 1).ok()?;
        let days = (1..=first.days_in_month()).filter_map(|day| Date::new(year, month, day).ok());
        let mut work = days.filter(|day| self.is_work(*day));
        let skip = usize::from(nth.unsigned_abs().checked_sub(1)?);
        if nth > 0 {
            work.nth(skip)
        } else {
            work.nth_back(skip)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn weekend() -> WorkCalendar {
        WorkCalendar::default()
    }

    #[test]
    fn a_firing_moves_across_a_long_holiday() {
        let cn = built_in();
        for (from, next, previous) in [
            // Ten days between working days, with a make-up day on the Saturday before.
            (date(2026, 2, 15), date(2026, 2, 24), date(2026, 2, 14)),
            (date(2026, 2, 23), date(2026, 2, 24), date(2026, 2, 14)),
            // From the middle of the golden week.
            (date(2026, 10, 3), date(2026, 10, 8), date(2026, 9, 30)),
            // The Sunday behind a make-up Saturday.
            (date(2026, 10, 11), date(2026, 10, 12), date(2026, 10, 10)),
            // The extension of 2020.
            (date(2020, 2, 1), date(2020, 2, 3), date(2020, 1, 23)),
            // Across the end of a year: 2023-01-01 lies in 2022-12-31..2023-01-02.
            (date(2023, 1, 1), date(2023, 1, 3), date(2022, 12, 30)),
            // A working day stays.
            (date(2026, 2, 14), date(2026, 2, 14), date(2026, 2, 14)),
        ] {
            assert_eq!(cn.next_work_day(from), Some(next), "{from}");
            assert_eq!(cn.previous_work_day(from), Some(previous), "{from}");
        }
    }

    #[test]
    fn work_days_of_a_month_are_counted_from_both_ends() {
        let cn = built_in();
        for (month, nth, day) in [
            // October 2026: rest until the 7th, a Wednesday; the 10th makes up.
            (10, 1, Some(8)),
            (10, 3, Some(10)),
            (10, 4, Some(12)),
            (10, -1, Some(30)),
            (10, 18, Some(30)),
            (10, -18, Some(8)),
            (10, 19, None),
            (10, -19, None),
            // February 2026: rest from the 15th to the 23rd; the 14th and 28th make up.
            (2, 1, Some(2)),
            (2, 11, Some(14)),
            (2, 12, Some(24)),
            (2, -1, Some(28)),
            (2, 16, Some(28)),
            (2, 17, None),
            (2, 0, None),
            (2, i8::MIN, None),
            (2, i8::MAX, None),
            (13, 1, None),
        ] {
            let expected = day.map(|day| date(2026, month, day));
            assert_eq!(cn.nth_work_day(2026, month, nth), expected, "{month} {nth}");
        }
    }

    #[test]
    fn a_year_without_data_is_monday_to_friday() {
        let cn = built_in();
        assert!(!cn.has_year(2050) && !cn.has_year(i16::MAX));
        assert!(!cn.is_work(date(2050, 10, 1)) && cn.is_work(date(2050, 10, 3)));
        assert_eq!(cn.day_name(date(2050, 10, 1)), None);
        assert_eq!(weekend().nth_work_day(2050, 10, 1), Some(date(2050, 10, 3)));
        assert_eq!(weekend().years(), Vec::<i16>::new());
    }

    #[test]
    fn a_calendar_of_all_years_survives_its_lines() {
        let text = "1970-01-01..2200-12-31 rest A";
        let calendar = WorkCalendar::from_lines("x", text);
        assert_eq!((calendar.years().len(), calendar.days.len()), (231, 84_371));
        assert_eq!(to_lines(&calendar.days), format!("{text}\n"));
    }

    #[test]
    fn a_calendar_of_rest_days_only_ends_the_search() {
        let mut calendar = weekend();
        let rest = Day {
            work: false,
            name: String::new(),
        };
        let days = std::iter::successors(Some(date(2026, 1, 1)), |day| day.tomorrow().ok());
        calendar.days = days.take(800).map(|day| (day, rest.clone())).collect();
        assert_eq!(calendar.next_work_day(date(2026, 1, 1)), None);
        assert_eq!(calendar.previous_work_day(date(2027, 3, 1)), None);
        assert_eq!(calendar.nth_work_day(2026, 5, 1), None);
        assert_eq!(calendar.day_name(date(2026, 1, 1)), None, "no name is none");
        assert_eq!(calendar.next_work_day(Date::MAX), Some(Date::MAX));
        assert_eq!(calendar.years(), [2026, 2027, 2028]);
    }
}
