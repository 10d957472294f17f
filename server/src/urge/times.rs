//! Working hours of a policy, in the zone of its task or in the hours of those whom a ticket asks; its cron expressions.

use std::borrow::Cow;
use std::sync::Arc;

use app::cron::CronExpr;
use app::oncall::rota_of;
use app::rule::QuietHours;
use app::ticket::machine::Times;
use app::ticket::{UrgePolicy, WorkingHours};
use chrono::{DateTime, Utc};

use crate::calendar::WorkCalendar;
use crate::firings::Snapshot;
use crate::quiet::{quiet_from, quiet_until};
use crate::store::StoredTicket;
use crate::timetable::{Patterns, zone};

use super::People;

/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Nights and days off in a row that are joined: more than the longest holidays have.
const JOINED: usize = 400;
/// Working times of several people that are joined.
const SHIFTS: usize = 64;
/// Turns of a rota that are looked through for one whose person works.
const TURNS: usize = 20;

/// The times of a policy, for those whom a ticket asks.
#[derive(Debug)]
pub struct PolicyTimes<'a> {
    policy: &'a UrgePolicy,
    zone: &'a str,
    calendars: &'a Snapshot,
    patterns: &'a Patterns,
    /// The hours of everybody who has no other ones.
    usual: Hours,
    /// Whom the ticket asks, where some people have hours of their own.
    asked: Option<(&'a People, &'a StoredTicket)>,
}

impl<'a> PolicyTimes<'a> {
    /// Those of a policy, in the zone of a task.
    #[must_use]
    pub fn new(
        policy: &'a UrgePolicy,
        zone: &'a str,
        calendars: &'a Snapshot,
        patterns: &'a Patterns,
    ) -> Self {
        Self {
            policy,
            zone,
            calendars,
            patterns,
            usual: Hours::new(policy.hours.as_ref(), zone, calendars),
            asked: None,
        }
    }

    /// The same for those whom a ticket asks, each in the hours of that person.
    #[must_use]
    pub fn asking(self, people: &'a People, ticket: &'a StoredTicket) -> Self {
        let asked = (!people.is_empty()).then_some((people, ticket));
        Self { asked, ..self }
    }

    /// The zone of a person, if it is not that of the task.
    #[must_use]
    pub fn zone_of(&self, who: &str) -> Option<&'a str> {
        let (people, _) = self.asked?;
        people.own(who)?.zone.as_deref()
    }

    /// The people of the ladder up to a rung.
    #[must_use]
    pub fn ladder(&self, level: i32) -> Vec<String> {
        self.policy.asked_at(level)
    }

    /// The instant, or the first one after it in the hours of a person.
    #[must_use]
    pub fn opens_of(&self, who: &str, at: DateTime<Utc>) -> DateTime<Utc> {
        match self.asked {
            Some((people, _)) => self.opens_for_person(people, who, at),
            None => self.usual.opens(at),
        }
    }

    /// Whether there are hours in which a person is not urged.
    #[must_use]
    pub fn has_hours(&self, who: &str) -> bool {
        let own = self.asked.and_then(|(people, _)| people.own(who));
        let usual = self.policy.hours.as_ref();
        own.map_or(usual.is_some(), |person| person.hours(usual).is_some())
    }

    /// Of these people those who are asked at an instant: those in whose hours it is. All of them where it is urgent, and
    /// where it is in no one's hours.
    #[must_use]
    pub fn asked_at(&self, names: &[String], at: DateTime<Utc>) -> Vec<String> {
        let Some((people, _)) = self.asked.filter(|_| !self.policy.urgent) else {
            return names.to_vec();
        };
        let works = |name: &&String| self.opens_for(people, name, at) <= at;
        let asked: Vec<String> = names.iter().filter(works).cloned().collect();
        if asked.is_empty() {
            names.to_vec()
        } else {
            asked
        }
    }

    /// The instant, or the first one after it in the hours of a person, or of whoever is on call by then.
    fn opens_for(&self, people: &People, name: &str, at: DateTime<Utc>) -> DateTime<Utc> {
        let Some(rota) = rota_of(name) else {
            return self.opens_for_person(people, name, at);
        };
        let mut at = at;
        for _ in 0..TURNS {
            let Some(turn) = people.on_call.turn(rota, at) else {
                return self.usual.opens(at);
            };
            let opens = self.opens_for_person(people, &turn.who, at);
            if opens < turn.until {
                return opens;
            }
            at = turn.until;
        }
        at
    }

    /// When the hours of a person, or the turn of whoever is on call, end, for an instant in them.
    fn ends_for(&self, people: &People, name: &str, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let Some(turn) = rota_of(name).and_then(|rota| people.on_call.turn(rota, at)) else {
            return self.hours_of(people, name).ends(at);
        };
        let ends = self.hours_of(people, &turn.who).ends(at);
        Some(ends.map_or(turn.until, |end| end.min(turn.until)))
    }

    /// The hours in which a person is asked.
    fn hours_of(&self, people: &People, name: &str) -> Cow<'_, Hours> {
        let Some(person) = people.own(name) else {
            return Cow::Borrowed(&self.usual);
        };
        let zone = person.zone.as_deref().unwrap_or(self.zone);
        let hours = person.hours(self.policy.hours.as_ref());
        Cow::Owned(Hours::new(hours.as_ref(), zone, self.calendars))
    }

    fn opens_for_person(&self, people: &People, name: &str, at: DateTime<Utc>) -> DateTime<Utc> {
        self.hours_of(people, name).opens(at)
    }
}

/// Working hours in a zone.
#[derive(Clone, Debug)]
struct Hours {
    nights: Option<QuietHours>,
    days_off: Option<(QuietHours, Arc<WorkCalendar>)>,
}

impl Hours {
    fn new(hours: Option<&WorkingHours>, zone: &str, calendars: &Snapshot) -> Self {
        let quiet = |from, until, calendar| QuietHours {
            from,
            until,
            zone: zone.to_owned(),
            calendar,
        };
        let whole_day = |from: u16, until: u16| from == 0 && until == DAY;
        let nights = hours.filter(|hours| !whole_day(hours.from, hours.until));
        let nights = nights.map(|hours| quiet(hours.until % DAY, hours.from, None));
        let days_off = hours.and_then(|hours| {
            let name = hours.calendar.as_deref()?;
            let off = quiet(0, DAY, Some(name.to_owned()));
            // As for schedules: without it, as after a downgrade, Monday to Friday count.
            let calendar = calendars.calendar(Some(name)).unwrap_or_else(|| {
                Arc::new(WorkCalendar {
                    name: name.to_owned(),
                    ..WorkCalendar::default()
                })
            });
            Some((off, calendar))
        });
        Self { nights, days_off }
    }

    /// The instant, or the first one after it in these hours.
    fn opens(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let mut at = at;
        for _ in 0..JOINED {
            let night = self.nights.as_ref();
            let night = night.and_then(|hours| quiet_until(hours, None, at));
            let off = || {
                let (hours, calendar) = self.days_off.as_ref()?;
                quiet_until(hours, Some(calendar), at)
            };
            match night.or_else(off) {
                Some(end) if end > at => at = end,
                _ => break,
            }
        }
        at
    }
}

impl Hours {
    /// When these hours end, for an instant in them.
    fn ends(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let night = self.nights.as_ref();
        let night = night.and_then(|hours| quiet_from(hours, None, at));
        let off = self.days_off.as_ref();
        let off = off.and_then(|(hours, calendar)| quiet_from(hours, Some(calendar), at));
        night.into_iter().chain(off).min()
    }
}

impl Times for PolicyTimes<'_> {
    fn within_hours(&self, at: DateTime<Utc>, level: i32) -> DateTime<Utc> {
        let Some((people, ticket)) = self.asked else {
            return self.usual.opens(at);
        };
        let asked = ticket.asks(&self.policy.asked_at(level));
        let opens = asked.iter().map(|name| self.opens_for(people, name, at));
        opens.min().unwrap_or_else(|| self.usual.opens(at))
    }

    fn hours_end(&self, at: DateTime<Utc>, level: i32) -> Option<DateTime<Utc>> {
        let Some((people, ticket)) = self.asked else {
            return self.usual.ends(at);
        };
        let asked = ticket.asks(&self.policy.asked_at(level));
        if asked.is_empty() {
            return self.usual.ends(at);
        }
        let mut at = at;
        for _ in 0..SHIFTS {
            // Someone may still work when others stop.
            let mut latest = None;
            for name in &asked {
                if self.opens_for(people, name, at) <= at {
                    latest = latest.max(Some(self.ends_for(people, name, at)?));
                }
            }
            match latest {
                Some(end) if end > at => at = end,
                _ => break,
            }
        }
        Some(at)
    }

    fn cron_after(&self, expression: &str, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let zone = zone(self.zone).ok()?;
        let expression = CronExpr::parse(expression).ok()?;
        self.patterns.cycle(&expression, zone)?.next_after(at)
    }
}

#[cfg(test)]
mod tests {
    use app::id::{TaskId, TicketId};
    use app::person::Person;
    use app::ticket::machine::Ticket;
    use app::ticket::{EscalationStep, TicketKind};

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("a time").to_utc()
    }

    fn opens(from: u16, until: u16, calendar: Option<&str>, times: &[(&str, &str)]) {
        let policy = UrgePolicy {
            hours: Some(WorkingHours {
                from,
                until,
                calendar: calendar.map(str::to_owned),
            }),
            ..UrgePolicy::default()
        };
        let (calendars, patterns) = (Snapshot::default(), Patterns::default());
        let found = PolicyTimes::new(&policy, "Asia/Shanghai", &calendars, &patterns);
        for (asked, opens) in times {
            assert_eq!(found.within_hours(at(asked), 0), at(opens), "{asked}");
        }
    }

    #[test]
    fn a_friday_night_before_a_make_up_day_ends_on_saturday() {
        // 2026-10-10 is a Saturday on which people work (调休); 2026-11-28 is an ordinary one.
        let (nine, six) = (9 * 60, 18 * 60);
        opens(
            nine,
            six,
            Some("cn"),
            &[
                ("2026-10-09T22:00:00+08:00", "2026-10-10T09:00:00+08:00"),
                ("2026-11-27T22:00:00+08:00", "2026-11-30T09:00:00+08:00"),
                ("2026-11-27T17:59:59+08:00", "2026-11-27T17:59:59+08:00"),
                ("2026-11-27T18:00:00+08:00", "2026-11-30T09:00:00+08:00"),
                ("2026-11-28T10:00:00+08:00", "2026-11-30T09:00:00+08:00"),
                // The National Day holidays.
                ("2026-09-30T20:00:00+08:00", "2026-10-08T09:00:00+08:00"),
            ],
        );
    }

    #[test]
    fn hours_may_cross_midnight_or_end_with_the_day() {
        opens(
            22 * 60,
            6 * 60,
            None,
            &[
                ("2026-11-24T23:00:00+08:00", "2026-11-24T23:00:00+08:00"),
                ("2026-11-25T05:59:00+08:00", "2026-11-25T05:59:00+08:00"),
                ("2026-11-25T06:00:00+08:00", "2026-11-25T22:00:00+08:00"),
            ],
        );
        opens(
            9 * 60,
            DAY,
            None,
            &[
                ("2026-11-24T23:59:00+08:00", "2026-11-24T23:59:00+08:00"),
                ("2026-11-25T00:00:00+08:00", "2026-11-25T09:00:00+08:00"),
            ],
        );
        opens(
            0,
            DAY,
            Some("gone"),
            &[
                ("2026-11-27T10:00:00+08:00", "2026-11-27T10:00:00+08:00"),
                ("2026-11-28T10:00:00+08:00", "2026-11-30T00:00:00+08:00"),
            ],
        );
    }

    /// A ticket that asks these people, then one more.
    fn asks(asked: &[&str]) -> StoredTicket {
        let opened_at = at("2026-11-23T00:00:00Z");
        let policy = UrgePolicy::default();
        StoredTicket {
            id: TicketId(1),
            task_id: TaskId(1),
            occurrence_id: None,
            run_id: None,
            owner: String::new(),
            asked: asked.iter().map(|name| (*name).to_owned()).collect(),
            opened_at,
            ticket: Ticket::opened(TicketKind::Firing, &policy, opened_at),
            acknowledged: None,
            done: None,
            word: None,
            version: 1,
            checked: 0,
        }
    }

    fn person(name: &str, zone: &str, hours: Option<(&str, &str)>) -> Person {
        Person {
            name: name.to_owned(),
            zone: Some(zone.to_owned()),
            hours_from: hours.map(|(from, _)| from.to_owned()),
            hours_until: hours.map(|(_, until)| until.to_owned()),
            ..Person::default()
        }
    }

    #[test]
    fn each_person_is_asked_in_hours_of_that_persons_zone() {
        let policy = UrgePolicy {
            hours: Some(WorkingHours {
                from: 9 * 60,
                until: 18 * 60,
                calendar: Some("cn".to_owned()),
            }),
            ladder: vec![EscalationStep {
                after_seconds: 3_600,
                who: vec!["bob".to_owned()],
            }],
            ..UrgePolicy::default()
        };
        let (calendars, patterns) = (Snapshot::default(), Patterns::default());
        let people = People::of([
            person("ann", "America/New_York", None),
            person("bob", "Europe/Berlin", Some(("22:00", "02:00"))),
        ]);
        let ticket = asks(&["ann"]);
        let times = PolicyTimes::new(&policy, "Asia/Shanghai", &calendars, &patterns);
        let times = times.asking(&people, &ticket);
        for (now, level, opens) in [
            // 11:00 in Shanghai, Sunday evening in New York.
            ("2026-11-23T03:00:00Z", 0, "2026-11-23T14:00:00Z"),
            ("2026-11-23T03:00:00Z", 1, "2026-11-23T14:00:00Z"),
            // Friday, 18:00 in New York: bob's night begins at 22:00 in Berlin, on the working day there.
            ("2026-11-27T23:00:00Z", 0, "2026-11-30T14:00:00Z"),
            ("2026-11-27T20:00:00Z", 1, "2026-11-27T20:00:00Z"),
            // The make-up day (调休) in New York.
            ("2026-10-10T03:00:00Z", 0, "2026-10-10T13:00:00Z"),
        ] {
            let found = times.within_hours(at(now), level);
            assert_eq!(found, at(opens), "{now} {level}");
        }
        let both = ["ann", "bob"].map(str::to_owned);
        let asked = |now| times.asked_at(&both, at(now));
        assert_eq!(asked("2026-11-23T15:00:00Z"), ["ann"]);
        assert_eq!(asked("2026-11-23T21:30:00Z"), both);
        assert_eq!(asked("2026-11-23T23:30:00Z"), ["bob"]);
        assert_eq!(asked("2026-11-23T05:00:00Z"), both, "no one's hours");
        let urgent = UrgePolicy {
            urgent: true,
            ..policy.clone()
        };
        let times = PolicyTimes::new(&urgent, "Asia/Shanghai", &calendars, &patterns);
        let times = times.asking(&people, &ticket);
        assert_eq!(times.asked_at(&both, at("2026-11-23T15:00:00Z")), both);
    }

    #[test]
    fn hours_end_when_the_last_of_those_who_are_asked_stops() {
        let policy = UrgePolicy {
            hours: Some(WorkingHours {
                from: 9 * 60,
                until: 18 * 60,
                calendar: Some("cn".to_owned()),
            }),
            ladder: vec![EscalationStep {
                after_seconds: 3_600,
                who: vec!["ann".to_owned()],
            }],
            ..UrgePolicy::default()
        };
        let (calendars, patterns) = (Snapshot::default(), Patterns::default());
        let usual = PolicyTimes::new(&policy, "Asia/Shanghai", &calendars, &patterns);
        for (now, ends) in [
            ("2026-11-27T09:00:00+08:00", "2026-11-27T18:00:00+08:00"),
            ("2026-10-10T10:00:00+08:00", "2026-10-10T18:00:00+08:00"),
        ] {
            assert_eq!(usual.hours_end(at(now), 0), Some(at(ends)), "{now}");
        }
        // ann begins in Berlin while Shanghai works, and stops there.
        let people = People::of([person("ann", "Europe/Berlin", None)]);
        let ticket = asks(&["张三"]);
        let times = PolicyTimes::new(&policy, "Asia/Shanghai", &calendars, &patterns);
        let times = times.asking(&people, &ticket);
        let noon = at("2026-11-27T12:00:00+08:00");
        let six = at("2026-11-27T18:00:00+08:00");
        assert_eq!(times.hours_end(noon, 0), Some(six));
        let berlin = at("2026-11-27T18:00:00+01:00");
        assert_eq!(times.hours_end(noon, 1), Some(berlin));
        // Around the clock they do not end.
        let any = UrgePolicy::default();
        let always = PolicyTimes::new(&any, "Asia/Shanghai", &calendars, &patterns);
        assert_eq!(always.hours_end(noon, 0), None);
    }

    #[test]
    fn cron_expressions_are_read_in_the_zone_of_the_task() {
        let (calendars, patterns) = (Snapshot::default(), Patterns::default());
        let policy = UrgePolicy::default();
        let times = PolicyTimes::new(&policy, "Asia/Shanghai", &calendars, &patterns);
        let next = times.cron_after("0 9 * * *", at("2026-11-28T10:00:00+08:00"));
        assert_eq!(next, Some(at("2026-11-29T09:00:00+08:00")));
        assert_eq!(
            times.cron_after("no", at("2026-11-28T10:00:00+08:00")),
            None
        );
    }
}
