//! Working hours and cron expressions of a policy, in the zone of its task.

use app::cron::CronExpr;
use app::rule::QuietHours;
use app::ticket::UrgePolicy;
use app::ticket::machine::Times;
use chrono::{DateTime, Utc};

use crate::calendar::WorkCalendar;
use crate::firings::Snapshot;
use crate::quiet::quiet_until;
use crate::timetable::{Patterns, zone};
use std::sync::Arc;

/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Nights and days off in a row that are joined: more than the longest holidays have.
const JOINED: usize = 400;

/// The times of a policy.
#[derive(Debug)]
pub struct PolicyTimes<'a> {
    nights: Option<QuietHours>,
    days_off: Option<(QuietHours, Arc<WorkCalendar>)>,
    zone: &'a str,
    patterns: &'a Patterns,
}

impl<'a> PolicyTimes<'a> {
    /// Those of a policy, in a zone.
    #[must_use]
    pub fn new(
        policy: &UrgePolicy,
        zone: &'a str,
        calendars: &Snapshot,
        patterns: &'a Patterns,
    ) -> Self {
        let hours = policy.hours.as_ref();
        let quiet = |from, until, calendar| QuietHours {
            from,
            until,
            zone: zone.to_owned(),
            calendar,
        };
        let whole_day = |from: u16, until: u16| from == 0 && until == DAY;
        let nights = hours.filter(|hours| !whole_day(hours.from, hours.until));
        let nights = nights.map(|hours| quiet(hours.until % DAY, hours.from, None));
        let days_off = hours.and_then(|hours| {
            let name = hours.calendar.as_deref()?;
            let off = quiet(0, DAY, Some(name.to_owned()));
            // As for schedules: without it, as after a downgrade, Monday to Friday count.
            let calendar = calendars.calendar(Some(name)).unwrap_or_else(|| {
                Arc::new(WorkCalendar {
                    name: name.to_owned(),
                    ..WorkCalendar::default()
                })
            });
            Some((off, calendar))
        });
        Self {
            nights,
            days_off,
            zone,
            patterns,
        }
    }
}

impl Times for PolicyTimes<'_> {
    fn within_hours(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let mut at = at;
        for _ in 0..JOINED {
            let night = self.nights.as_ref();
            let night = night.and_then(|hours| quiet_until(hours, None, at));
            let off = || {
                let (hours, calendar) = self.days_off.as_ref()?;
                quiet_until(hours, Some(calendar), at)
            };
            match night.or_else(off) {
                Some(end) if end > at => at = end,
                _ => break,
            }
        }
        at
    }

    fn cron_after(&self, expression: &str, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let zone = zone(self.zone).ok()?;
        let expression = CronExpr::parse(expression).ok()?;
        self.patterns.cycle(&expression, zone)?.next_after(at)
    }
}

#[cfg(test)]
mod tests {
    use app::ticket::WorkingHours;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("a time").to_utc()
    }

    fn opens(from: u16, until: u16, calendar: Option<&str>, times: &[(&str, &str)]) {
        let policy = UrgePolicy {
            hours: Some(WorkingHours {
                from,
                until,
                calendar: calendar.map(str::to_owned),
            }),
            ..UrgePolicy::default()
        };
        let (calendars, patterns) = (Snapshot::default(), Patterns::default());
        let found = PolicyTimes::new(&policy, "Asia/Shanghai", &calendars, &patterns);
        for (asked, opens) in times {
            assert_eq!(found.within_hours(at(asked)), at(opens), "{asked}");
        }
    }

    #[test]
    fn a_friday_night_before_a_make_up_day_ends_on_saturday() {
        // 2026-10-10 is a Saturday on which people work (调休); 2026-11-28 is an ordinary one.
        let (nine, six) = (9 * 60, 18 * 60);
        opens(
            nine,
            six,
            Some("cn"),
            &[
                ("2026-10-09T22:00:00+08:00", "2026-10-10T09:00:00+08:00"),
                ("2026-11-27T22:00:00+08:00", "2026-11-30T09:00:00+08:00"),
                ("2026-11-27T17:59:59+08:00", "2026-11-27T17:59:59+08:00"),
                ("2026-11-27T18:00:00+08:00", "2026-11-30T09:00:00+08:00"),
                ("2026-11-28T10:00:00+08:00", "2026-11-30T09:00:00+08:00"),
                // The National Day holidays.
                ("2026-09-30T20:00:00+08:00", "2026-10-08T09:00:00+08:00"),
            ],
        );
    }

    #[test]
    fn hours_may_cross_midnight_or_end_with_the_day() {
        opens(
            22 * 60,
            6 * 60,
            None,
            &[
                ("2026-11-24T23:00:00+08:00", "2026-11-24T23:00:00+08:00"),
                ("2026-11-25T05:59:00+08:00", "2026-11-25T05:59:00+08:00"),
                ("2026-11-25T06:00:00+08:00", "2026-11-25T22:00:00+08:00"),
            ],
        );
        opens(
            9 * 60,
            DAY,
            None,
            &[
                ("2026-11-24T23:59:00+08:00", "2026-11-24T23:59:00+08:00"),
                ("2026-11-25T00:00:00+08:00", "2026-11-25T09:00:00+08:00"),
            ],
        );
        opens(
            0,
            DAY,
            Some("gone"),
            &[
                ("2026-11-27T10:00:00+08:00", "2026-11-27T10:00:00+08:00"),
                ("2026-11-28T10:00:00+08:00", "2026-11-30T00:00:00+08:00"),
            ],
        );
    }

    #[test]
    fn cron_expressions_are_read_in_the_zone_of_the_task() {
        let (calendars, patterns) = (Snapshot::default(), Patterns::default());
        let policy = UrgePolicy::default();
        let times = PolicyTimes::new(&policy, "Asia/Shanghai", &calendars, &patterns);
        let next = times.cron_after("0 9 * * *", at("2026-11-28T10:00:00+08:00"));
        assert_eq!(next, Some(at("2026-11-29T09:00:00+08:00")));
        assert_eq!(
            times.cron_after("no", at("2026-11-28T10:00:00+08:00")),
            None
        );
    }
}
