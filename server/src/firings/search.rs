//! Searches for firings: the next one that starts, where one ends up, and how far a reason reaches.

use app::schedule::DayRule;
use chrono::{DateTime, TimeDelta, Utc};
use jiff::civil::Date;

use super::{CompiledSchedule, Excluded, Firing, Slot, reach};
use crate::timetable::{at_time_on, civil_date, civil_time, start_of_day};

/// Slots that are searched for one that starts; after that many skipped ones, no start is known.
const LOOK: usize = 400;
/// The same after the last day that a calendar names. From there on all weeks are alike, so a day that counts comes
/// soon or never.
const LOOK_UNNAMED: usize = 60;

impl CompiledSchedule {
    /// The slot of the firing named for an instant, even where a day rule moves it; it contains only that firing.
    #[must_use]
    pub fn slot_of(&self, scheduled_for: DateTime<Utc>) -> Option<Slot> {
        let slot = self.next(self.lands(scheduled_for) - TimeDelta::microseconds(1))?;
        let firing = slot
            .firings
            .iter()
            .find(|firing| firing.scheduled_for == scheduled_for)?;
        Some(Slot {
            firings: vec![firing.clone()],
            ..slot
        })
    }

    /// Where a day rule moves the firing named for an instant.
    fn lands(&self, scheduled_for: DateTime<Utc>) -> DateTime<Utc> {
        let zone = self.cycle.zone();
        let day = civil_date(zone, scheduled_for);
        let target = match (self.rule, self.calendar.as_deref()) {
            (DayRule::NextWorkDay, Some(calendar)) => calendar.next_work_day(day),
            (DayRule::PreviousWorkDay, Some(calendar)) => calendar.previous_work_day(day),
            _ => None,
        };
        target
            .filter(|target| *target != day)
            .map_or(scheduled_for, |target| {
                at_time_on(zone, target, civil_time(zone, scheduled_for))
            })
    }

    /// The next firing that starts something, after an instant. Long periods without one are skipped over.
    #[must_use]
    pub fn next_start(&self, after: DateTime<Utc>) -> Option<Firing> {
        let mut from = after;
        let mut unnamed = 0;
        for _ in 0..LOOK {
            let slot = self.next(from)?;
            if let Some(firing) = slot.firings.iter().find(|firing| firing.excluded.is_none()) {
                return Some(firing.clone());
            }
            unnamed += usize::from(self.is_behind_calendar(&slot));
            if unnamed > LOOK_UNNAMED {
                return None;
            }
            from = self.behind(&slot)?;
        }
        None
    }

    /// Whether a slot is skipped because of its day, after all days that the calendar names.
    fn is_behind_calendar(&self, slot: &Slot) -> bool {
        let last = self
            .calendar
            .as_deref()
            .and_then(|calendar| calendar.days.last_key_value())
            .map(|(date, _)| *date);
        slot.firings.iter().any(|firing| match &firing.excluded {
            Some(Excluded::Day { date, .. }) => last.is_none_or(|last| last < *date),
            _ => false,
        })
    }

    /// An instant after everything that is skipped for the same reason as this slot; `None` when no end is known.
    #[must_use]
    pub fn behind(&self, slot: &Slot) -> Option<DateTime<Utc>> {
        let before = |at: DateTime<Utc>| slot.at.max(at - TimeDelta::microseconds(1));
        let day = |date: Date, rest: bool, forward: bool| {
            let calendar = self.calendar.as_deref()?;
            let next = reach::behind(calendar, date, rest, forward);
            Some(before(start_of_day(self.cycle.zone(), next)))
        };
        // A firing merged into another one is skipped together with it, for the same reason.
        let reason = slot
            .firings
            .iter()
            .filter_map(|firing| firing.excluded.as_ref())
            .find(|reason| !matches!(reason, Excluded::Merged { .. }));
        match reason {
            Some(Excluded::Day { date, work }) => day(*date, !work, false),
            Some(Excluded::Nowhere { date }) => day(*date, true, self.rule == DayRule::NextWorkDay),
            Some(Excluded::Blackout { until, .. }) => until.map(before),
            Some(Excluded::Paused) => self.pause.and_then(|pause| pause.until).map(before),
            Some(Excluded::Merged { .. }) | None => Some(slot.at),
        }
    }

    /// Whether the schedule names another instant after `at` and up to `until`, so that this one is not the last in
    /// the blackout.
    pub(super) fn fires_again(&self, at: DateTime<Utc>, until: DateTime<Utc>) -> bool {
        let mut from = at;
        for _ in 0..LOOK {
            let Some(next) = self.raw_next(from).filter(|next| next.at <= until) else {
                return false;
            };
            if next.firings.iter().any(|firing| firing.excluded.is_none()) {
                return true;
            }
            let Some(behind) = self.behind(&next) else {
                return false;
            };
            from = behind;
        }
        // In doubt it is skipped: two firings must not start at the end of a blackout.
        true
    }
}
