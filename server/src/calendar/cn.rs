//! The Chinese statutory calendar that comes with the product.

use std::sync::LazyLock;

use super::WorkCalendar;

/// The name of the built-in calendar.
pub const BUILT_IN: &str = "cn";

/// The lines of the file; a test makes sure they can be read.
pub(super) const LINES: &str = include_str!("cn.txt");

static CALENDAR: LazyLock<WorkCalendar> =
    LazyLock::new(|| WorkCalendar::from_lines(BUILT_IN, LINES));

/// The statutory holidays of China with their make-up days, as the State Council announced them.
#[must_use]
pub fn built_in() -> &'static WorkCalendar {
    &CALENDAR
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, Weekday, date};

    use super::*;
    use crate::calendar::found::Collector;
    use crate::calendar::{MAX_DAYS, lines, to_lines};

    /// Year, days of rest as the notices count them, make-up days, working days in total. The packages of
    /// `scripts/check-cn-calendar` count the same working days.
    const YEARS: [(i16, usize, usize, usize); 10] = [
        (2017, 24, 5, 249),
        (2018, 25, 7, 250),
        (2019, 22, 6, 250),
        (2020, 30, 6, 249),
        (2021, 31, 7, 250),
        (2022, 32, 7, 249),
        (2023, 26, 7, 249),
        (2024, 28, 8, 251),
        (2025, 28, 5, 248),
        (2026, 33, 6, 248),
    ];

    #[test]
    fn every_line_can_be_read_and_no_day_is_named_twice() {
        let mut found = Collector::new(MAX_DAYS);
        lines::read(LINES, &mut found).expect("not too many days");
        let (taken, read) = (found.taken(), found.read());
        assert_eq!(read.ignored, []);
        assert_eq!(read.days.len(), taken, "a day is named twice");
        assert!(read.days.iter().all(|(_, day)| !day.name.is_empty()));
    }

    #[test]
    fn the_years_have_their_days() {
        let cn = built_in();
        assert_eq!(cn.years(), YEARS.map(|(year, ..)| year));
        for (year, rest, made_up, work) in YEARS {
            let of_year = |date: &Date| date.year() == year;
            let named: Vec<_> = cn.days.iter().filter(|(date, _)| of_year(date)).collect();
            let make_up: Vec<_> = named.iter().filter(|(_, day)| day.work).collect();
            assert_eq!(named.len() - make_up.len(), rest, "{year}");
            assert_eq!(make_up.len(), made_up, "{year}");
            for (date, day) in make_up {
                let weekday = date.weekday();
                assert!(
                    matches!(weekday, Weekday::Saturday | Weekday::Sunday),
                    "{date}: make-up days are weekend days"
                );
                assert!(day.name.ends_with("调休"), "{date}");
            }
            let days = date(year, 1, 1).series(jiff::Span::new().days(1));
            let all = days.take_while(of_year).filter(|date| cn.is_work(*date));
            assert_eq!(all.count(), work, "{year}");
        }
    }

    #[test]
    fn single_days_are_as_announced() {
        let cn = built_in();
        for (day, work, name) in [
            (date(2018, 12, 29), true, Some("元旦调休")),
            (date(2018, 12, 31), false, Some("元旦")),
            (date(2019, 5, 3), false, Some("劳动节")),
            (date(2019, 5, 5), true, Some("劳动节调休")),
            // Extended to 2 February; the 1st had been a make-up day.
            (date(2020, 1, 31), false, Some("春节")),
            (date(2020, 2, 1), false, Some("春节")),
            (date(2020, 2, 2), false, Some("春节")),
            (date(2020, 2, 3), true, None),
            (date(2022, 12, 31), false, Some("元旦")),
            (date(2023, 10, 7), true, Some("中秋节、国庆节调休")),
            (date(2024, 2, 9), true, None),
            (date(2025, 10, 8), false, Some("国庆节、中秋节")),
            (date(2026, 2, 14), true, Some("春节调休")),
            (date(2026, 9, 20), true, Some("国庆节调休")),
            (date(2026, 9, 28), true, None),
            (date(2026, 10, 1), false, Some("国庆节")),
            (date(2026, 10, 8), true, None),
            (date(2026, 10, 10), true, Some("国庆节调休")),
            (date(2026, 10, 17), false, None),
        ] {
            assert_eq!(cn.is_work(day), work, "{day}");
            assert_eq!(cn.day_name(day), name, "{day}");
        }
    }

    #[test]
    fn the_file_survives_export_and_import() {
        let cn = built_in();
        let text = to_lines(&cn.days);
        assert_eq!(&WorkCalendar::from_lines(BUILT_IN, &text), cn);
        assert!(text.contains("2026-10-01..2026-10-07 rest 国庆节\n2026-10-10 work 国庆节调休\n"));
        // The same lines as in the file, except for its comments and the order at new year.
        let mut lines: Vec<_> = LINES.lines().filter(|l| l.starts_with('2')).collect();
        lines.sort_unstable();
        assert_eq!(text.lines().collect::<Vec<_>>(), lines);
    }
}
