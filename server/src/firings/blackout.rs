//! Blackouts as the loop sees them.

use app::calendar::BlackoutPolicy;
use app::id::BlackoutId;
use chrono::{DateTime, TimeDelta, Utc};

use crate::store::StoredBlackout;
use crate::timetable::{Cycle, Patterns, zone};

/// A time in which tasks do not fire.
#[derive(Clone, Debug)]
pub struct Quiet {
    /// The blackout's id.
    pub id: BlackoutId,
    /// What it is for.
    pub name: String,
    /// Tasks with any of these tags; empty for all.
    tags: Vec<String>,
    /// What becomes of the firings.
    pub policy: BlackoutPolicy,
    when: When,
}

#[derive(Clone, Debug)]
enum When {
    Once(DateTime<Utc>, DateTime<Utc>),
    Again(Cycle, TimeDelta),
}

impl Quiet {
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
        })
    }

    /// Whether it concerns a task with these tags.
    #[must_use]
    pub fn concerns(&self, tags: &[String]) -> bool {
        self.tags.is_empty() || self.tags.iter().any(|tag| tags.contains(tag))
    }

    /// The start (inclusive) and the end (exclusive) of the time that holds at an instant.
    #[must_use]
    pub fn at(&self, at: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        match &self.when {
            When::Once(start, end) => (*start <= at && at < *end).then_some((*start, *end)),
            When::Again(cycle, length) => {
                // Where they overlap, the latest start ends last.
                let start = cycle.previous_at_or_before(at)?;
                let end = start + *length;
                (at < end).then_some((start, end))
            }
        }
    }

    /// The time that holds now, or the next one.
    #[must_use]
    pub fn current_or_next(&self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        self.at(now).or_else(|| match &self.when {
            When::Once(start, end) => (*start > now).then_some((*start, *end)),
            When::Again(cycle, length) => {
                let start = cycle.next_after(now)?;
                Some((start, start + *length))
            }
        })
    }
}
