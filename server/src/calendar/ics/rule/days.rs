//! Week numbers.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// The week of its year that a day lies in. Week 1 is the first with at least four days in the year (RFC 5545,
/// section 3.3.10, `BYWEEKNO`), so the last days of a year may lie in week 1 of the next.
pub(super) struct WeekNumber {
    /// From 1.
    pub(super) number: i16,
    /// The number of weeks of that year.
    pub(super) of: i16,
}

impl WeekNumber {
    /// The week of a day, with weeks that start on `week_start`.
    pub(super) fn of(day: Date, week_start: Weekday) -> Self {
        // A week belongs to the year that its fourth day lies in.
        let fourth = |day: Date| {
            let back = i32::from(day.weekday().since(week_start));
            day.saturating_add((3 - back).days())
        };
        let number_of = |fourth: Date| (fourth.day_of_year() - 1) / 7 + 1;
        let own = fourth(day);
        let last = own.last_of_year();
        let last = match fourth(last) {
            within if within.year() == own.year() => within,
            beyond => beyond.saturating_sub(7.days()),
        };
        Self {
            number: number_of(own),
            of: number_of(last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_from_monday_are_those_of_iso_8601() {
        let mut day = jiff::civil::date(1999, 1, 1);
        while day.year() < 2030 {
            let week = WeekNumber::of(day, Weekday::Monday);
            let iso = day.iso_week_date();
            assert_eq!(week.number, i16::from(iso.week()), "{day}");
            assert_eq!(week.of, i16::from(iso.weeks_in_year()), "{day}");
            day = day.tomorrow().expect("a day");
        }
    }
}
