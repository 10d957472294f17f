//! The ladder: which rung is reached, counted in time in which people may be urged.
//!
//! Nights and days off do not count: who is responsible is asked first, at the beginning of the hours, and everybody else
//! after the time of the ladder from then on. A rung counts the hours of its own people, too, so that it is not waited for
//! where those work while the owners do not.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Ticket, Times};
use crate::ticket::UrgePolicy;

/// The most working periods that are examined for one rung; a ticket expires before it has seen so many.
const WINDOWS: u32 = 100;

impl Ticket {
    /// The highest rung that is reached at an instant; 0 for none.
    #[must_use]
    pub fn reached(&self, policy: &UrgePolicy, now: DateTime<Utc>, times: &dyn Times) -> i32 {
        let is_reached = |level: &i32| self.rung_at(policy, *level, now, times).is_some();
        let mut rungs = (1..=rungs(policy)).rev();
        rungs.find(is_reached).unwrap_or(0)
    }

    /// When one of the rungs above a level is reached first before the ticket expires, and which one that is.
    pub(super) fn next_rung(
        &self,
        policy: &UrgePolicy,
        level: i32,
        times: &dyn Times,
    ) -> Option<(DateTime<Utc>, i32)> {
        let above = level.max(0) + 1..=rungs(policy);
        let at = above.filter_map(|level| {
            let at = self.rung_at(policy, level, self.expires_at, times)?;
            Some((at, level))
        });
        // Of several at the same instant the highest one.
        at.min_by_key(|(at, level)| (*at, -level))
    }

    /// When a rung, counted from 1, is reached; `None` where that is after `last`.
    fn rung_at(
        &self,
        policy: &UrgePolicy,
        level: i32,
        last: DateTime<Utc>,
        times: &dyn Times,
    ) -> Option<DateTime<Utc>> {
        let index = usize::try_from(level.checked_sub(1)?).ok()?;
        let after = policy.ladder.get(index)?.after_seconds.max(0);
        let mut left = TimeDelta::try_seconds(after)?;
        let mut at = self.since;
        if policy.urgent {
            return at.checked_add_signed(left).filter(|at| *at <= last);
        }
        for _ in 0..WINDOWS {
            let opens = times.within_hours(at, level);
            if opens > last {
                return None;
            }
            match times.hours_end(opens, level) {
                Some(end) if end - opens < left => {
                    left -= end - opens;
                    at = end;
                }
                _ => return opens.checked_add_signed(left).filter(|at| *at <= last),
            }
        }
        None
    }
}

/// The number of rungs.
fn rungs(policy: &UrgePolicy) -> i32 {
    i32::try_from(policy.ladder.len()).unwrap_or(i32::MAX)
}
