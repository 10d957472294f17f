//! Blackouts resolved to periods of time.

use std::sync::{Mutex, PoisonError};

use app::calendar::BlackoutPolicy;
use app::id::BlackoutId;
use chrono::{DateTime, TimeDelta, Utc};

use crate::store::StoredBlackout;
use crate::timetable::{Cycle, Patterns, zone};

/// Periods that are joined, on each side. Beyond that many the end is unknown.
const JOINED: usize = 10_000;
/// The longest joined period.
const JOINED_MAX: TimeDelta = TimeDelta::days(366);

/// A blackout with its resolved times.
#[derive(Debug)]
pub struct ResolvedBlackout {
    /// The blackout's id.
    pub id: BlackoutId,
    /// What it is for.
    pub name: String,
    /// Tasks with any of these tags; empty for all.
    tags: Vec<String>,
    /// What happens to the firings.
    pub policy: BlackoutPolicy,
    when: When,
    /// The period found last: the next query is mostly about the same one.
    last: Mutex<Option<BlackoutSpan>>,
}

#[derive(Debug)]
enum When {
    Once(DateTime<Utc>, DateTime<Utc>),
    Again(Cycle, TimeDelta),
}

/// A continuous time in which a blackout is in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BlackoutSpan {
    /// Inclusive.
    pub(super) start: DateTime<Utc>,
    /// Exclusive.
    pub(super) end: DateTime<Utc>,
    /// Whether it continues after `end`, for an unknown time.
    pub(super) endless: bool,
}

impl ResolvedBlackout {
    /// A stored blackout; `None` when this version cannot read it.
    #[must_use]
    pub fn new(row: &StoredBlackout, patterns: &Patterns) -> Option<Self> {
        let when = match (row.starts_at, row.ends_at, &row.cron, row.duration_seconds) {
            (Some(start), Some(end), None, _) => When::Once(start, end),
            (_, _, Some(cron), Some(seconds)) => {
                let expr = app::cron::CronExpr::parse(cron).ok()?;
                let zone = zone(&row.zone).ok()?;
                When::Again(patterns.cycle(&expr, zone)?, TimeDelta::seconds(seconds))
            }
            _ => return None,
        };
        Some(Self {
            id: row.id,
            name: row.name.clone(),
            tags: row.tags.clone(),
            policy: row.policy,
            when,
            last: Mutex::default(),
        })
    }

    /// Whether it applies to a task with these tags.
    #[must_use]
    pub fn concerns(&self, tags: &[String]) -> bool {
        self.tags.is_empty() || self.tags.iter().any(|tag| tags.contains(tag))
    }

    /// The start (inclusive) and the end (exclusive) of the period that contains an instant. Periods that start
    /// before the previous one ends count as one.
    #[must_use]
    pub fn at(&self, at: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        self.stretch(at).map(|stretch| (stretch.start, stretch.end))
    }

    /// The period that contains an instant.
    pub(super) fn stretch(&self, at: DateTime<Utc>) -> Option<BlackoutSpan> {
        let (cycle, length) = match &self.when {
            When::Once(start, end) => {
                return (*start <= at && at < *end).then_some(BlackoutSpan {
                    start: *start,
                    end: *end,
                    endless: false,
                });
            }
            When::Again(cycle, length) => (cycle, *length),
        };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last.filter(|known| known.start <= at && at < known.end) {
            return Some(known);
        }
        let found = joined(cycle, length, at)?;
        *last = Some(found);
        Some(found)
    }

    /// Whether it is in force anywhere after one instant and up to another.
    pub(super) fn touches(&self, after: DateTime<Utc>, until: DateTime<Utc>) -> bool {
        self.current_or_next(after)
            .is_some_and(|(start, _)| start <= until)
    }

    /// The current period, or the next one.
    #[must_use]
    pub fn current_or_next(&self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        self.at(now).or_else(|| match &self.when {
            When::Once(start, end) => (*start > now).then_some((*start, *end)),
            When::Again(cycle, _) => self.at(cycle.next_after(now)?),
        })
    }
}

/// The joined period around an instant, of periods that each last for `length`.
fn joined(cycle: &Cycle, length: TimeDelta, at: DateTime<Utc>) -> Option<BlackoutSpan> {
    // Where periods overlap, the one that starts last ends last.
    let first = cycle.previous_at_or_before(at)?;
    let (mut start, mut end) = (first, first + length);
    if end <= at {
        return None;
    }
    let mut endless = true;
    for _ in 0..JOINED {
        // All starts up to the end belong to it, and the latest of them ends last.
        let next = cycle.previous_at_or_before(end)? + length;
        if next <= end {
            endless = false;
            break;
        }
        end = next;
        if end - first > JOINED_MAX {
            break;
        }
    }
    // When the end is unknown, the start does not matter.
    for _ in 0..if endless { 0 } else { JOINED } {
        let before = cycle.next_after(start - length - TimeDelta::microseconds(1))?;
        if before >= start || first - before > JOINED_MAX {
            break;
        }
        start = before;
    }
    Some(BlackoutSpan {
        start,
        end,
        endless,
    })
}
