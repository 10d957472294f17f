//! A zone as its offsets from UTC and the instants at which they change.
//!
//! Instants here are Unix seconds; wall clock times are the seconds that a UTC clock with the same face would show.
//! Between two changes one is the other plus the offset, and all questions about gaps and repeated hours become
//! comparisons of integers.

use jiff::tz::{AmbiguousOffset, TimeZone};

use super::timestamp;

/// If two changes of a clock are further apart than this, they cannot both affect one wall clock time: no offset is
/// larger than 26 hours (jiff's limit), so no change moves a clock by more than 52.
const REACH: i64 = 52 * 3600;

/// A change of the offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct OffsetChange {
    /// The first instant of the new offset.
    pub(super) at: i64,
    /// Seconds east of UTC before it.
    pub(super) before: i64,
    /// Seconds east of UTC after it.
    pub(super) after: i64,
}

impl OffsetChange {
    /// The wall clock time at which the old offset stops (exclusive).
    pub(super) fn end_of_old(self) -> i64 {
        self.at + self.before
    }

    /// The wall clock time at which the new offset starts.
    pub(super) fn start_of_new(self) -> i64 {
        self.at + self.after
    }
}

/// Seconds east of UTC at an instant.
pub(super) fn offset_at(zone: &TimeZone, at: i64) -> i64 {
    i64::from(zone.to_offset(timestamp(at)).seconds())
}

/// The first change of the offset after an instant.
pub(super) fn change_after(zone: &TimeZone, at: i64) -> Option<OffsetChange> {
    let mut before = None;
    for found in zone.following(timestamp(at)) {
        // Computed only here, because most zones have no future change.
        let before = *before.get_or_insert_with(|| offset_at(zone, at));
        let after = i64::from(found.offset().seconds());
        if after != before {
            return Some(OffsetChange {
                at: found.timestamp().as_second(),
                before,
                after,
            });
        }
    }
    None
}

/// The last change of the offset at or before an instant.
pub(super) fn change_until(zone: &TimeZone, at: i64) -> Option<OffsetChange> {
    for found in zone.preceding(timestamp(at.saturating_add(1))) {
        let change = OffsetChange {
            at: found.timestamp().as_second(),
            before: offset_at(zone, found.timestamp().as_second().saturating_sub(1)),
            after: i64::from(found.offset().seconds()),
        };
        if change.before != change.after {
            return Some(change);
        }
    }
    None
}

/// The wall clock time just after the latest that was shown at or before an instant.
///
/// It differs from the clock's face plus one only in the second pass of a repeated hour.
pub(super) fn high_water(zone: &TimeZone, at: i64) -> i64 {
    let mut mark = at + offset_at(zone, at) + 1;
    let mut until = at;
    while let Some(change) = change_until(zone, until).filter(|change| change.at > at - REACH) {
        mark = mark.max(change.end_of_old());
        until = change.at - 1;
    }
    mark
}

/// The instant of a wall clock time: its first pass if it occurs twice (a DST fold), and the first instant after the
/// gap if it is skipped (a DST gap).
pub(super) fn resolve(zone: &TimeZone, wall: i64) -> i64 {
    let face = jiff::tz::Offset::UTC.to_datetime(timestamp(wall));
    match zone.to_ambiguous_timestamp(face).offset() {
        AmbiguousOffset::Unambiguous { offset } => wall - i64::from(offset.seconds()),
        AmbiguousOffset::Fold { before, .. } => wall - i64::from(before.seconds()),
        AmbiguousOffset::Gap { before, after } => {
            let sooner = wall - i64::from(after.seconds());
            let later = wall - i64::from(before.seconds());
            change_after(zone, sooner).map_or(later, |change| change.at)
        }
    }
}
