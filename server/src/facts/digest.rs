//! What a digest says: how many messages of which event and task were merged, and from when to when.

use std::collections::HashMap;

use app::id::TaskId;
use app::message::Event;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::HeldBack;

/// Groups that are kept by name; the rest is counted.
const GROUPS_MAX: usize = 100;

/// The messages that were merged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Digest {
    /// When the first of them was caused.
    pub at: DateTime<Utc>,
    /// How many messages it is about, merged ones and those that were held back before them: the sum of all counts in
    /// `groups` and `more`.
    pub total: u64,
    /// How many of them rules held back, to limit their rate.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held: u64,
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
    /// How many messages of this event and task its rule held back before it.
    pub held: u64,
    /// When the first of those was caused; of none, like `at`.
    pub since: DateTime<Utc>,
}

/// For serde, which calls it with a reference.
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl DigestEntry {
    /// A message before which nothing was held back.
    #[must_use]
    pub const fn new(event: Event, task: TaskId, at: DateTime<Utc>) -> Self {
        Self {
            event,
            task,
            at,
            held: 0,
            since: at,
        }
    }

    /// Counts what its rule held back before it.
    pub fn add_held(&mut self, held: &HeldBack) {
        self.held += held.count;
        self.since = self.since.min(held.since);
    }
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
const ORDER: [Event; 38] = [
    Event::ServerDead,
    Event::DiskLow,
    Event::ClockStepped,
    Event::TokenExpires,
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
    Event::TicketEscalated,
    Event::TicketExpired,
    Event::Urge,
    Event::TicketUrged,
    Event::TicketHandedOver,
    Event::TicketReopened,
    Event::StartingSoon,
    Event::EndsSoon,
    Event::Reminder,
    Event::Completed,
    Event::Started,
    Event::Created,
    Event::Changed,
    Event::Closed,
    Event::Restored,
    Event::TicketOpened,
    Event::TicketAcknowledged,
    Event::TicketSnoozed,
    Event::TicketDone,
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
        let at = entries.iter().map(|entry| entry.since).min()?;
        let held: u64 = entries.iter().map(|entry| entry.held).sum();
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
            group.count += 1 + entry.held;
            group.first = group.first.min(entry.since);
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
            total: u64::try_from(entries.len()).unwrap_or(u64::MAX) + held,
            held,
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
        let at = |second: i64| DateTime::from_timestamp(1_800_000_000 + second, 0).expect("time");
        let mut entries = Vec::new();
        for number in 0..1_000_i64 {
            let event = match number % 3 {
                0 => Event::Lost,
                _ => Event::Failed,
            };
            entries.push(DigestEntry::new(event, TaskId(number % 160), at(number)));
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

    #[test]
    fn what_was_held_back_before_a_message_counts_with_it() {
        let at = |second: i64| DateTime::from_timestamp(1_800_000_000 + second, 0).expect("time");
        let mut throttled = DigestEntry::new(Event::Failed, TaskId(1), at(100));
        throttled.add_held(&HeldBack {
            count: 12,
            since: at(40),
            zone: "UTC".to_owned(),
        });
        let plain = DigestEntry::new(Event::Failed, TaskId(1), at(110));
        let digest = Digest::of(&[throttled, plain], &HashMap::new()).expect("a digest");
        assert_eq!((digest.total, digest.held, digest.at), (14, 12, at(40)));
        let group = &digest.groups[0];
        assert_eq!(
            (group.count, group.first, group.last),
            (14, at(40), at(110))
        );
        let stored = serde_json::to_string(&digest).expect("JSON");
        assert_eq!(serde_json::from_str::<Digest>(&stored).expect("it"), digest);
        // As a former version stored one.
        let plain = Digest::of(&[plain], &HashMap::new()).expect("a digest");
        let stored = serde_json::to_string(&plain).expect("JSON");
        assert!(!stored.contains("held"), "{stored}");
        assert_eq!(serde_json::from_str::<Digest>(&stored).expect("it"), plain);
    }
}
