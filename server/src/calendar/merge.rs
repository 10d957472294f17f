//! Imports the days of a text into a calendar.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Read, WorkCalendar};

/// The day of December from which days may belong to the next year's notice: the holiday of New Year's Day reaches
/// back into December, with a make-up day before it (2018-12-29).
const TURN: i8 = 24;

fn at_turn(date: Date) -> bool {
    date.month() == 12 && date.day() >= TURN
}

impl WorkCalendar {
    /// Imports the days of a text: adds them to the existing ones or, with `replace_years`, replaces all days of the
    /// years in the text.
    ///
    /// Years are those of the notices, which is how their days are published: a text of 2023 that starts with
    /// 2022-12-31 does not replace 2022, and a text of 2018 does not remove what the notice of 2019 said about the
    /// last days of 2018.
    pub fn merge(&mut self, read: &Read, replace_years: bool) {
        if replace_years {
            let named: BTreeSet<i16> = read.days.iter().map(|(date, _)| date.year()).collect();
            let next_is_named = |date: Date| named.contains(&date.year().saturating_add(1));
            let about: BTreeSet<i16> = (read.days.iter())
                .filter(|(date, _)| !at_turn(*date) || !next_is_named(*date))
                .map(|(date, _)| date.year())
                .collect();
            let known: BTreeSet<i16> = self.years().into_iter().collect();
            let next_is_known = |date: Date| known.contains(&date.year().saturating_add(1));
            self.days.retain(|date, _| {
                let set_by_next = at_turn(*date) && !next_is_named(*date) && next_is_known(*date);
                !about.contains(&date.year()) || set_by_next
            });
        }
        self.days.extend(read.days.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::calendar::{built_in, read_as};

    fn text(text: &str) -> Read {
        read_as(text, false, 2026).expect("days")
    }

    #[test]
    fn days_are_added_or_replace_their_years() {
        let old = WorkCalendar::from_lines(
            "x",
            "2025-07-01 rest old\n2026-07-01 rest old\n2026-07-04 work old\n2027-07-01 rest old",
        );
        let new = text("2026-07-01 work new\n2026-08-01 work new");
        let mut added = old.clone();
        added.merge(&new, false);
        assert_eq!(added.days.len(), 5);
        assert_eq!(added.day_name(date(2026, 7, 1)), Some("new"));
        let mut replaced = old;
        replaced.merge(&new, true);
        assert_eq!(replaced.days.len(), 4);
        assert!(!replaced.is_work(date(2026, 7, 4)));
        assert!(replaced.has_year(2025) && replaced.has_year(2027));
    }

    #[test]
    fn the_turn_of_the_year_belongs_to_the_next_notice() {
        let cn = built_in();
        // As the notices of 2023 and 2018 are published, each on its own.
        let of_2023 = text("2022-12-31..2023-01-02 rest 元旦\n2023-01-21..2023-01-27 rest 春节");
        let mut merged = cn.clone();
        merged.merge(&of_2023, true);
        assert_eq!(merged.day_name(date(2022, 10, 1)), Some("国庆节"));
        assert_eq!(merged.day_name(date(2022, 12, 31)), Some("元旦"));
        assert_eq!(merged.day_name(date(2023, 10, 1)), None);

        let of_2018 = text("2018-01-01 rest 元旦");
        let mut merged = cn.clone();
        merged.merge(&of_2018, true);
        assert!(merged.is_work(date(2018, 12, 29)) && !merged.is_work(date(2018, 12, 31)));
        assert_eq!(merged.day_name(date(2018, 10, 1)), None);

        // A text that names both years decides about the days in between.
        let both = text("2018-01-01 rest 元旦\n2019-01-01 rest 元旦");
        let mut merged = cn.clone();
        merged.merge(&both, true);
        assert_eq!(merged.day_name(date(2018, 12, 31)), None);
        // Nothing else names 2027, so these days are about 2026 themselves.
        let mut merged = cn.clone();
        merged.merge(&text("2026-12-25 rest Closing"), true);
        assert_eq!(merged.day_name(date(2026, 10, 1)), None);
    }

    #[test]
    fn the_whole_file_replaces_itself() {
        let mut cn = built_in().clone();
        cn.merge(&text(crate::calendar::cn::LINES), true);
        assert_eq!(&cn, built_in());
    }
}
