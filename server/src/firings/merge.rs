//! Merges several schedules into one ordered sequence of slots.

use chrono::{DateTime, Utc};

use super::{CompiledSchedule, Slot};

/// Iterates over the slots of several schedules in order of time.
#[derive(Debug)]
pub struct Merge<'a> {
    compiled_schedules: &'a [CompiledSchedule],
    next: Vec<Option<Slot>>,
}

impl<'a> Merge<'a> {
    /// Starts after an instant.
    #[must_use]
    pub fn new(compiled_schedules: &'a [CompiledSchedule], after: DateTime<Utc>) -> Self {
        Self {
            compiled_schedules,
            next: compiled_schedules
                .iter()
                .map(|compiled| compiled.next(after))
                .collect(),
        }
    }

    /// Continues with a schedule only after an instant, past a skipped period. With `None` the schedule ends here:
    /// nothing further is known about it.
    pub fn skip_to(&mut self, compiled: usize, after: Option<DateTime<Utc>>) {
        let Some(after) = after else {
            if let Some(next) = self.next.get_mut(compiled) {
                *next = None;
            }
            return;
        };
        if let (Some(next), Some(compiled)) = (
            self.next.get_mut(compiled),
            self.compiled_schedules.get(compiled),
        ) && next.as_ref().is_some_and(|slot| slot.at <= after)
        {
            *next = compiled.next(after);
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
        self.next[index] = self.compiled_schedules[index].next(slot.at);
        Some((index, slot))
    }
}
