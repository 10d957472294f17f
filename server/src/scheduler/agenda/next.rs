//! The heap entries of the agenda: the next slot of each schedule.

use std::cmp::Ordering;

use app::id::TaskId;
use chrono::{DateTime, Utc};

use crate::firings::Slot;

/// The next slot of a schedule.
#[derive(Debug)]
pub(super) struct Next {
    pub(super) at: DateTime<Utc>,
    /// The slot, unless it is a plain one: most are, and there is an entry for every schedule.
    pub(super) special: Option<Box<Slot>>,
    pub(super) task: TaskId,
    /// The index of the schedule in its task.
    pub(super) index: u32,
    pub(super) generation: u64,
}

impl Next {
    pub(super) fn into_slot(self) -> Slot {
        self.special
            .map_or_else(|| Slot::plain(self.at), |slot| *slot)
    }
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    /// The earliest is the greatest: it comes off the heap first.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |next: &Self| (next.at, next.task, next.index, next.generation);
        key(other).cmp(&key(self))
    }
}
