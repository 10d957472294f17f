//! How quickly tickets are answered: medians by owner, tag and hour.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::time::{Stamp, ZoneRules};

/// Groups that are listed of a kind: those with the most tickets.
const GROUPS: usize = 50;

/// A link to a person's open tickets that works without an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketLink {
    /// The whole address. Who has it acts in the person's name.
    pub url: String,
    /// The person.
    pub person: String,
    /// When it expires.
    pub expires_at: Stamp,
}

/// The calendar feed of a person's open tickets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketFeed {
    /// The whole address, for a calendar program. Who has it sees the tickets. It ends when the password of the account
    /// with that name changes, when that account is disabled or deleted, and when the server's key is rotated.
    pub url: String,
    /// The person.
    pub person: String,
}

/// A ticket as far as the medians need it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TicketTimes {
    /// Whose it is.
    pub owner: String,
    /// The tags of its task.
    pub tags: Vec<String>,
    /// When it was opened.
    pub opened_at: Stamp,
    /// When a person took it.
    pub acknowledged_at: Option<Stamp>,
    /// When a person marked it done.
    pub done_at: Option<Stamp>,
}

/// An hour of opening (`00`–`23`) as a span of time.
#[must_use]
pub fn hour_span(hour: &str) -> String {
    match hour.parse::<u8>() {
        Ok(from) if from < 24 => format!("{from:02}:00–{:02}:00", from + 1),
        _ => hour.to_owned(),
    }
}

/// How quickly a group of tickets was answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Answered {
    /// The owner, the tag, or the hour of opening (`00`–`23`).
    pub name: String,
    /// Tickets.
    pub count: u32,
    /// Median of the seconds until a person took it, of those that were taken; `null` where none was.
    pub acknowledge_seconds: Option<i64>,
    /// Median of the seconds until a person marked it done, of those that were done; `null` where none was.
    pub done_seconds: Option<i64>,
}

/// How quickly tickets were answered.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketStats {
    /// Tickets that were counted: the latest 5,000 of the last 90 days.
    pub count: u32,
    /// By owner, those with the most tickets first; at most 50.
    pub owners: Vec<Answered>,
    /// By tag of the task, likewise.
    pub tags: Vec<Answered>,
    /// By the hour in which they were opened, in the order of the day.
    pub hours: Vec<Answered>,
}

/// Seconds until the answers to the tickets of a group.
#[derive(Default)]
struct Waits {
    count: u32,
    acknowledged: Vec<i64>,
    done: Vec<i64>,
}

impl Waits {
    fn add(&mut self, ticket: &TicketTimes) {
        let after = |at: Option<Stamp>| at.map(|at| (at.unix() - ticket.opened_at.unix()).max(0));
        self.count += 1;
        // What is done without being taken first was taken then.
        self.acknowledged
            .extend(after(ticket.acknowledged_at.or(ticket.done_at)));
        self.done.extend(after(ticket.done_at));
    }

    fn answered(self, name: String) -> Answered {
        Answered {
            name,
            count: self.count,
            acknowledge_seconds: median(self.acknowledged),
            done_seconds: median(self.done),
        }
    }
}

/// The middle value, the lower one of two.
fn median(mut values: Vec<i64>) -> Option<i64> {
    let middle = values.len().checked_sub(1)? / 2;
    let (_, median, _) = values.select_nth_unstable(middle);
    Some(*median)
}

impl TicketStats {
    /// The medians of these tickets; hours are those of the zone.
    #[must_use]
    pub fn of(tickets: &[TicketTimes], zone: &ZoneRules) -> Self {
        let mut owners: BTreeMap<&str, Waits> = BTreeMap::new();
        let mut tags: BTreeMap<&str, Waits> = BTreeMap::new();
        let mut hours: BTreeMap<String, Waits> = BTreeMap::new();
        for ticket in tickets {
            owners.entry(&ticket.owner).or_default().add(ticket);
            for tag in &ticket.tags {
                tags.entry(tag).or_default().add(ticket);
            }
            let local = zone.local(ticket.opened_at);
            let hour = local.get(11..13).unwrap_or_default().to_owned();
            hours.entry(hour).or_default().add(ticket);
        }
        let most = |groups: BTreeMap<&str, Waits>| {
            let mut groups: Vec<Answered> = groups
                .into_iter()
                .map(|(name, waits)| waits.answered(name.to_owned()))
                .collect();
            // Stable: equal ones stay in the order of their names.
            groups.sort_by_key(|group| std::cmp::Reverse(group.count));
            groups.truncate(GROUPS);
            groups
        };
        Self {
            count: u32::try_from(tickets.len()).unwrap_or(u32::MAX),
            owners: most(owners),
            tags: most(tags),
            hours: hours
                .into_iter()
                .map(|(name, waits)| waits.answered(name))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn medians_are_by_owner_tag_and_hour() {
        let opened = |hour: i64| DateTime::UNIX_EPOCH + TimeDelta::hours(hour);
        let ticket = |owner: &str, hour: i64, taken: Option<i64>, done: Option<i64>| {
            let after = |seconds: i64| Stamp(opened(hour) + TimeDelta::seconds(seconds));
            TicketTimes {
                owner: owner.to_owned(),
                tags: vec!["db".to_owned()],
                opened_at: Stamp(opened(hour)),
                acknowledged_at: taken.map(after),
                done_at: done.map(after),
            }
        };
        let tickets = [
            ticket("ann", 0, Some(10), Some(100)),
            ticket("ann", 0, Some(30), Some(300)),
            ticket("ann", 1, None, Some(20)),
            ticket("bob", 1, None, None),
        ];
        let zone = ZoneRules {
            name: "x".to_owned(),
            offsets: vec![(0, 3_600)],
        };
        let stats = TicketStats::of(&tickets, &zone);
        let rows = |groups: &[Answered]| -> Vec<(String, u32, Option<i64>, Option<i64>)> {
            groups
                .iter()
                .map(|one| {
                    (
                        one.name.clone(),
                        one.count,
                        one.acknowledge_seconds,
                        one.done_seconds,
                    )
                })
                .collect()
        };
        assert_eq!(stats.count, 4);
        assert_eq!(
            rows(&stats.owners),
            [
                ("ann".to_owned(), 3, Some(20), Some(100)),
                ("bob".to_owned(), 1, None, None)
            ]
        );
        assert_eq!(
            rows(&stats.tags),
            [("db".to_owned(), 4, Some(20), Some(100))]
        );
        assert_eq!(
            rows(&stats.hours),
            [
                ("01".to_owned(), 2, Some(10), Some(100)),
                ("02".to_owned(), 2, Some(20), Some(20))
            ]
        );
        assert_eq!(TicketStats::of(&[], &zone), TicketStats::default());
    }

    #[test]
    fn an_hour_is_shown_as_a_span() {
        for (hour, span) in [
            ("00", "00:00–01:00"),
            ("11", "11:00–12:00"),
            ("23", "23:00–24:00"),
            ("", ""),
            ("24", "24"),
        ] {
            assert_eq!(hour_span(hour), span);
        }
    }
}
