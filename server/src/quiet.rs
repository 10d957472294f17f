//! When quiet hours end: pure, called inside the store's transaction and by the page that explains.

use app::rule::QuietHours;
use app::schedule::BUILTIN_CALENDAR;
use chrono::{DateTime, Utc};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::calendar::{WorkCalendar, built_in};
use crate::timetable::{at_time_on, civil_date, zone};

/// Quiet hours that follow one another without a gap, as long weekends do: so many of them are joined.
const JOINED: usize = 60;
/// Days that are searched for the next quiet hours.
const AHEAD: usize = 31;

/// A stored calendar, or the one that comes with the product where `days` is empty.
#[must_use]
pub fn calendar(name: &str, days: Option<&str>) -> Option<WorkCalendar> {
    match days.filter(|days| !days.is_empty()) {
        Some(days) => Some(WorkCalendar::from_lines(name, days)),
        None if name == BUILTIN_CALENDAR => Some(built_in().clone()),
        None => days.map(|days| WorkCalendar::from_lines(name, days)),
    }
}

/// When the quiet hours that contain an instant end; `None` outside them. `calendar` is the one that
/// they name. In a zone that this version does not know nothing is quiet.
#[must_use]
pub fn quiet_until(
    hours: &QuietHours,
    calendar: Option<&WorkCalendar>,
    at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let zone = zone(&hours.zone).ok()?;
    let mut end = None;
    let mut at = at;
    for _ in 0..JOINED {
        let Some(until) = end_of(hours, calendar, &zone, at) else {
            break;
        };
        end = Some(until);
        at = until;
    }
    end
}

/// When quiet hours begin next, for an instant outside them; `None` where none begin within [`AHEAD`] days.
#[must_use]
pub fn quiet_from(
    hours: &QuietHours,
    calendar: Option<&WorkCalendar>,
    at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let zone = zone(&hours.zone).ok()?;
    let mut day = civil_date(&zone, at);
    for _ in 0..AHEAD {
        if is_quiet_day(hours, calendar, day)
            && let Some(start) = instant(&zone, day, hours.from)
            && start > at
        {
            return Some(start);
        }
        day = day.tomorrow().ok()?;
    }
    None
}

/// Whether quiet hours begin on a day.
fn is_quiet_day(hours: &QuietHours, calendar: Option<&WorkCalendar>, day: Date) -> bool {
    hours.calendar.is_none() || calendar.is_some_and(|calendar| !calendar.is_work(day))
}

/// The end of the period that contains an instant.
fn end_of(
    hours: &QuietHours,
    calendar: Option<&WorkCalendar>,
    zone: &TimeZone,
    at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let today = civil_date(zone, at);
    // One that began yesterday may last until today.
    let days = [Some(today), today.yesterday().ok()];
    days.into_iter().flatten().find_map(|day| {
        if !is_quiet_day(hours, calendar, day) {
            return None;
        }
        let start = instant(zone, day, hours.from)?;
        let last = if hours.cross_midnight() {
            day.tomorrow().ok()?
        } else {
            day
        };
        let end = instant(zone, last, hours.until)?;
        (start <= at && at < end).then_some(end)
    })
}

/// The instant of a minute of a day; minute 1440 is the start of the next one.
fn instant(zone: &TimeZone, day: Date, minute: u16) -> Option<DateTime<Utc>> {
    let (day, minute) = match minute {
        1440 => (day.tomorrow().ok()?, 0),
        minute => (day, minute),
    };
    let hour = i8::try_from(minute / 60).ok()?;
    let time = Time::new(hour, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
    Some(at_time_on(zone, day, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: u16, until: u16, calendar: Option<&str>) -> QuietHours {
        QuietHours {
            from,
            until,
            zone: "Asia/Shanghai".to_owned(),
            calendar: calendar.map(str::to_owned),
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("a time").to_utc()
    }

    #[test]
    fn nights_end_in_the_morning() {
        let night = hours(22 * 60, 8 * 60, None);
        for (now, until) in [
            ("2026-11-24T21:59:59+08:00", None),
            (
                "2026-11-24T22:00:00+08:00",
                Some("2026-11-25T08:00:00+08:00"),
            ),
            (
                "2026-11-25T07:59:59+08:00",
                Some("2026-11-25T08:00:00+08:00"),
            ),
            ("2026-11-25T08:00:00+08:00", None),
        ] {
            assert_eq!(quiet_until(&night, None, at(now)), until.map(at), "{now}");
        }
    }

    #[test]
    fn days_off_in_a_row_are_one_quiet_time() {
        let cn = calendar("cn", None);
        let off = hours(0, 1440, Some("cn"));
        // Saturday, and the end of the National Day holidays.
        for (now, until) in [
            ("2026-11-27T23:00:00+08:00", None),
            (
                "2026-11-28T10:00:00+08:00",
                Some("2026-11-30T00:00:00+08:00"),
            ),
            (
                "2026-10-03T10:00:00+08:00",
                Some("2026-10-08T00:00:00+08:00"),
            ),
        ] {
            assert_eq!(
                quiet_until(&off, cn.as_ref(), at(now)),
                until.map(at),
                "{now}"
            );
        }
        // A calendar that is gone makes nothing quiet.
        let gone = hours(0, 1440, Some("gone"));
        assert_eq!(
            quiet_until(&gone, None, at("2026-11-28T10:00:00+08:00")),
            None
        );
    }

    #[test]
    fn the_next_quiet_hours_begin_in_the_evening_or_with_the_weekend() {
        let night = hours(22 * 60, 8 * 60, None);
        let cn = calendar("cn", None);
        let off = hours(0, 1440, Some("cn"));
        for (now, nights, days_off) in [
            // A Tuesday; then a Friday before a make-up day (调休).
            (
                "2026-11-24T08:00:00+08:00",
                "2026-11-24T22:00:00+08:00",
                "2026-11-28T00:00:00+08:00",
            ),
            (
                "2026-10-09T21:59:59+08:00",
                "2026-10-09T22:00:00+08:00",
                "2026-10-11T00:00:00+08:00",
            ),
        ] {
            assert_eq!(quiet_from(&night, None, at(now)), Some(at(nights)), "{now}");
            let begins = quiet_from(&off, cn.as_ref(), at(now));
            assert_eq!(begins, Some(at(days_off)), "{now}");
        }
        let gone = hours(0, 1440, Some("gone"));
        assert_eq!(
            quiet_from(&gone, None, at("2026-11-24T08:00:00+08:00")),
            None
        );
    }

    #[test]
    fn clock_changes_are_heeded() {
        let night = QuietHours {
            zone: "Europe/Berlin".to_owned(),
            ..hours(60, 150, None)
        };
        // 02:30 does not exist that night: the first instant after the gap is 03:00.
        let until = quiet_until(&night, None, at("2026-03-29T01:30:00+01:00"));
        assert_eq!(until, Some(at("2026-03-29T03:00:00+02:00")));
        let unknown = QuietHours {
            zone: "No/Such".to_owned(),
            ..hours(0, 60, None)
        };
        assert_eq!(
            quiet_until(&unknown, None, at("2026-03-29T00:30:00Z")),
            None
        );
    }
}
