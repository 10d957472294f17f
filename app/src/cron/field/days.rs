//! Which days the two day fields match.

use super::{Field, Part};
use crate::cron::date::{nearest, weekday_at};

impl Field {
    /// True if this day-of-week field matches the same days as another, in any month.
    pub(in crate::cron) fn means(&self, other: &Self) -> bool {
        let counted = |field: &Self| {
            let mut counted: Vec<(u8, u8)> = field
                .parts
                .iter()
                .filter_map(|part| match *part {
                    Part::Nth { day, nth } => Some((day.value % 7, nth)),
                    Part::LastOf(day) => Some((day.value % 7, 0)),
                    _ => None,
                })
                .collect();
            counted.sort_unstable();
            counted.dedup();
            counted
        };
        self.mask == other.mask && counted(self) == counted(other)
    }

    /// True if a Saturday or a Sunday can match this day-of-week field.
    pub(in crate::cron) fn reaches_weekends(&self) -> bool {
        let weekend = |day: u8| matches!(day % 7, 0 | 6);
        self.has(0)
            || self.has(6)
            || self.parts.iter().any(|part| match part {
                Part::Nth { day, .. } | Part::LastOf(day) => weekend(day.value),
                _ => false,
            })
    }

    /// Whether a day matches this day-of-month field; `weekday` is that day's, `length` the month's.
    pub(in crate::cron) fn matches_day(&self, day: u8, weekday: u8, length: u8) -> bool {
        self.parts.iter().any(|part| match *part {
            Part::LastDay => day == length,
            Part::LastWeekday => day == nearest(length, weekday_at(weekday, day, length), length),
            Part::Nearest(wanted) => {
                wanted <= length && day == nearest(wanted, weekday_at(weekday, day, wanted), length)
            }
            _ => self.has(day),
        })
    }

    /// Whether a day matches this day-of-week field.
    pub(in crate::cron) fn matches_weekday(&self, day: u8, weekday: u8, length: u8) -> bool {
        self.parts.iter().any(|part| match *part {
            Part::Nth { day: wanted, nth } => {
                wanted.value % 7 == weekday && (day - 1) / 7 + 1 == nth
            }
            Part::LastOf(wanted) => wanted.value % 7 == weekday && day + 7 > length,
            _ => self.has(weekday),
        })
    }
}
