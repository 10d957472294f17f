//! Until when a ticket is put off, as typed.

use app::task::Task;
use chrono::{DateTime, Utc};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::super::Service;
use crate::store::StoredTicket;
use crate::texts::times::TimeFault;
use crate::timetable::{at_time_on, civil_date, civil_time, zone};
use crate::urge::{People, PolicyTimes};

/// The hour of tomorrow morning where the policy has no working hours, or such at midnight.
const MORNING: i8 = 9;
/// Whoever asks for it before this hour is awake at night, and means the morning of the same date.
const DAWN: i8 = 6;

impl Service {
    /// `30m`, `tomorrow`, RFC 3339, or a time in the zone of the task. The morning of tomorrow is that of the person who
    /// puts it off.
    pub(super) fn snooze_until(
        &self,
        text: &str,
        (who, people): (&str, &People),
        ticket: &StoredTicket,
        task: &Task,
    ) -> Result<DateTime<Utc>, TimeFault> {
        let (text, now) = (text.trim(), self.clock.now());
        if text != "tomorrow" {
            return self.check_until(text, &task.zone);
        }
        let calendars = self.calendar_cache.snapshot();
        let policy = &task.tickets.policy;
        let times = PolicyTimes::new(policy, &task.zone, &calendars, &self.patterns);
        let times = times.asking(people, ticket);
        let name = times.zone_of(who).unwrap_or(&task.zone);
        let zone = zone(name).map_err(|_| TimeFault::unknown_zone(name))?;
        let today = civil_date(&zone, now);
        if civil_time(&zone, now) < hour(DAWN)? {
            let morning = morning_of((who, &times), &zone, today)?;
            // Hours that begin earlier have begun.
            if morning > now {
                return Ok(morning);
            }
        }
        let tomorrow = today.tomorrow().map_err(|_| TimeFault::NotAnEnd)?;
        morning_of((who, &times), &zone, tomorrow)
    }
}

/// The morning of a date, or of the first working day after it.
fn morning_of(
    (who, times): (&str, &PolicyTimes<'_>),
    zone: &TimeZone,
    date: Date,
) -> Result<DateTime<Utc>, TimeFault> {
    let morning = hour(MORNING)?;
    if !times.has_hours(who) {
        return Ok(at_time_on(zone, date, morning));
    }
    let midnight = |day| at_time_on(zone, day, Time::midnight());
    let opens = times.opens_of(who, midnight(date));
    // Where people are asked around the clock, or over midnight, it is the morning of that working day.
    let day = civil_date(zone, opens);
    match opens == midnight(day) {
        true => Ok(times.opens_of(who, at_time_on(zone, day, morning))),
        false => Ok(opens),
    }
}

fn hour(hour: i8) -> Result<Time, TimeFault> {
    Time::new(hour, 0, 0, 0).map_err(|_| TimeFault::NotAnEnd)
}
