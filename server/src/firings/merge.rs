//! Merges several schedules into one ordered sequence of slots.

use chrono::{DateTime, Utc};

use super::{Rhythm, Slot};

/// Goes through the slots of several schedules in the order of time.
#[derive(Debug)]
pub struct Merge<'a> {
    rhythms: &'a [Rhythm],
    next: Vec<Option<Slot>>,
}

impl<'a> Merge<'a> {
    /// Starts after an instant.
    #[must_use]
    pub fn new(rhythms: &'a [Rhythm], after: DateTime<Utc>) -> Self {
        Self {
            rhythms,
            next: rhythms.iter().map(|rhythm| rhythm.next(after)).collect(),
        }
    }

    /// Goes on with a schedule only after an instant: past a stretch that is skipped. With
    /// `None` the schedule ends here: nothing more is known of it.
    pub fn skip_to(&mut self, rhythm: usize, after: Option<DateTime<Utc>>) {
        let Some(after) = after else {
            if let Some(next) = self.next.get_mut(rhythm) {
                *next = None;
            }
            return;
        };
        if let (Some(next), Some(rhythm)) = (self.next.get_mut(rhythm), self.rhythms.get(rhythm))
            && next.as_ref().is_some_and(|slot| slot.at <= after)
        {
            *next = rhythm.next(after);
        }
    }
}

impl Iterator for Merge<'_> {
    type Item = (usize, Slot);

    fn next(&mut self) -> Option<(usize, Slot)> {
        let (index, _) = self
            .next
            .iter()
            .enumerate()
            .filter_map(|(index, slot)| Some((index, slot.as_ref()?.at)))
            .min_by_key(|(index, at)| (*at, *index))?;
        let slot = self.next[index].take()?;
        self.next[index] = self.rhythms[index].next(slot.at);
        Some((index, slot))
    }
}
