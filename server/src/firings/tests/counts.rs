//! Counting agrees with iterating.

use app::occurrence::SkipReason;

use super::*;

/// Starts, and skipped firings, one by one.
fn one_by_one(
    compiled: &CompiledSchedule,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> (u64, u64) {
    let (mut starts, mut left_out) = (0, 0);
    let mut after = from;
    while let Some(slot) = compiled.next(after).filter(|slot| slot.at <= until) {
        for firing in &slot.firings {
            *if firing.excluded.is_none() {
                &mut starts
            } else {
                &mut left_out
            } += 1;
        }
        after = slot.at;
    }
    (starts, left_out)
}

fn agree(compiled: &CompiledSchedule, from: &str, until: &str) {
    let (from, until) = (at(from), at(until));
    let (starts, left_out) = one_by_one(compiled, from, until);
    let name = format!("{} from {from}", compiled.rule);
    assert_eq!(compiled.count_starts(from, until), Some(starts), "{name}");
    let stretches = compiled.left_out(from, until).expect("stretches");
    let skipped: u64 = stretches.iter().map(|(_, _, count, _)| count).sum();
    assert_eq!(skipped, left_out, "{name}");
    for (first, last, count, code) in stretches {
        assert!(from < first && first <= last && last <= until, "{name}");
        assert_eq!(code, SkipReason::Calendar);
        let before = first - TimeDelta::microseconds(1);
        assert_eq!(one_by_one(compiled, before, last), (0, count), "{name}");
    }
}

#[test]
fn counts_are_exact() {
    for rule in ["", "work_days", "rest_days"] {
        for spec in [
            "0 9 * * *",
            "*/20 * * * *",
            "0 0 * * *",
            "every 50m",
            "0 9 * * 1",
        ] {
            let compiled = plain(spec, rule);
            agree(&compiled, "2026-09-20 09:00", "2026-10-20 09:00");
            agree(&compiled, "2026-10-07 23:59:59", "2026-10-08 00:00");
            agree(&compiled, "2026-10-08 00:00", "2026-10-08 00:00");
            agree(&compiled, "2026-10-01 12:34:56", "2026-10-06 00:00");
        }
    }
    let mut bounded = task();
    bounded.spec.starts_at = Some(Stamp(at("2026-10-03 09:00")));
    bounded.spec.ends_at = Some(Stamp(at("2026-10-10 09:00")));
    for rule in ["", "work_days", "rest_days"] {
        let daily = compiled(&schedule("0 9 * * *", rule), &bounded, &Snapshot::default());
        agree(&daily, "2026-09-20 00:00", "2026-10-20 00:00");
    }
    // A clock that is set back and forward.
    let mut york = task();
    york.spec.zone = "America/New_York".into();
    let nightly = compiled(
        &schedule("*/15 * * * *", "work_days"),
        &york,
        &Snapshot::default(),
    );
    agree(&nightly, "2026-10-20 00:00", "2026-11-10 00:00");
}

#[test]
fn what_needs_a_look_is_not_counted() {
    let (from, until) = (at("2026-11-01 00:00"), at("2026-11-20 00:00"));
    for rule in ["next_work_day", "previous_work_day", "nth_work_day:1"] {
        assert_eq!(plain("0 9 * * *", rule).count_starts(from, until), None);
    }
    let once = |start, end| {
        let quiet = blackout(Some((start, end)), None, BlackoutPolicy::Drop, &[]);
        compiled(&schedule("0 9 * * *", ""), &task(), &with(quiet)).count_starts(from, until)
    };
    assert_eq!(once("2026-11-19 00:00", "2026-11-25 00:00"), None);
    assert_eq!(once("2026-10-19 00:00", "2026-11-01 00:00"), Some(19));
    assert_eq!(once("2026-11-20 00:01", "2026-11-25 00:00"), Some(19));
    let mut paused = task();
    paused.state = TaskState::Paused;
    let paused = compiled(&schedule("0 9 * * *", ""), &paused, &Snapshot::default());
    assert_eq!(paused.count_starts(from, until), None);
    let work = plain("* * * * *", "work_days");
    let long = from + TimeDelta::days(4_100);
    assert_eq!(work.count_starts(from, long), None);
    assert!(plain("* * * * *", "").count_starts(from, long).is_some());
}
