//! What rules, blackouts, jitter and pauses do to a schedule.

use std::sync::Arc;

use app::calendar::BlackoutPolicy;
use app::id::{BlackoutId, ScheduleId};
use app::schedule::{DayRule, Jitter, Schedule};
use app::task::{Task, TaskState};
use app::time::Stamp;
use chrono::{DateTime, TimeDelta, Utc};

use super::{CompiledSchedule, Excluded, Merge, Snapshot};
use crate::firings::ResolvedBlackout;
use crate::store::StoredBlackout;
use crate::timetable::{Patterns, parse_instant, rules, zone};

mod bounds;
mod counts;

const ZONE: &str = "Asia/Shanghai";

/// An instant in Shanghai time.
fn at(text: &str) -> DateTime<Utc> {
    parse_instant(text, &zone(ZONE).expect("zone")).expect("test time")
}

fn shown(at: DateTime<Utc>) -> String {
    rules(ZONE, &zone(ZONE).expect("zone"), at).local(Stamp(at))
}

fn schedule(spec: &str, rule: &str) -> Schedule {
    Schedule {
        id: ScheduleId(7),
        day_rule: rule.parse().expect("a rule"),
        ..Schedule::plain(spec)
    }
}

fn task() -> Task {
    let mut task = Task::example();
    task.spec.tags = vec!["db".into()];
    task.spec.zone = ZONE.into();
    task.spec.schedules.clear();
    task
}

fn compiled(schedule: &Schedule, task: &Task, rules: &Snapshot) -> CompiledSchedule {
    CompiledSchedule::new(schedule, task, rules, &Patterns::default()).expect("a compiled")
}

fn plain(spec: &str, rule: &str) -> CompiledSchedule {
    compiled(&schedule(spec, rule), &task(), &Snapshot::default())
}

/// The next starts, as local times.
fn starts(compiled: &CompiledSchedule, after: &str, count: usize) -> Vec<String> {
    let mut from = at(after);
    let mut found = Vec::new();
    while found.len() < count
        && let Some(slot) = compiled.next(from)
    {
        assert!(slot.at > from, "time goes forward");
        from = slot.at;
        let fires = slot.firings.iter().filter(|f| f.excluded.is_none());
        found.extend(fires.map(|firing| shown(firing.due_at)));
    }
    found
}

fn blackout(
    start: Option<(&str, &str)>,
    cron: Option<(&str, i64)>,
    policy: BlackoutPolicy,
    tags: &[&str],
) -> Arc<ResolvedBlackout> {
    let row = StoredBlackout {
        id: BlackoutId(3),
        name: "发布".into(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        zone: ZONE.into(),
        starts_at: start.map(|(start, _)| at(start)),
        ends_at: start.map(|(_, end)| at(end)),
        cron: cron.map(|(cron, _)| cron.to_owned()),
        duration_seconds: cron.map(|(_, seconds)| seconds),
        policy,
        version: 1,
    };
    Arc::new(ResolvedBlackout::new(&row, &Patterns::default()).expect("a blackout"))
}

fn with(quiet: Arc<ResolvedBlackout>) -> Snapshot {
    Snapshot {
        quiet: vec![quiet],
        ..Snapshot::default()
    }
}

#[test]
fn work_days_follow_the_chinese_calendar() {
    // 2026: holiday 1–7 October, make-up work on Saturday the 10th.
    let work = plain("0 9 * * *", "work_days");
    assert_eq!(
        starts(&work, "2026-09-30 12:00", 4),
        [
            "2026-10-08 09:00:00",
            "2026-10-09 09:00:00",
            "2026-10-10 09:00:00",
            "2026-10-12 09:00:00"
        ]
    );
    let rest = plain("0 9 * * *", "rest_days");
    assert_eq!(
        starts(&rest, "2026-10-06 12:00", 3),
        [
            "2026-10-07 09:00:00",
            "2026-10-11 09:00:00",
            "2026-10-17 09:00:00"
        ]
    );
    let slot = work.next(at("2026-09-30 12:00")).expect("a slot");
    assert!(matches!(
        &slot.firings[0].excluded,
        Some(Excluded::Day { work: false, .. })
    ));
    assert_eq!(
        work.next_start(at("2026-09-30 12:00"))
            .map(|f| shown(f.due_at)),
        Some("2026-10-08 09:00:00".to_owned())
    );
}

#[test]
fn firings_on_rest_days_move() {
    // The 1st and the 15th: 1 October is a holiday up to the 7th.
    let next = plain("30 8 1,15 * *", "next_work_day");
    assert_eq!(
        starts(&next, "2026-09-16 00:00", 3),
        [
            "2026-10-08 08:30:00",
            "2026-10-15 08:30:00",
            "2026-11-02 08:30:00"
        ]
    );
    let before = plain("30 8 1,15 * *", "previous_work_day");
    assert_eq!(
        starts(&before, "2026-09-16 00:00", 3),
        [
            "2026-09-30 08:30:00",
            "2026-10-15 08:30:00",
            "2026-10-30 08:30:00"
        ]
    );
    // Every day: a firing moved onto a day that fires anyway is recorded, and that day fires once.
    let daily = plain("0 9 * * *", "next_work_day");
    let slot = daily.next(at("2026-09-30 12:00")).expect("a slot");
    assert_eq!(shown(slot.at), "2026-10-08 09:00:00");
    assert_eq!(slot.firings.len(), 8);
    let firing: Vec<_> = slot
        .firings
        .iter()
        .filter(|firing| firing.excluded.is_none())
        .collect();
    assert_eq!(firing.len(), 1);
    assert_eq!(shown(firing[0].scheduled_for), "2026-10-08 09:00:00");
    // Another time of day keeps its own slot.
    let twice = plain("0 9,18 1 * *", "next_work_day");
    assert_eq!(
        starts(&twice, "2026-09-30 12:00", 2),
        ["2026-10-08 09:00:00", "2026-10-08 18:00:00"]
    );
    assert_eq!(
        twice
            .slot_of(at("2026-10-01 18:00"))
            .map(|slot| shown(slot.at)),
        Some("2026-10-08 18:00:00".to_owned())
    );
}

#[test]
fn work_days_of_a_month_are_counted() {
    assert_eq!(
        starts(&plain("0 9 * * *", "nth_work_day:1"), "2026-09-30 12:00", 3),
        [
            "2026-10-08 09:00:00",
            "2026-11-02 09:00:00",
            "2026-12-01 09:00:00"
        ]
    );
    assert_eq!(
        starts(
            &plain("0 18 * * *", "nth_work_day:-1"),
            "2026-02-01 00:00",
            3
        ),
        [
            "2026-02-28 18:00:00",
            "2026-03-31 18:00:00",
            "2026-04-30 18:00:00"
        ]
    );
    // Only in the months that the expression names.
    assert_eq!(
        starts(
            &plain("0 9 * 1,7 *", "nth_work_day:1"),
            "2026-02-01 00:00",
            2
        ),
        ["2026-07-01 09:00:00", "2027-01-01 09:00:00"]
    );
}

#[test]
fn a_blackout_drops_or_puts_off() {
    let hours = Some(("2026-11-22 09:00", "2026-11-22 11:30"));
    let dropped = compiled(
        &schedule("0 * * * *", ""),
        &task(),
        &with(blackout(hours, None, BlackoutPolicy::Drop, &[])),
    );
    assert_eq!(
        starts(&dropped, "2026-11-22 07:30", 2),
        ["2026-11-22 08:00:00", "2026-11-22 12:00:00"]
    );
    let later = compiled(
        &schedule("0 * * * *", ""),
        &task(),
        &with(blackout(hours, None, BlackoutPolicy::CatchUp, &["db"])),
    );
    assert_eq!(
        starts(&later, "2026-11-22 07:30", 3),
        [
            "2026-11-22 08:00:00",
            "2026-11-22 11:30:00",
            "2026-11-22 12:00:00"
        ]
    );
    let others = compiled(
        &schedule("0 * * * *", ""),
        &task(),
        &with(blackout(hours, None, BlackoutPolicy::Drop, &["web"])),
    );
    assert_eq!(
        starts(&others, "2026-11-22 08:30", 1),
        ["2026-11-22 09:00:00"]
    );
    // Every night from 22:00 for ten hours; the end itself is outside.
    let nights = compiled(
        &schedule("0 */4 * * *", ""),
        &task(),
        &with(blackout(
            None,
            Some(("0 22 * * *", 36_000)),
            BlackoutPolicy::CatchUp,
            &[],
        )),
    );
    assert_eq!(
        starts(&nights, "2026-11-22 18:00", 3),
        [
            "2026-11-22 20:00:00",
            "2026-11-23 08:00:00",
            "2026-11-23 12:00:00"
        ]
    );
}

#[test]
fn jitter_stays_between_two_firings() {
    for stable in [false, true] {
        let mut schedule = schedule("* * * * *", "");
        schedule.jitter = Jitter {
            seconds: 600,
            stable,
        };
        let spread = compiled(&schedule, &task(), &Snapshot::default());
        let mut from = at("2026-11-22 09:00");
        let mut delays = Vec::new();
        for _ in 0..200 {
            let slot = spread.next(from).expect("a slot");
            let delay = slot.firings[0].due_at - slot.at;
            assert!(delay >= TimeDelta::zero() && delay < TimeDelta::seconds(60));
            assert_eq!(spread.next(from).as_ref(), Some(&slot), "always the same");
            delays.push(delay);
            from = slot.at;
        }
        delays.sort_unstable();
        delays.dedup();
        assert_eq!(delays.len() == 1, stable, "{} delays", delays.len());
    }
}

#[test]
fn a_pause_with_an_end_is_stepped_over() {
    let mut paused = task();
    paused.state = TaskState::Paused;
    paused.paused_until = Some(Stamp(at("2026-11-22 18:00")));
    let until = compiled(&schedule("0 * * * *", ""), &paused, &Snapshot::default());
    assert_eq!(
        until
            .next_start(at("2026-11-22 09:30"))
            .map(|f| shown(f.due_at)),
        Some("2026-11-22 18:00:00".to_owned())
    );
    paused.paused_until = None;
    let forever = compiled(&schedule("0 * * * *", ""), &paused, &Snapshot::default());
    assert_eq!(forever.next_start(at("2026-11-22 09:30")), None);
}

#[test]
fn a_window_holds_both_its_ends_after_moves_too() {
    let mut bounded = task();
    bounded.spec.starts_at = Some(Stamp(at("2026-10-08 09:00")));
    bounded.spec.ends_at = Some(Stamp(at("2026-10-10 09:00")));
    for rule in ["", "work_days", "next_work_day"] {
        let daily = compiled(&schedule("0 9 * * *", rule), &bounded, &Snapshot::default());
        assert_eq!(
            starts(&daily, "2026-01-01 00:00", 10),
            [
                "2026-10-08 09:00:00",
                "2026-10-09 09:00:00",
                "2026-10-10 09:00:00"
            ],
            "{rule}"
        );
    }
}

#[test]
fn several_schedules_are_one_line() {
    let compiled_schedules = [
        plain("0 9 * * *", ""),
        plain("every 12h", ""),
        plain("at 2026-11-22 10:00", ""),
    ];
    let line: Vec<(usize, String)> = Merge::new(&compiled_schedules, at("2026-11-22 08:00"))
        .take(4)
        .map(|(index, slot)| (index, shown(slot.at)))
        .collect();
    assert_eq!(
        line,
        [
            (0, "2026-11-22 09:00:00".to_owned()),
            (2, "2026-11-22 10:00:00".to_owned()),
            (1, "2026-11-22 12:00:00".to_owned()),
            (1, "2026-11-23 00:00:00".to_owned()),
        ]
    );
}

#[test]
fn rules_of_days_agree_with_going_through_the_days() {
    let calendar = Snapshot::default().calendar(None).expect("built in");
    let zone = zone(ZONE).expect("zone");
    for (rule, forward) in [
        (DayRule::NextWorkDay, true),
        (DayRule::PreviousWorkDay, false),
    ] {
        for spec in [
            "0 9 * * *",
            "30 2 */3 * *",
            "15 4 1,15,L * *",
            "0 0 * * 0,6",
        ] {
            let compiled = plain(spec, &rule.to_string());
            let expr = app::cron::CronExpr::parse(spec).expect("an expression");
            let mut wanted = std::collections::BTreeSet::new();
            let mut day = jiff::civil::date(2025, 12, 1);
            while day < jiff::civil::date(2026, 12, 31) {
                let month = u8::try_from(day.month()).expect("a month");
                let of_month = u8::try_from(day.day()).expect("a day");
                if expr.matches_date(i32::from(day.year()), month, of_month) {
                    let target = if forward {
                        calendar.next_work_day(day)
                    } else {
                        calendar.previous_work_day(day)
                    };
                    let time = compiled.cycle().first_on(day, None).expect("a time");
                    wanted.insert(crate::timetable::at_time_on(
                        &zone,
                        target.expect("a working day"),
                        time,
                    ));
                }
                day = day.tomorrow().expect("a day");
            }
            let (from, to) = (at("2026-01-05 00:00"), at("2026-12-01 00:00"));
            let mut found = Vec::new();
            let mut after = from;
            while let Some(slot) = compiled.next(after).filter(|slot| slot.at < to) {
                found.push(slot.at);
                after = slot.at;
            }
            let wanted: Vec<_> = wanted
                .into_iter()
                .filter(|at| *at > from && *at < to)
                .collect();
            assert_eq!(found, wanted, "{spec} {rule}");
        }
    }
}
