//! Overrides of a rota: the days that dates name, swaps of weeks, and taking an override back.

use app::oncall::{Override, Rota};
use app::time::Stamp;
use chrono::{DateTime, Utc};
use jiff::tz::TimeZone;

use super::{Turn, hand_over, week};
use crate::timetable::{date_alone, parse_instant};

/// A time that a person names: from then on, and until then. One instant where it is a time; a date alone is a day of the
/// rota, from the time of the hand-over on that date to the same time on the next one: the turn that begins on a date is
/// in force on it, and the one that ends then is not.
#[must_use]
pub fn span(rota: &Rota, zone: &TimeZone, text: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    match date_alone(text) {
        Some(date) => Some((
            hand_over(rota, zone, date),
            hand_over(rota, zone, date.tomorrow().ok()?),
        )),
        None => parse_instant(text, zone).map(|at| (at, at)),
    }
}

/// The override that is in the way of another one from `from` to `until`.
#[must_use]
pub fn in_the_way(rota: &Rota, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<&Override> {
    let mut overrides = rota.overrides.iter();
    overrides.find(|one| one.from.0 < until && from < one.until.0)
}

/// Why the people of two weeks do not change places.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotSwapped {
    /// It is one week.
    OneWeek,
    /// Another person is on call for a part of a week.
    InPart(Override),
}

/// Who has a week: its person, or who stands in for the whole of it.
///
/// # Errors
/// The override that covers a part of the week, or more than it.
fn who_has(rota: &Rota, turn: &Turn) -> Result<String, Override> {
    let touching = |one: &&Override| one.from.0 < turn.until && turn.from < one.until.0;
    let mut who = turn.who.clone();
    for one in rota.overrides.iter().filter(touching) {
        if one.from.0 != turn.from || one.until.0 != turn.until {
            return Err(one.clone());
        }
        // Of several for one week, which servers of former versions stored, the last one holds.
        who.clone_from(&one.who);
    }
    Ok(who)
}

/// The week at an instant and those after it, each with the person who has it. An override of another time than a week
/// changes no week.
pub fn weeks(rota: &Rota, zone: &TimeZone, at: DateTime<Utc>) -> impl Iterator<Item = Turn> {
    let next = move |turn: &Turn| week(rota, zone, turn.until);
    std::iter::successors(week(rota, zone, at), next).map(move |mut turn| {
        if let Ok(who) = who_has(rota, &turn) {
            turn.who = who;
        }
        turn
    })
}

/// Has the people of two weeks change places, who may stand in for whole weeks already: the same swap again takes it
/// back. Returns who had the first week, and who had the second one.
///
/// # Errors
/// When it is one week, or an override covers a part of one of them or more than it.
pub fn swap(rota: &mut Rota, first: &Turn, second: &Turn) -> Result<(String, String), NotSwapped> {
    if first.from == second.from {
        return Err(NotSwapped::OneWeek);
    }
    let has = |turn: &Turn| who_has(rota, turn).map_err(NotSwapped::InPart);
    let (of_first, of_second) = (has(first)?, has(second)?);
    for (turn, who) in [(first, &of_second), (second, &of_first)] {
        let is_of_week = |one: &Override| one.from.0 == turn.from && one.until.0 == turn.until;
        rota.overrides.retain(|one| !is_of_week(one));
        if turn.who != *who {
            rota.overrides.push(Override {
                from: Stamp(turn.from),
                until: Stamp(turn.until),
                who: who.clone(),
            });
        }
    }
    Ok((of_first, of_second))
}

/// Why an override is not removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotRemoved {
    /// There is none then.
    NoneThen,
    /// There are several then.
    Several,
}

/// Removes the override that begins at the first instant of a span, or else the only one in it.
///
/// # Errors
/// When there is none, or several are in the span and none begins with it.
pub fn remove_override(
    rota: &mut Rota,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Override, NotRemoved> {
    let overrides = &rota.overrides;
    let begins = overrides.iter().rposition(|one| one.from.0 == from);
    let touches = |one: &Override| {
        let begins_before = if from == until {
            one.from.0 <= from
        } else {
            one.from.0 < until
        };
        begins_before && from < one.until.0
    };
    let found = match begins {
        Some(index) => index,
        None => match overrides.iter().filter(|one| touches(one)).count() {
            0 => return Err(NotRemoved::NoneThen),
            1 => overrides.iter().position(touches).unwrap_or_default(),
            _ => return Err(NotRemoved::Several),
        },
    };
    Ok(rota.overrides.remove(found))
}

#[cfg(test)]
mod tests {
    use app::summary::Weekday;

    use super::*;
    use crate::oncall::week;
    use crate::timetable::zone;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("a time").to_utc()
    }

    fn rota(zone: &str) -> Rota {
        Rota {
            name: "db".to_owned(),
            zone: zone.to_owned(),
            weekday: Weekday::Monday,
            minute: 9 * 60,
            people: ["ann", "bob", "cid"].map(str::to_owned).to_vec(),
            since: "2026-11-02".to_owned(),
            overrides: Vec::new(),
        }
    }

    #[test]
    fn a_date_is_the_day_that_begins_with_the_hand_over() {
        let rota = rota("Asia/Shanghai");
        let zone = zone("Asia/Shanghai").expect("a zone");
        let of = |text| span(&rota, &zone, text).expect("a time");
        let day = of("2026-12-07");
        assert_eq!(day.0, at("2026-12-07T09:00:00+08:00"));
        assert_eq!(day.1, at("2026-12-08T09:00:00+08:00"));
        let time = at("2026-12-07T00:00:00+08:00");
        assert_eq!(of("2026-12-07 00:00"), (time, time));
        assert_eq!(span(&rota, &zone, "soon"), None);
        // The week that begins on a date, or else the one in force at its end.
        for (date, begins) in [("2026-12-07", "2026-12-07"), ("2026-12-13", "2026-12-07")] {
            let found = week(&rota, &zone, of(date).0).expect("a week");
            assert_eq!(found.from, of(begins).0, "{date}");
        }
    }

    #[test]
    fn an_override_is_removed_by_its_beginning_or_a_time_in_it() {
        let over = |from: &str, until: &str, who: &str| Override {
            from: Stamp(at(from)),
            until: Stamp(at(until)),
            who: who.to_owned(),
        };
        let mut rota = rota("UTC");
        rota.overrides = vec![
            over("2026-11-03T09:00:00Z", "2026-11-03T12:00:00Z", "dan"),
            over("2026-11-03T12:00:00Z", "2026-11-03T15:00:00Z", "eve"),
            over("2026-11-04T12:00:00Z", "2026-11-04T15:00:00Z", "fay"),
        ];
        let zone = zone("UTC").expect("a zone");
        let mut remove = |text: &str| {
            let span = span(&rota, &zone, text).expect("a time");
            remove_override(&mut rota, span).map(|one| one.who)
        };
        assert_eq!(remove("2026-11-05"), Err(NotRemoved::NoneThen));
        assert_eq!(remove("2026-11-04").as_deref(), Ok("fay"));
        assert_eq!(remove("2026-11-03 13:00").as_deref(), Ok("eve"));
        assert_eq!(remove("2026-11-03").as_deref(), Ok("dan"));
        assert_eq!(remove("2026-11-03"), Err(NotRemoved::NoneThen));
        rota.overrides = vec![
            over("2026-11-03T10:00:00Z", "2026-11-03T12:00:00Z", "dan"),
            over("2026-11-03T12:00:00Z", "2026-11-03T15:00:00Z", "eve"),
        ];
        let span = span(&rota, &zone, "2026-11-03").expect("a time");
        assert_eq!(remove_override(&mut rota, span), Err(NotRemoved::Several));
    }
}
