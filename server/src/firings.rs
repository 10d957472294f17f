//! When a schedule really starts something: the engine's answers after day rules, window, jitter, blackouts and
//! pauses.
//!
//! Everything here is a pure function of a schedule, its rules and an instant: the scheduler, the preview, the
//! planned firings and "explain" all use the same [`CompiledSchedule`], so they cannot disagree.

mod blackout;
mod calendar_cache;
mod claim;
mod compiled_schedule;
mod count;
mod days;
mod jitter;
mod merge;
mod reach;
mod search;
mod shut;
#[cfg(test)]
mod tests;

pub use blackout::ResolvedBlackout;
pub use calendar_cache::{CalendarCache, Snapshot};
pub use claim::ActiveBlackout;
pub use compiled_schedule::{CompiledSchedule, Pause};
pub use count::SkippedFirings;
pub use merge::Merge;

use app::id::BlackoutId;
use app::occurrence::SkipReason;
use chrono::{DateTime, Utc};
use jiff::civil::Date;

/// One instant at which a schedule fires or skips, with the firings it covers: more than one when a day rule moves
/// several to the same instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// The instant: slots are ordered by it, strictly ascending.
    pub at: DateTime<Utc>,
    /// Never empty.
    pub firings: Vec<Firing>,
}

impl Slot {
    /// A slot of one firing that starts at the instant it is named for.
    #[must_use]
    pub fn plain(at: DateTime<Utc>) -> Self {
        Self {
            at,
            firings: vec![Firing::plain(at)],
        }
    }

    /// Whether it is what [`Slot::plain`] makes.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.firings == [Firing::plain(self.at)]
    }
}

/// A firing after all rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Firing {
    /// The instant the schedule names.
    pub scheduled_for: DateTime<Utc>,
    /// When it starts: after jitter, or when a blackout ends.
    pub due_at: DateTime<Utc>,
    /// Whether a blackout postpones it to the blackout's end.
    pub postponed: bool,
    /// Why it is skipped, if it is.
    pub excluded: Option<Excluded>,
}

impl Firing {
    /// One that starts at the instant it is named for.
    #[must_use]
    pub fn plain(at: DateTime<Utc>) -> Self {
        Self {
            scheduled_for: at,
            due_at: at,
            postponed: false,
            excluded: None,
        }
    }
}

/// Why a firing is skipped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Excluded {
    /// The rule excludes the day.
    Day {
        /// The day in the task's zone.
        date: Date,
        /// Whether it is a working day.
        work: bool,
    },
    /// It would move to an instant at which the schedule fires anyway.
    Merged {
        /// The day it was named for.
        date: Date,
    },
    /// The calendar has no working day to move it to.
    Nowhere {
        /// The day it was named for.
        date: Date,
    },
    /// It falls into a blackout.
    Blackout {
        /// Which one.
        id: BlackoutId,
        /// What it is for.
        name: String,
        /// When it ends; `None` when its periods follow one another without a known end.
        until: Option<DateTime<Utc>>,
    },
    /// The task is paused.
    Paused,
}

impl Excluded {
    /// The reason in the ledger and the API.
    #[must_use]
    pub const fn reason(&self) -> SkipReason {
        match self {
            Self::Day { .. } | Self::Merged { .. } | Self::Nowhere { .. } => SkipReason::Calendar,
            Self::Blackout { .. } => SkipReason::Blackout,
            Self::Paused => SkipReason::Paused,
        }
    }
}
