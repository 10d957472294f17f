//! Events of iCalendar that repeat once a year (RFC 5545, section 3.3.10).

use jiff::civil::Date;

use super::fault::Reason;
use super::read::date;

/// How far ahead of this year, or of its start, an event is repeated.
const YEARS_AHEAD: i16 = 10;
/// No event is repeated beyond this year.
const LAST_YEAR: i16 = 2100;

/// A rule of repetition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Yearly {
    interval: i16,
    count: Option<u32>,
    until: Option<Date>,
}

impl Yearly {
    /// Reads a rule for an event that starts on a day. Parts that say what is so anyway are taken,
    /// since some programs write them: `FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1` from 1 October.
    pub(super) fn parse(rule: &str, start: Date) -> Result<Self, Reason> {
        let mut yearly = Self {
            interval: 1,
            count: None,
            until: None,
        };
        let mut frequency = false;
        for part in rule.split(';').filter(|part| !part.trim().is_empty()) {
            let (key, value) = part.split_once('=').ok_or(Reason::Repetition)?;
            let value = value.trim();
            let says = |same: i8| value.parse() == Ok(same);
            let known = match key.trim().to_ascii_uppercase().as_str() {
                "FREQ" => {
                    frequency = value.eq_ignore_ascii_case("YEARLY");
                    frequency
                }
                "INTERVAL" => {
                    yearly.interval = value.parse().unwrap_or(0);
                    yearly.interval > 0
                }
                "COUNT" => {
                    yearly.count = value.parse().ok();
                    yearly.count.is_some()
                }
                "UNTIL" => {
                    // With a time, the day it falls on.
                    let day = value.split(['T', 't']).next().unwrap_or(value);
                    yearly.until = date(day).ok();
                    yearly.until.is_some()
                }
                "BYMONTH" => says(start.month()),
                "BYMONTHDAY" => says(start.day()),
                // Matters to weekly rules only.
                "WKST" => true,
                _ => false,
            };
            if !known {
                return Err(Reason::Repetition);
            }
        }
        frequency.then_some(yearly).ok_or(Reason::Repetition)
    }

    /// The days on which the event starts, from the year before `this_year` to ten years ahead of
    /// it or of the first start. Never more than 131: starts lie in 1970 or later.
    pub(super) fn starts(&self, start: Date, this_year: i16) -> Vec<Date> {
        let ahead = start.year().max(this_year).saturating_add(YEARS_AHEAD);
        let last = ahead.min(LAST_YEAR.max(start.year()));
        let years = std::iter::successors(Some(start.year()), |y| y.checked_add(self.interval));
        let mut left = self.count.unwrap_or(u32::MAX);
        years
            .take_while(|year| *year <= last)
            // A 29 February comes only in leap years, and only those count.
            .filter_map(|year| Date::new(year, start.month(), start.day()).ok())
            .take_while(|day| self.until.is_none_or(|until| *day <= until))
            .take_while(|_| {
                let more = left > 0;
                left = left.saturating_sub(1);
                more
            })
            .filter(|day| day.year() >= this_year.saturating_sub(1))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn years(rule: &str, start: Date) -> Vec<i16> {
        let rule = Yearly::parse(rule, start).expect("a yearly rule");
        let starts = rule.starts(start, 2026);
        assert!(
            starts
                .iter()
                .all(|d| (d.month(), d.day()) == (start.month(), start.day()))
        );
        starts.iter().map(|day| day.year()).collect()
    }

    #[test]
    fn an_event_repeats_within_bounds() {
        let until_2036: Vec<i16> = (2025..=2036).collect();
        let (old, new) = (date(1970, 10, 1), date(2026, 10, 1));
        assert_eq!(years("FREQ=YEARLY", old), until_2036);
        assert_eq!(years("freq=yearly;WKST=MO;", old), until_2036);
        assert_eq!(
            years("FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1", old),
            until_2036
        );
        assert_eq!(years("FREQ=YEARLY", new), until_2036[1..]);
        assert_eq!(
            years("FREQ=YEARLY", date(2095, 1, 1)),
            (2095..=2100).collect::<Vec<_>>()
        );
        assert_eq!(years("FREQ=YEARLY", date(2150, 1, 1)), [2150]);
        assert_eq!(years("COUNT=2;FREQ=YEARLY", new), [2026, 2027]);
        // It began in 1970, so its 57th time is in 2026.
        assert_eq!(years("FREQ=YEARLY;COUNT=57", old), [2025, 2026]);
        assert_eq!(years("FREQ=YEARLY;INTERVAL=5", old), [2025, 2030, 2035]);
        assert_eq!(years("FREQ=YEARLY;INTERVAL=32767", new), [2026]);
        assert_eq!(years("FREQ=YEARLY;UNTIL=20281001", new), [2026, 2027, 2028]);
        assert_eq!(
            years("FREQ=YEARLY;UNTIL=20280930T155959Z", new),
            [2026, 2027]
        );
        assert_eq!(years("FREQ=YEARLY;UNTIL=20001001", old), [0; 0]);
        assert_eq!(years("FREQ=YEARLY;COUNT=2", date(2024, 2, 29)), [2028]);
    }

    #[test]
    fn other_rules_are_refused() {
        for rule in [
            "",
            "YEARLY",
            "FREQ=MONTHLY",
            "INTERVAL=1",
            "FREQ=YEARLY;INTERVAL=0",
            "FREQ=YEARLY;INTERVAL=-1",
            "FREQ=YEARLY;INTERVAL=99999",
            "FREQ=YEARLY;COUNT=x",
            "FREQ=YEARLY;UNTIL=soon",
            "FREQ=YEARLY;BYMONTH=11",
            "FREQ=YEARLY;BYMONTH=10,11",
            "FREQ=YEARLY;BYMONTHDAY=-1",
            "FREQ=YEARLY;BYDAY=4TH",
            "FREQ=YEARLY;RSCALE=CHINESE",
        ] {
            let read = Yearly::parse(rule, date(2026, 10, 1));
            assert_eq!(read, Err(Reason::Repetition), "{rule}");
        }
    }
}
