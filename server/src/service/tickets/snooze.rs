//! Until when a ticket is put off, as typed.

use app::task::Task;
use app::ticket::machine::Times;
use chrono::{DateTime, Utc};
use jiff::civil::Time;

use super::super::Service;
use crate::texts::times::TimeFault;
use crate::timetable::{at_time_on, civil_date, zone};
use crate::urge::PolicyTimes;

/// The hour of tomorrow morning where the policy has no working hours, or such at midnight.
const MORNING: i8 = 9;

impl Service {
    /// `30m`, `tomorrow`, RFC 3339, or a time in the zone of the task.
    pub(super) fn snooze_until(&self, text: &str, task: &Task) -> Result<DateTime<Utc>, TimeFault> {
        let (text, now) = (text.trim(), self.clock.now());
        if text != "tomorrow" {
            return self.check_until(text, &task.zone);
        }
        let zone = zone(&task.zone).map_err(|_| TimeFault::unknown_zone(&task.zone))?;
        let tomorrow = civil_date(&zone, now)
            .tomorrow()
            .map_err(|_| TimeFault::NotAnEnd)?;
        let policy = &task.tickets.policy;
        let morning = Time::new(MORNING, 0, 0, 0).map_err(|_| TimeFault::NotAnEnd)?;
        if policy.hours.is_none() {
            return Ok(at_time_on(&zone, tomorrow, morning));
        }
        let calendars = self.calendar_cache.snapshot();
        let times = PolicyTimes::new(policy, &task.zone, &calendars, &self.patterns);
        let midnight = |day| at_time_on(&zone, day, Time::midnight());
        let opens = times.within_hours(midnight(tomorrow));
        // Where people are asked around the clock, or over midnight, it is the morning of that working day.
        let day = civil_date(&zone, opens);
        match opens == midnight(day) {
            true => Ok(times.within_hours(at_time_on(&zone, day, morning))),
            false => Ok(opens),
        }
    }
}
