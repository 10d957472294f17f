//! What all readers of texts with days share: the options, the bounds, and the collector of their results.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Day;
use super::fault::{Ignored, Place, ReadFault, Reason};

/// The most entries that are listed as ignored.
pub const MAX_IGNORED: usize = 20;
/// The first and the last year that are read.
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 1970..=2200;
/// More than the days of all these years.
pub(super) const ALL_DAYS: usize = 231 * 366;
/// The longest name of a day, in characters; longer ones are cut.
const MAX_NAME: usize = 60;

/// The result of reading a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Read {
    /// The days, ascending and each once; the last mention in the text wins. Never empty.
    pub days: Vec<(Date, Day)>,
    /// The first entries that could not be used.
    pub ignored: Vec<Ignored>,
    /// How many more there were.
    pub ignored_more: usize,
}

/// How to read a text.
#[derive(Clone, Debug)]
pub struct How {
    /// Whether the events of an iCalendar text that do not say so themselves are working days.
    pub as_work_days: bool,
    /// Bounds its repeated events: they are expanded from the year before it to ten years ahead.
    pub this_year: i16,
    /// The zone that decides on which day a UTC time of an iCalendar text falls, when the text names none.
    pub zone: TimeZone,
}

/// Collects days within the bounds.
#[derive(Debug)]
pub(super) struct Collector {
    days: BTreeMap<Date, Day>,
    taken: usize,
    limit: usize,
    ignored: Vec<Ignored>,
    ignored_more: usize,
}

impl Collector {
    /// For at most `limit` days.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            days: BTreeMap::new(),
            taken: 0,
            limit,
            ignored: Vec::new(),
            ignored_more: 0,
        }
    }

    /// Takes a day. Repeated mentions count towards the limit, so that it also bounds the work.
    pub(super) fn add(&mut self, date: Date, work: bool, name: &str) -> Result<(), ReadFault> {
        if self.taken >= self.limit {
            return Err(ReadFault::TooManyDays);
        }
        self.taken += 1;
        let name = clean_name(name);
        self.days.insert(date, Day { work, name });
        Ok(())
    }

    /// Takes all days of a range, both ends inclusive.
    pub(super) fn add_range(
        &mut self,
        first: Date,
        last: Date,
        work: bool,
        name: &str,
    ) -> Result<(), ReadFault> {
        let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
        for day in days.take_while(|day| *day <= last) {
            self.add(day, work, name)?;
        }
        Ok(())
    }

    /// Notes an entry that is not used.
    pub(super) fn ignore(&mut self, place: Place, what: &str, reason: Reason) {
        if self.ignored.len() < MAX_IGNORED {
            let what = shorten(what, 40);
            self.ignored.push(Ignored {
                place,
                what,
                reason,
            });
        } else {
            self.ignored_more += 1;
        }
    }

    /// How many days were taken, repeated mentions included.
    #[cfg(test)]
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    pub(super) fn into_days(self) -> BTreeMap<Date, Day> {
        self.days
    }

    pub(super) fn read(self) -> Read {
        Read {
            days: self.days.into_iter().collect(),
            ignored: self.ignored,
            ignored_more: self.ignored_more,
        }
    }
}

/// A name fit for one line.
pub(super) fn clean_name(name: &str) -> String {
    shorten(name, MAX_NAME)
}

/// One line of at most `max` characters, without control characters.
fn shorten(text: &str, max: usize) -> String {
    let mut short = String::new();
    let mut length = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if length > 0 {
            short.push(' ');
            length += 1;
        }
        for c in word.chars() {
            if length >= max {
                short.push('…');
                return short;
            }
            short.push(c);
            length += 1;
        }
    }
    short
}

/// Reads `2026-10-01` or `20261001`.
pub(super) fn date(text: &str) -> Result<Date, Reason> {
    let bytes = text.as_bytes();
    let shaped = match bytes.len() {
        10 => bytes[4] == b'-' && bytes[7] == b'-',
        8 => true,
        _ => false,
    };
    // jiff would also accept times, zones and signs.
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if !shaped || digits != 8 {
        return Err(Reason::NotADate);
    }
    let date: Date = text.parse().map_err(|_| Reason::NoSuchDate)?;
    if YEARS.contains(&date.year()) {
        Ok(date)
    } else {
        Err(Reason::YearOutOfRange)
    }
}
