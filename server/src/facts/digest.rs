//! What a digest says: how many messages of which event and task were merged, and from when to when.

use std::collections::HashMap;

use app::id::TaskId;
use app::message::Event;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Groups that are kept by name; the rest is counted.
const GROUPS_MAX: usize = 100;

/// The messages that were merged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Digest {
    /// When the first of them was caused.
    pub at: DateTime<Utc>,
    /// How many messages were merged: the sum of all counts in `groups` and `more`.
    pub total: u64,
    /// By event and task, the largest of each event first.
    pub groups: Vec<DigestGroup>,
    /// By event, what is in no group.
    pub more: Vec<DigestRest>,
}

/// Messages of one event about one task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DigestGroup {
    /// What happened.
    pub event: Event,
    /// The task.
    pub task: TaskId,
    /// Its name; empty for a task that is gone.
    pub name: String,
    /// Its zone.
    pub zone: String,
    /// How many.
    pub count: u64,
    /// When the first was caused.
    pub first: DateTime<Utc>,
    /// When the last was caused.
    pub last: DateTime<Utc>,
}

/// Messages of one event about tasks that are not named.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DigestRest {
    /// What happened.
    pub event: Event,
    /// About how many tasks.
    pub tasks: u64,
    /// How many.
    pub count: u64,
}

/// One message that is merged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DigestEntry {
    /// What happened.
    pub event: Event,
    /// The task.
    pub task: TaskId,
    /// When it was caused.
    pub at: DateTime<Utc>,
}

/// A task as a digest names it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TaskName {
    /// Its name.
    pub name: String,
    /// Its zone.
    pub zone: String,
}

/// What needs a look first, stands first.
const ORDER: [Event; 28] = [
    Event::ServerDead,
    Event::DiskLow,
    Event::ClockStepped,
    Event::Paused,
    Event::Failed,
    Event::TimedOut,
    Event::Lost,
    Event::TooLong,
    Event::Missed,
    Event::Skipped,
    Event::Retried,
    Event::LateStart,
    Event::TooFast,
    Event::Recovered,
    Event::Stopped,
    Event::Urge,
    Event::StartingSoon,
    Event::EndsSoon,
    Event::Reminder,
    Event::Completed,
    Event::Started,
    Event::Created,
    Event::Changed,
    Event::Closed,
    Event::Restored,
    Event::Test,
    Event::Digest,
    Event::Summary,
];

/// The place of an event among the others.
fn place(event: Event) -> usize {
    ORDER.iter().position(|one| *one == event).unwrap_or(0)
}

impl Digest {
    /// Counts messages; `None` for none at all.
    #[must_use]
    pub fn of(entries: &[DigestEntry], names: &HashMap<TaskId, TaskName>) -> Option<Self> {
        let at = entries.iter().map(|entry| entry.at).min()?;
        let mut found: HashMap<(Event, TaskId), DigestGroup> = HashMap::new();
        for entry in entries {
            let group = found.entry((entry.event, entry.task)).or_insert_with(|| {
                let named = names.get(&entry.task).cloned().unwrap_or_default();
                DigestGroup {
                    event: entry.event,
                    task: entry.task,
                    name: named.name,
                    zone: named.zone,
                    count: 0,
                    first: entry.at,
                    last: entry.at,
                }
            });
            group.count += 1;
            group.first = group.first.min(entry.at);
            group.last = group.last.max(entry.at);
        }
        let mut groups: Vec<DigestGroup> = found.into_values().collect();
        groups.sort_unstable_by_key(|group| {
            (
                place(group.event),
                std::cmp::Reverse(group.count),
                group.task.0,
            )
        });
        let mut more: Vec<DigestRest> = Vec::new();
        for group in groups.drain(GROUPS_MAX.min(groups.len())..) {
            Self::add_rest(&mut more, &group);
        }
        Some(Self {
            at,
            total: u64::try_from(entries.len()).unwrap_or(u64::MAX),
            groups,
            more,
        })
    }

    /// Counts a group without its name.
    pub fn add_rest(more: &mut Vec<DigestRest>, group: &DigestGroup) {
        match more.iter_mut().find(|rest| rest.event == group.event) {
            Some(rest) => {
                rest.tasks += 1;
                rest.count += group.count;
            }
            None => more.push(DigestRest {
                event: group.event,
                tasks: 1,
                count: group.count,
            }),
        }
    }

    /// The events in it, in the order of its groups.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        let of_groups = self.groups.iter().map(|group| group.event);
        let mut events: Vec<Event> = of_groups
            .chain(self.more.iter().map(|rest| rest.event))
            .collect();
        events.sort_unstable_by_key(|event| place(*event));
        events.dedup();
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_events_have_a_place() {
        for event in Event::ALL {
            assert!(ORDER.contains(event), "{event:?}");
        }
    }

    #[test]
    fn counts_add_up_also_without_names() {
        let at = |second| DateTime::from_timestamp(1_800_000_000 + second, 0).expect("time");
        let mut entries = Vec::new();
        for number in 0..1_000_i64 {
            entries.push(DigestEntry {
                event: if number % 3 == 0 {
                    Event::Lost
                } else {
                    Event::Failed
                },
                task: TaskId(number % 160),
                at: at(number),
            });
        }
        let digest = Digest::of(&entries, &HashMap::new()).expect("a digest");
        let named: u64 = digest.groups.iter().map(|group| group.count).sum();
        let rest: u64 = digest.more.iter().map(|rest| rest.count).sum();
        assert_eq!((named + rest, digest.total), (1_000, 1_000));
        assert_eq!(digest.groups.len(), GROUPS_MAX);
        assert_eq!(digest.events(), [Event::Failed, Event::Lost]);
        assert_eq!(digest.at, at(0));
        let first = &digest.groups[0];
        assert!(first.first < first.last && first.event == Event::Failed);
        assert_eq!(Digest::of(&[], &HashMap::new()), None);
    }
}
