//! Who is on call: a pure function of the rota and the instant, and the people that owners such as `oncall:db` stand for.

mod overrides;

pub use overrides::{NotRemoved, NotSwapped, in_the_way, remove_override, span, swap, weeks};

use std::collections::HashMap;

use app::oncall::{Rota, owner_of_rota, rota_of};
use chrono::{DateTime, Utc};
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::store::{Store, StoreError};
use crate::timetable::{at_time_on, civil_date, zone};

/// A time in which one person is on call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Turn {
    /// Who.
    pub who: String,
    /// From then on.
    pub from: DateTime<Utc>,
    /// Until then.
    pub until: DateTime<Utc>,
}

/// The instant at which a week begins with a hand-over on this date.
fn hand_over(rota: &Rota, zone: &TimeZone, date: Date) -> DateTime<Utc> {
    let (hour, minute) = (rota.minute / 60, rota.minute % 60);
    let hour = i8::try_from(hour).unwrap_or_default();
    let minute = i8::try_from(minute).unwrap_or_default();
    let time = Time::new(hour, minute, 0, 0).unwrap_or(Time::midnight());
    // A time that the clock skips is the first instant after it, a repeated one its first pass.
    at_time_on(zone, date, time)
}

/// The day of hand-over on a date or before it.
#[must_use]
pub fn day_of_hand_over(rota: &Rota, date: Date) -> Date {
    let wanted = i8::try_from(rota.weekday.number()).unwrap_or(1);
    let behind = (date.weekday().to_monday_one_offset() - wanted).rem_euclid(7);
    date.checked_sub(i64::from(behind).days()).unwrap_or(date)
}

/// The week of a rota at an instant, without overrides. `None` where it has no people or dates that do not exist.
#[must_use]
pub fn week(rota: &Rota, zone: &TimeZone, at: DateTime<Utc>) -> Option<Turn> {
    let first = day_of_hand_over(rota, rota.since.parse().ok()?);
    let mut day = day_of_hand_over(rota, civil_date(zone, at));
    if hand_over(rota, zone, day) > at {
        day = day.checked_sub(7.days()).ok()?;
    }
    let weeks = i64::from(first.until(day).ok()?.get_days()).div_euclid(7);
    let people = i64::try_from(rota.people.len())
        .ok()
        .filter(|count| *count > 0)?;
    let index = usize::try_from(weeks.rem_euclid(people)).ok()?;
    Some(Turn {
        who: rota.people.get(index)?.clone(),
        from: hand_over(rota, zone, day),
        until: hand_over(rota, zone, day.checked_add(7.days()).ok()?),
    })
}

/// Who is on call at an instant: the override that was made last, or else the person of the week. The turn ends when
/// either changes.
#[must_use]
pub fn on_call(rota: &Rota, zone: &TimeZone, at: DateTime<Utc>) -> Option<Turn> {
    let mut turn = week(rota, zone, at)?;
    // Later ones win: each one found replaces, or shortens, what there is.
    for one in &rota.overrides {
        let (from, until) = (one.from.0, one.until.0);
        if from <= at && at < until {
            turn = Turn {
                who: one.who.clone(),
                from,
                until,
            };
        } else if at < from && from < turn.until {
            turn.until = from;
        }
    }
    Some(turn)
}

/// The rotas by name, each with the person it stands for at an instant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OnCall(HashMap<String, (Rota, String)>);

impl OnCall {
    /// Whether any of these owners names a rota.
    pub fn is_among<'a>(owners: impl IntoIterator<Item = &'a String>) -> bool {
        owners.into_iter().any(|owner| rota_of(owner).is_some())
    }

    /// Reads the rotas, if any is needed: without one it costs no statement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(
        store: &Store,
        is_needed: bool,
        at: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        if !is_needed {
            return Ok(Self::default());
        }
        let rotas = store.rotas().await?.into_iter();
        let people = rotas.filter_map(|(rota, _)| {
            let turn = on_call(&rota, &zone(&rota.zone).ok()?, at)?;
            Some((rota.name.clone(), (rota, turn.who)))
        });
        Ok(Self(people.collect()))
    }

    /// The rotas that stand for a person, as owners are named.
    #[must_use]
    pub fn standing_for(&self, person: &str) -> Vec<String> {
        let rotas = self.0.iter().filter(|(_, (_, who))| *who == person);
        rotas.map(|(rota, _)| owner_of_rota(rota)).collect()
    }

    /// Who is on call at any instant; `None` where there is no such rota.
    #[must_use]
    pub fn turn(&self, rota: &str, at: DateTime<Utc>) -> Option<Turn> {
        let (rota, _) = self.0.get(rota)?;
        on_call(rota, &zone(&rota.zone).ok()?, at)
    }

    /// Names the people in the place of rotas, each person once. A rota that is gone keeps its name.
    pub fn name(&self, owners: &mut Vec<String>) {
        if !Self::is_among(owners.iter()) {
            return;
        }
        let mut named: Vec<String> = Vec::with_capacity(owners.len());
        for owner in owners.drain(..) {
            let stands_for = rota_of(&owner).and_then(|rota| self.0.get(rota));
            let person = stands_for.map(|(_, who)| who.clone()).unwrap_or(owner);
            if !named.contains(&person) {
                named.push(person);
            }
        }
        *owners = named;
    }
}

#[cfg(test)]
mod tests {
    use app::oncall::Override;
    use app::summary::Weekday;
    use app::time::Stamp;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("a time").to_utc()
    }

    fn rota(zone: &str, weekday: Weekday, minute: u16) -> Rota {
        Rota {
            name: "db".to_owned(),
            zone: zone.to_owned(),
            weekday,
            minute,
            people: ["ann", "bob", "cid"].map(str::to_owned).to_vec(),
            since: "2026-11-02".to_owned(),
            overrides: Vec::new(),
        }
    }

    fn who(rota: &Rota, when: &str) -> String {
        let zone = zone(&rota.zone).expect("a zone");
        let turn = on_call(rota, &zone, at(when)).expect("a turn");
        assert!(
            turn.from <= at(when) && at(when) < turn.until,
            "{when}: {turn:?}"
        );
        turn.who
    }

    #[test]
    fn weeks_change_at_the_hand_over() {
        let rota = rota("Asia/Shanghai", Weekday::Monday, 9 * 60);
        for (when, expected) in [
            // 2 November 2026 is a Monday.
            ("2026-11-02T08:59:59+08:00", "cid"),
            ("2026-11-02T09:00:00+08:00", "ann"),
            ("2026-11-08T23:59:59+08:00", "ann"),
            ("2026-11-09T08:59:59+08:00", "ann"),
            ("2026-11-09T09:00:00+08:00", "bob"),
            ("2026-11-16T09:00:00+08:00", "cid"),
            ("2026-11-23T09:00:00+08:00", "ann"),
            ("2027-11-01T09:00:00+08:00", "bob"),
            // Before the first week the same order goes on backwards.
            ("2026-10-20T12:00:00+08:00", "bob"),
        ] {
            assert_eq!(who(&rota, when), expected, "{when}");
        }
    }

    #[test]
    fn a_hand_over_keeps_its_time_of_day_when_clocks_change() {
        // In Berlin clocks go back on Sunday, 25 October 2026 at 03:00 and forward on Sunday, 28 March 2027 at 02:00.
        let sunday = |minute| Rota {
            since: "2026-10-18".to_owned(),
            ..rota("Europe/Berlin", Weekday::Sunday, minute)
        };
        for (minute, when, expected) in [
            (9 * 60, "2026-10-25T08:59:59+01:00", "ann"),
            (9 * 60, "2026-10-25T09:00:00+01:00", "bob"),
            // 02:30 comes twice: its first pass counts.
            (150, "2026-10-25T02:29:59+02:00", "ann"),
            (150, "2026-10-25T02:30:00+02:00", "bob"),
            (150, "2026-10-25T02:30:00+01:00", "bob"),
            // 02:30 does not exist: the first instant after the gap.
            (150, "2027-03-28T01:59:59+01:00", "bob"),
            (150, "2027-03-28T03:00:00+02:00", "cid"),
        ] {
            assert_eq!(who(&sunday(minute), when), expected, "{minute} {when}");
        }
    }

    #[test]
    fn the_last_override_wins_and_swaps_exchange_weeks() {
        let mut rota = rota("UTC", Weekday::Monday, 0);
        let over = |from: &str, until: &str, who: &str| Override {
            from: Stamp(at(from)),
            until: Stamp(at(until)),
            who: who.to_owned(),
        };
        rota.overrides = vec![
            over("2026-11-03T00:00:00Z", "2026-11-05T00:00:00Z", "dan"),
            over("2026-11-04T00:00:00Z", "2026-11-04T12:00:00Z", "eve"),
        ];
        for (when, expected) in [
            ("2026-11-02T12:00:00Z", "ann"),
            ("2026-11-03T00:00:00Z", "dan"),
            ("2026-11-04T00:00:00Z", "eve"),
            ("2026-11-04T12:00:00Z", "dan"),
            ("2026-11-05T00:00:00Z", "ann"),
        ] {
            assert_eq!(who(&rota, when), expected, "{when}");
        }
        let zone = zone("UTC").expect("a zone");
        let turn = on_call(&rota, &zone, at("2026-11-02T12:00:00Z")).expect("a turn");
        assert_eq!(
            turn.until,
            at("2026-11-03T00:00:00Z"),
            "it ends with the override"
        );
        let first = week(&rota, &zone, at("2026-11-10T00:00:00Z")).expect("a week");
        let second = week(&rota, &zone, at("2026-11-17T00:00:00Z")).expect("a week");
        let third = week(&rota, &zone, at("2026-11-24T00:00:00Z")).expect("a week");
        let people = |rota: &Rota| {
            ["2026-11-10", "2026-11-17", "2026-11-24"]
                .map(|day| who(rota, &format!("{day}T00:00:00Z")))
        };
        swap(&mut rota, &first, &second).expect("a swap");
        assert_eq!(people(&rota), ["cid", "bob", "ann"]);
        // Who stands in for a whole week changes places as well.
        swap(&mut rota, &second, &third).expect("a swap");
        assert_eq!(people(&rota), ["cid", "ann", "bob"]);
        swap(&mut rota, &second, &third).expect("the same again");
        assert_eq!(people(&rota), ["cid", "bob", "ann"]);
        swap(&mut rota, &second, &first).expect("the same again");
        assert_eq!(people(&rota), ["bob", "cid", "ann"]);
        assert_eq!(rota.overrides.len(), 2, "{:?}", rota.overrides);
        assert_eq!(swap(&mut rota, &first, &first), Err(NotSwapped::OneWeek));
        let part = over("2026-11-11T00:00:00Z", "2026-11-12T00:00:00Z", "eve");
        rota.overrides.push(part.clone());
        let refused = swap(&mut rota, &first, &second);
        assert_eq!(refused, Err(NotSwapped::InPart(part)));
    }

    #[test]
    fn people_are_named_in_the_place_of_rotas_once() {
        let db = rota("UTC", Weekday::Monday, 0);
        let on_call = OnCall([("db".to_owned(), (db, "ann".to_owned()))].into());
        let mut owners = ["oncall:db", "ann", "oncall:gone", "@all"]
            .map(str::to_owned)
            .to_vec();
        on_call.name(&mut owners);
        assert_eq!(owners, ["ann", "oncall:gone", "@all"]);
    }
}
