//! Calendars, blackouts and pauses that hardly let anything through: no schedule ends early, nothing starts where it
//! must not, and every search terminates.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::*;
use crate::calendar::{Day, WorkCalendar};

/// A calendar that has days off for so many days from a given one.
fn resting(first: Date, days: usize) -> Snapshot {
    let rest = Day {
        work: false,
        name: String::new(),
    };
    let all = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take(days);
    let calendar = WorkCalendar {
        name: "own".into(),
        days: all.map(|day| (day, rest.clone())).collect(),
    };
    let mut rules = Snapshot::default();
    rules.calendars.insert("own".into(), Arc::new(calendar));
    rules
}

fn own(spec: &str, rule: &str, rules: &Snapshot) -> CompiledSchedule {
    let mut schedule = schedule(spec, rule);
    schedule.calendar = Some("own".into());
    compiled(&schedule, &task(), rules)
}

#[test]
fn a_rest_longer_than_any_search_does_not_end_a_schedule() {
    let first = date(2027, 1, 1);
    for days in [380, 399, 400, 401, 450, 900] {
        let rules = resting(first, days);
        let end = first
            .checked_add(i64::try_from(days).expect("days").days())
            .expect("a day");
        for rule in ["next_work_day", "previous_work_day", "work_days"] {
            for spec in ["0 9 * * *", "0 9,15 * * *", "30 7 * * 3"] {
                let compiled = own(spec, rule, &rules);
                let mut from = at("2026-12-20 12:00");
                let mut landed = 0;
                while crate::timetable::civil_date(compiled.cycle().zone(), from) < end {
                    let Some(slot) = compiled.next(from) else {
                        panic!("{spec} {rule} over {days} days ends at {from}");
                    };
                    assert!(slot.at > from, "{spec} {rule} {days}");
                    // The same slot from anywhere before it.
                    let near = slot.at - TimeDelta::microseconds(1);
                    assert_eq!(
                        compiled.next(near).as_ref(),
                        Some(&slot),
                        "{spec} {rule} {days}"
                    );
                    landed += slot.firings.len();
                    from = slot.at;
                }
                assert!(landed >= days / 8, "{spec} {rule} {days}: {landed}");
                let start = compiled.next_start(at("2027-01-04 12:00"));
                let start = start.map(|firing| shown(firing.due_at));
                assert!(
                    start.is_some_and(|at| at >= end.to_string()),
                    "{spec} {rule} {days}"
                );
            }
        }
    }
}

#[test]
fn a_time_of_the_day_that_has_passed_is_not_the_end() {
    // The day itself is a day off, and its firing has passed.
    let rules = resting(date(2026, 1, 1), 1200);
    for rule in ["next_work_day", "previous_work_day"] {
        let compiled = own("0 9 * * *", rule, &rules);
        let slot = compiled.next(at("2027-06-01 10:00")).expect("a slot");
        assert_eq!(shown(slot.at), "2027-06-02 09:00:00");
        assert!(matches!(
            slot.firings[0].excluded,
            Some(Excluded::Nowhere { .. })
        ));
        let twice = own("0 9,15 * * *", rule, &rules);
        let slot = twice.next(at("2027-06-01 10:00")).expect("a slot");
        assert_eq!(shown(slot.at), "2027-06-01 15:00:00");
    }
}

#[test]
fn a_schedule_asked_from_long_before_its_task_goes_on() {
    let mut young = task();
    young.created_at = Stamp(at("2026-11-22 10:00"));
    for rule in ["next_work_day", "previous_work_day"] {
        let daily = compiled(&schedule("0 9 * * *", rule), &young, &Snapshot::default());
        let slot = daily.next(at("2000-01-01 00:00")).expect("a slot");
        assert_eq!(shown(slot.at), "2026-11-23 09:00:00", "{rule}");
    }
}

#[test]
fn a_moved_firing_is_found_where_it_lands() {
    let rules = resting(date(2027, 1, 1), 450);
    for rule in ["", "work_days", "next_work_day", "previous_work_day"] {
        let compiled = own("0 9 * * 1,6", rule, &rules);
        let mut from = at("2026-12-01 00:00");
        for _ in 0..120 {
            let slot = compiled.next(from).expect("a slot");
            for firing in &slot.firings {
                let found = compiled.slot_of(firing.scheduled_for).expect("its slot");
                assert_eq!(found.at, slot.at, "{rule} {}", firing.scheduled_for);
                assert_eq!(found.firings.as_slice(), std::slice::from_ref(firing));
            }
            from = slot.at;
        }
    }
    let nth = plain("0 9 * * *", "nth_work_day:1");
    assert!(nth.slot_of(at("2026-12-01 09:00")).is_some());
    assert!(nth.slot_of(at("2026-12-02 09:00")).is_none());
}

#[test]
fn a_blackout_of_dense_starts_is_one_time() {
    // A minute long, every minute from 9 to 17: closed until 18:00.
    let hours = |policy| blackout(None, Some(("* 9-17 * * *", 60)), policy, &[]);
    let quiet = hours(BlackoutPolicy::CatchUp);
    let whole = Some((at("2026-11-23 09:00"), at("2026-11-23 18:00")));
    for time in [
        "2026-11-23 09:00",
        "2026-11-23 13:30:30",
        "2026-11-23 17:59:59",
    ] {
        assert_eq!(quiet.at(at(time)), whole, "{time}");
    }
    assert_eq!(quiet.at(at("2026-11-23 08:59:59")), None);
    assert_eq!(quiet.at(at("2026-11-23 18:00")), None);
    assert_eq!(quiet.current_or_next(at("2026-11-22 20:00")), whole);
    let half_hourly = compiled(&schedule("*/30 * * * *", ""), &task(), &with(quiet));
    assert_eq!(
        starts(&half_hourly, "2026-11-23 08:15", 3),
        [
            "2026-11-23 08:30:00",
            "2026-11-23 18:00:00",
            "2026-11-23 18:30:00"
        ],
        "18:00 is a firing's own time"
    );
    let odd = compiled(
        &schedule("15 10 * * *", ""),
        &task(),
        &with(hours(BlackoutPolicy::CatchUp)),
    );
    assert_eq!(
        starts(&odd, "2026-11-23 08:15", 2),
        ["2026-11-23 18:00:00", "2026-11-24 18:00:00"]
    );
}

#[test]
fn a_blackout_without_end_lets_nothing_start() {
    for (cron, seconds) in [("* * * * *", 60), ("* * * * * *", 1), ("0 0 * * *", 90_000)] {
        for policy in [BlackoutPolicy::Drop, BlackoutPolicy::CatchUp] {
            let rules = with(blackout(None, Some((cron, seconds)), policy, &[]));
            for spec in ["0 9 * * *", "at 2026-11-24 09:00"] {
                let shut = compiled(&schedule(spec, ""), &task(), &rules);
                let slot = shut.next(at("2026-11-23 12:00")).expect("a slot");
                assert!(
                    matches!(slot.firings[0].excluded, Some(Excluded::Blackout { .. })),
                    "{cron} {spec}"
                );
                assert_eq!(shut.next_start(at("2026-11-23 12:00")), None);
            }
        }
    }
    // Many consecutive ones: more than are followed.
    let mut rules = Snapshot::default();
    for hour in 0..20 {
        let (start, end) = (
            format!("2026-11-23 {hour:02}:00"),
            format!("2026-11-23 {:02}:00", hour + 1),
        );
        let hour = blackout(
            Some((start.as_str(), end.as_str())),
            None,
            BlackoutPolicy::CatchUp,
            &[],
        );
        rules.quiet.push(hour);
    }
    let chained = compiled(&schedule("30 0 * * *", ""), &task(), &rules);
    let slot = chained.next(at("2026-11-23 00:00")).expect("a slot");
    assert!(slot.firings[0].excluded.is_some() && !slot.firings[0].postponed);
}

#[test]
fn nothing_is_known_behind_a_pause_without_end() {
    let mut paused = task();
    paused.state = TaskState::Paused;
    let compiled_schedules = [
        compiled(&schedule("0 9 * * *", ""), &paused, &Snapshot::default()),
        plain("0 10 * * *", ""),
    ];
    let slot = compiled_schedules[0]
        .next(at("2026-11-22 12:00"))
        .expect("a slot");
    assert_eq!(slot.firings[0].excluded, Some(Excluded::Paused));
    assert_eq!(compiled_schedules[0].behind(&slot), None);
    let mut merge = Merge::new(&compiled_schedules, at("2026-11-22 12:00"));
    merge.next();
    merge.skip_to(0, None);
    assert!(merge.take(50).all(|(index, _)| index == 1));
}

#[test]
fn every_search_has_an_end() {
    // One and a half years of days off in the way of a daily task.
    let rules = resting(date(2026, 12, 1), 550);
    let daily = own("0 9 * * *", "work_days", &rules);
    let start = daily.next_start(at("2026-11-30 12:00"));
    assert_eq!(
        start.map(|firing| shown(firing.due_at)),
        Some("2028-06-05 09:00:00".to_owned())
    );
    // Mondays are days off only where a calendar says so, and the last day it names has passed.
    let never = plain("0 9 * * 1", "rest_days");
    assert_eq!(never.next_start(at("2035-01-01 00:00")), None);
    // 29 February on a weekend: rare, but found.
    let rare = plain("0 9 29 2 *", "rest_days");
    let start = rare.next_start(at("2030-01-01 00:00"));
    assert_eq!(
        start.map(|firing| shown(firing.due_at)),
        Some("2032-02-29 09:00:00".to_owned())
    );
    // A calendar of nothing but days off, for a hundred years.
    let rules = resting(date(2026, 1, 1), 36_525);
    for rule in ["work_days", "next_work_day", "previous_work_day"] {
        let shut = own("0 9 * * *", rule, &rules);
        assert!(
            shut.next_start(at("2026-11-22 12:00"))
                .is_none_or(|firing| firing.due_at > at("2120-01-01 00:00")),
            "{rule}"
        );
    }
}

#[test]
fn a_calendar_that_is_gone_is_monday_to_friday() {
    let mut schedule = schedule("0 9 * * *", "work_days");
    schedule.calendar = Some("gone".into());
    let compiled = compiled(&schedule, &task(), &Snapshot::default());
    assert_eq!(
        starts(&compiled, "2026-10-02 12:00", 2),
        ["2026-10-05 09:00:00", "2026-10-06 09:00:00"],
        "a holiday of the built-in calendar"
    );
    assert_eq!(
        compiled.calendar().map(|own| own.name.as_str()),
        Some("gone")
    );
}
