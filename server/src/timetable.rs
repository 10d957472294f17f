//! When a cycle fires: croner's answers in the zones of the machine's own data.
//!
//! jiff reads the system's zoneinfo (or `TZDIR`) and falls back to a bundled copy, so a zone
//! change reaches us with the operating system's updates.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use app::cron::CronExpr;
use app::time::{Stamp, ZoneRules};
use chrono::{DateTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A zone name that the zone data does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown time zone {name:?}")]
pub struct UnknownZone {
    /// The name as it was given.
    pub name: String,
}

/// Looks a zone up by its IANA name.
///
/// # Errors
/// When there is no such zone.
pub fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    // jiff also takes names in any case and abbreviations; a name that differs from the IANA
    // spelling would not be found by other tools reading the same database.
    let unknown = || UnknownZone {
        name: name.to_owned(),
    };
    let found = jiff::tz::db().get(name).map_err(|_| unknown())?;
    if found.iana_name() == Some(name) || name == "UTC" {
        Ok(found)
    } else {
        Err(unknown())
    }
}

/// Names of all zones, sorted.
#[must_use]
pub fn zone_names() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .collect();
    names.retain(|name| !name.starts_with("posix") && !name.starts_with("right/"));
    names.sort_unstable();
    names.dedup();
    names
}

/// The system's zone, or UTC where it names none.
#[must_use]
pub fn system_zone() -> String {
    match TimeZone::system().iana_name() {
        // Another name for the same thing, and the longer one.
        None | Some("Etc/UTC") => "UTC".to_owned(),
        Some(name) => name.to_owned(),
    }
}

/// The offsets of a zone from a year before `now` to six years after it: all that pages show.
#[must_use]
pub fn rules(name: &str, zone: &TimeZone, now: DateTime<Utc>) -> ZoneRules {
    let now = timestamp(now);
    let year = SignedDuration::from_hours(366 * 24);
    let start = now.checked_sub(year).unwrap_or(Timestamp::MIN);
    let end = now.checked_add(year * 6).unwrap_or(Timestamp::MAX);
    let mut offsets = vec![(start.as_second(), zone.to_offset(start).seconds())];
    offsets.extend(
        zone.following(start)
            .take_while(|change| change.timestamp() <= end)
            .map(|change| (change.timestamp().as_second(), change.offset().seconds())),
    );
    ZoneRules {
        name: name.to_owned(),
        offsets,
    }
}

/// Reads an instant as people type it: RFC 3339, or a wall clock time in `zone`. A time in a gap
/// is taken as the first valid instant after it, a repeated one as its first pass.
#[must_use]
pub fn parse_instant(text: &str, zone: &TimeZone) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&Utc));
    }
    let text = text.replace('/', "-").replacen('T', " ", 1);
    let (date, time) = text.split_once(' ').unwrap_or((&text, "00:00:00"));
    let date: jiff::civil::Date = date.trim().parse().ok()?;
    let time = time.trim();
    let time: jiff::civil::Time = if time.matches(':').count() == 1 {
        format!("{time}:00").parse()
    } else {
        time.parse()
    }
    .ok()?;
    let zoned = zone
        .to_ambiguous_zoned(date.to_datetime(time))
        .compatible()
        .ok()?;
    datetime(zoned.timestamp())
}

fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp::from_microsecond(at.timestamp_micros()).unwrap_or(Timestamp::MAX)
}

fn datetime(at: Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(at.as_microsecond())
}

/// Parsed patterns, shared: a pattern takes 6 KB and 13 µs to parse, and many tasks have equal
/// ones.
#[derive(Debug, Default)]
pub struct Patterns {
    parsed: Mutex<HashMap<String, Arc<Cron>>>,
}

impl Patterns {
    /// The cycle of a checked expression in a zone; `None` when the engine refuses it, which no
    /// expression that passed our parser is known to cause.
    #[must_use]
    pub fn cycle(&self, expr: &CronExpr, zone: TimeZone) -> Option<Cycle> {
        let text = expr.engine_text();
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        let cron = match parsed.get(&text) {
            Some(cron) => Arc::clone(cron),
            None => {
                let parser = CronParser::builder().seconds(Seconds::Optional).build();
                let cron = Arc::new(parser.parse(&text).ok()?);
                if parsed.len() >= 10_000 {
                    parsed.clear();
                }
                parsed.insert(text, Arc::clone(&cron));
                cron
            }
        };
        Some(Cycle { cron, zone })
    }
}

/// A pattern in a zone.
#[derive(Clone, Debug)]
pub struct Cycle {
    cron: Arc<Cron>,
    zone: TimeZone,
}

impl Cycle {
    /// The first firing after an instant; `None` when there is none in the engine's horizon.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let start = timestamp(after).to_zoned(self.zone.clone());
        // The search can also give up on a day that a zone leaves out (Samoa, 2011-12-30), so it
        // is tried once more from behind such a hole before "never" is believed.
        let found = self.cron.find_next_occurrence(&start, false).or_else(|_| {
            let later = start.saturating_add(SignedDuration::from_hours(49));
            self.cron.find_next_occurrence(&later, true)
        });
        let next = datetime(found.ok()?.timestamp())?;
        // Never trust an answer that does not move forward: the loop would not end.
        (next > after).then_some(next)
    }

    /// The first firing after an instant that lies in a window, both ends inclusive.
    #[must_use]
    pub fn next_in(
        &self,
        after: DateTime<Utc>,
        starts_at: Option<DateTime<Utc>>,
        ends_at: Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        let from = match starts_at {
            Some(start) if start > after => start - chrono::TimeDelta::microseconds(1),
            _ => after,
        };
        self.next_after(from)
            .filter(|next| ends_at.is_none_or(|end| *next <= end))
    }
}

/// The window of a task as instants.
#[must_use]
pub fn window(
    starts_at: Option<Stamp>,
    ends_at: Option<Stamp>,
) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    (starts_at.map(|at| at.0), ends_at.map(|at| at.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        let text = if text.contains(':') {
            format!("{text}:00Z")
        } else {
            format!("{text}T00:00:00Z")
        };
        DateTime::parse_from_rfc3339(&text)
            .expect("test time")
            .to_utc()
    }

    fn cycle(expr: &str, zone_name: &str) -> Cycle {
        let expr = CronExpr::parse(expr).expect("test expression");
        Patterns::default()
            .cycle(&expr, zone(zone_name).expect("test zone"))
            .expect("accepted")
    }

    /// Gold vectors on which three independent engines agree.
    #[test]
    fn gold_vectors() {
        let table: &[(&str, &str, &str, &[&str])] = &[
            (
                "30 2 * * *",
                "Europe/Berlin",
                "2026-03-28T12:00",
                &["2026-03-29T01:00", "2026-03-30T00:30"],
            ),
            (
                "30 2 * * *",
                "Europe/Berlin",
                "2026-10-24T12:00",
                &["2026-10-25T00:30", "2026-10-26T01:30"],
            ),
            (
                "*/30 2 * * *",
                "Europe/Berlin",
                "2026-03-28T12:00",
                &["2026-03-30T00:00"],
            ),
            (
                "*/30 * * * *",
                "Europe/Berlin",
                "2026-10-25T00:15",
                &[
                    "2026-10-25T00:30",
                    "2026-10-25T01:00",
                    "2026-10-25T01:30",
                    "2026-10-25T02:00",
                ],
            ),
            (
                "0 0 * * *",
                "Europe/London",
                "2026-03-28T12:00",
                &["2026-03-29T00:00", "2026-03-29T23:00"],
            ),
            (
                "0 0 * * *",
                "America/Havana",
                "2026-03-07T12:00",
                &["2026-03-08T05:00", "2026-03-09T04:00"],
            ),
            (
                "15 2 * * *",
                "Australia/Lord_Howe",
                "2026-10-03T12:00",
                &["2026-10-03T15:30", "2026-10-04T15:15"],
            ),
            (
                "45 1 * * *",
                "Australia/Lord_Howe",
                "2026-04-04T12:00",
                &["2026-04-04T14:45", "2026-04-05T15:15"],
            ),
            ("0 0 29 2 *", "UTC", "2096-03-01", &["2104-02-29"]),
            (
                "0 0 31 * *",
                "UTC",
                "2026-01-31",
                &["2026-03-31", "2026-05-31", "2026-07-31", "2026-08-31"],
            ),
            (
                "0 0 13 * 5",
                "UTC",
                "2026-01-01",
                &["2026-01-02", "2026-01-09", "2026-01-13", "2026-01-16"],
            ),
            (
                "0 0 * * 5-7",
                "UTC",
                "2026-01-01",
                &["2026-01-02", "2026-01-03", "2026-01-04", "2026-01-09"],
            ),
            (
                "*/40 * * * *",
                "UTC",
                "2026-01-01",
                &["2026-01-01T00:40", "2026-01-01T01:00", "2026-01-01T01:40"],
            ),
            (
                "0 0 * * 5#3",
                "UTC",
                "2026-01-01",
                &["2026-01-16", "2026-02-20"],
            ),
            (
                "0 0 * * 5L",
                "UTC",
                "2026-01-01",
                &["2026-01-30", "2026-02-27"],
            ),
            (
                "0 0 L * *",
                "UTC",
                "2026-01-15",
                &["2026-01-31", "2026-02-28", "2026-03-31"],
            ),
            (
                "0 0 15W * *",
                "UTC",
                "2026-01-20",
                &["2026-02-16", "2026-03-16", "2026-04-15"],
            ),
        ];
        for (expr, zone, after, expected) in table {
            let cycle = cycle(expr, zone);
            let mut from = at(after);
            for next in *expected {
                from = cycle.next_after(from).expect("a firing");
                assert_eq!(from, at(next), "{expr} {zone} after {after}");
            }
        }
    }

    #[test]
    fn never_is_none_and_a_left_out_day_is_not_never() {
        assert_eq!(
            cycle("0 0 31 2 *", "UTC").next_after(at("2026-01-01")),
            None
        );
        let apia = cycle("0 12 * * *", "Pacific/Apia");
        assert!(apia.next_after(at("2011-12-29T23:00")).is_some());
    }

    #[test]
    fn a_window_holds_both_its_ends() {
        let hourly = cycle("0 * * * *", "UTC");
        let (start, end) = (Some(at("2026-01-01T05:00")), Some(at("2026-01-01T06:00")));
        assert_eq!(hourly.next_in(at("2026-01-01"), start, end), start);
        assert_eq!(hourly.next_in(at("2026-01-01T05:00"), start, end), end);
        assert_eq!(hourly.next_in(at("2026-01-01T06:00"), start, end), None);
    }

    #[test]
    fn typed_times_are_read_in_the_zone() {
        let shanghai = zone("Asia/Shanghai").expect("zone");
        for text in [
            "2026-01-01T08:00",
            "2026-01-01 08:00:00",
            "2026/01/01 08:00",
            "2026-01-01T00:00:00Z",
        ] {
            assert_eq!(
                parse_instant(text, &shanghai),
                Some(at("2026-01-01")),
                "{text}"
            );
        }
        assert_eq!(parse_instant("tomorrow", &shanghai), None);
        assert!(zone("Mars/Olympus").is_err() && zone("").is_err() && zone("PT").is_err());
    }
}
