//! Our own lines: `2026-10-01..2026-10-07 rest 国庆节`, the format of `cn.txt`.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::Day;
use super::fault::{Place, ReadFault, Reason};
use super::found::{Collector, clean_name, date};

/// Reads lines; skips empty ones and those that start with `#`.
pub(super) fn read(text: &str, found: &mut Collector) -> Result<(), ReadFault> {
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match parse(line) {
            Ok((first, last, work, name)) => found.add_range(first, last, work, name)?,
            Err(reason) => found.ignore(Place::Line(index + 1), line, reason),
        }
    }
    Ok(())
}

fn parse(line: &str) -> Result<(Date, Date, bool, &str), Reason> {
    let (days, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (first, last) = match days.split_once("..") {
        Some((first, last)) => (date(first)?, date(last)?),
        None => (date(days)?, date(days)?),
    };
    if last < first {
        return Err(Reason::EndsBeforeStart);
    }
    let rest = rest.trim_start();
    let (kind, name) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    match kind {
        "work" => Ok((first, last, true, name)),
        "rest" => Ok((first, last, false, name)),
        _ => Err(Reason::NeitherWorkNorRest),
    }
}

/// Writes days as lines, adjacent days of one kind and name as a range. They must be ascending.
#[must_use]
pub fn to_lines<'a>(days: impl IntoIterator<Item = (&'a Date, &'a Day)>) -> String {
    let mut text = String::new();
    let mut days = days.into_iter().peekable();
    while let Some((first, day)) = days.next() {
        let mut last = *first;
        while let Some((next, _)) =
            days.next_if(|(next, same)| last.tomorrow().is_ok_and(|t| t == **next) && *same == day)
        {
            last = *next;
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{first}");
        if last != *first {
            let _ = write!(text, "..{last}");
        }
        text.push_str(if day.work { " work" } else { " rest" });
        let name = clean_name(&day.name);
        if !name.is_empty() {
            let _ = write!(text, " {name}");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;
    use crate::calendar::{Ignored, MAX_DAYS, MAX_IGNORED, WorkCalendar, read_as};

    fn day(work: bool, name: &str) -> Day {
        let name = name.to_owned();
        Day { work, name }
    }

    #[test]
    fn days_and_ranges_are_read_and_the_last_mention_counts() {
        let text = "\u{feff}# ours\r\n2026-07-01..2026-07-03 rest  Summer   closing # 1\r\n\r\n\
                    2026-07-02\twork\r\n20260711 work 搬家";
        let read = read_as(text, true, 2026).expect("days");
        let expected = [
            (date(2026, 7, 1), day(false, "Summer closing # 1")),
            (date(2026, 7, 2), day(true, "")),
            (date(2026, 7, 3), day(false, "Summer closing # 1")),
            (date(2026, 7, 11), day(true, "搬家")),
        ];
        assert_eq!(read.days, expected);
        assert_eq!((read.ignored.len(), read.ignored_more), (0, 0));
    }

    #[test]
    fn what_cannot_be_read_is_listed_with_its_line() {
        let text = "2026-02-30 rest\n2026-01-01\n2026-01-02 holiday\n2026-01-05..2026-01-03 rest\n\
                    1969-12-31 rest\n2201-01-01 rest\n2026-01-01..x rest\nwhat\n2026-01-06 rest ok";
        let read = read_as(text, false, 2026).expect("one day");
        assert_eq!(read.days, [(date(2026, 1, 6), day(false, "ok"))]);
        let reasons: Vec<_> = read.ignored.iter().map(|i| (i.place, i.reason)).collect();
        let expected = [
            Reason::NoSuchDate,
            Reason::NeitherWorkNorRest,
            Reason::NeitherWorkNorRest,
            Reason::EndsBeforeStart,
            Reason::YearOutOfRange,
            Reason::YearOutOfRange,
            Reason::NotADate,
            Reason::NotADate,
        ];
        let expected: Vec<_> = (1..).map(Place::Line).zip(expected).collect();
        assert_eq!(reasons, expected);
    }

    #[test]
    fn a_text_that_is_something_else_is_refused() {
        let html = "<!DOCTYPE html>\n<title>404</title>\n".repeat(100);
        let fault = read_as(&html, false, 2026).expect_err("no days");
        let first = Ignored {
            place: Place::Line(1),
            what: "<!DOCTYPE html>".to_owned(),
            reason: Reason::NotADate,
        };
        let first = Some(Box::new(first));
        assert_eq!(fault, ReadFault::NoDays { first });
        let nothing = ReadFault::NoDays { first: None };
        assert_eq!(read_as("# only\n", false, 2026), Err(nothing));
        assert_eq!(read_as("\u{feff} \n", false, 2026), Err(ReadFault::Empty));
    }

    #[test]
    fn many_days_and_many_faults_are_bounded() {
        let century = "2000-01-01..2199-12-31 rest\n";
        assert_eq!(read_as(century, false, 2026), Err(ReadFault::TooManyDays));
        let again = "2026-01-01 rest\n".repeat(MAX_DAYS);
        assert_eq!(read_as(&again, false, 2026).expect("all").days.len(), 1);
        let again = again + "2026-01-01 rest";
        assert_eq!(read_as(&again, false, 2026), Err(ReadFault::TooManyDays));
        let bad = "bad\n".repeat(100) + "2026-01-01 rest";
        let bad = read_as(&bad, false, 2026).expect("one day");
        assert_eq!(bad.ignored.len() + bad.ignored_more, 100);
        assert_eq!(bad.ignored.len(), MAX_IGNORED);
        let large = " ".repeat(crate::calendar::MAX_BYTES + 1);
        assert_eq!(read_as(&large, false, 2026), Err(ReadFault::TooLarge));
    }

    #[test]
    fn ranges_are_folded_and_names_stay_on_their_line() {
        let days = BTreeMap::from([
            (date(2025, 12, 31), day(false, "A")),
            (date(2026, 1, 1), day(false, "A")),
            (date(2026, 1, 2), day(false, "B\n2026-01-03 rest")),
            (date(2026, 1, 4), day(true, "")),
            (date(2026, 1, 5), day(false, "")),
        ]);
        let text = to_lines(&days);
        let expected = "2025-12-31..2026-01-01 rest A\n2026-01-02 rest B 2026-01-03 rest\n\
                        2026-01-04 work\n2026-01-05 rest\n";
        assert_eq!(text, expected);
        assert_eq!(WorkCalendar::from_lines("x", &text).days.len(), 5);
        assert_eq!(to_lines(&BTreeMap::new()), "");
    }
}
