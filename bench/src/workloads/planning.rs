//! How long it takes to plan an hour of many schedules, on one core, without a database.

use std::sync::Arc;
use std::time::Instant;

use app::id::{ScheduleId, TaskId};
use app::schedule::{DayRule, Jitter, Schedule};
use app::task::{Task, TaskSpec};
use app::time::Stamp;
use chrono::{DateTime, TimeDelta, Utc};
use server::firings::{CompiledSchedule, Snapshot};
use server::scheduler::agenda::Agenda;
use server::store::LiveTask;
use server::timetable::Patterns;

use crate::report::{Report, SQLITE};
use crate::{Failure, meter};

/// What people write, with zones and rules; each schedule of the workload is the next of these.
const KINDS: [(&str, &str, &str, i64); 10] = [
    ("0 3 * * *", "Asia/Shanghai", "any", 0),
    ("*/15 * * * *", "Asia/Shanghai", "any", 0),
    ("0 9 * * 1-5", "Europe/Berlin", "any", 0),
    ("30 8 1,15 * *", "Asia/Shanghai", "next_work_day", 0),
    ("0 * * * *", "America/New_York", "any", 300),
    ("0 9 * * *", "Asia/Shanghai", "work_days", 0),
    ("*/5 9-18 * * 1-5", "Asia/Shanghai", "any", 0),
    ("0 18 * * *", "Asia/Shanghai", "nth_work_day:-1", 0),
    ("every 10m", "UTC", "any", 0),
    ("15 4 * * 0", "Australia/Lord_Howe", "any", 600),
];

/// Patterns without further rules, as the comparison of cron libraries has them.
const PLAIN: [&str; 6] = [
    "* * * * *",
    "*/5 * * * *",
    "0 3 * * *",
    "0 9 * * 1-5",
    "30 4 1 * *",
    "0 0 29 2 *",
];
/// And their zones.
const ZONES: [&str; 3] = ["UTC", "Asia/Shanghai", "America/New_York"];

/// Notes the time for the next hour of 10,000 schedules, and for the next firing of 100,000.
pub(super) fn measure(report: &mut Report) -> Result<(), Failure> {
    let now = DateTime::from_timestamp(1_795_338_000, 0).ok_or("no time")?;
    report.note(
        "P20",
        "Schedules with equal patterns share what croner answered last, so the first figure asks it for each of 18 patterns and zones only; with 8,640 patterns in three zones it is asked 25,920 times. Each round is another day. Tasks are executed in the usual way, which they share.",
    );
    next_of_many(report, now)?;
    bytes_of_many(report, now)?;
    for _ in 0..3 {
        let planned = once(SCHEDULES, now)?;
        report.put(
            "P20",
            SQLITE,
            ("taking over 10,000", "ms"),
            [planned.load_ms],
        );
        report.put(
            "P20",
            SQLITE,
            ("next hour of 10,000", "ms"),
            [planned.plan_ms],
        );
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let firings = planned.firings as f64;
        report.put("P20", SQLITE, ("firings", ""), [firings]);
    }
    Ok(())
}

/// Schedules planned for an hour.
const SCHEDULES: usize = 10_000;

/// Schedules whose next firing is searched.
const MANY: usize = 100_000;
/// Schedules that are added between two looks at the memory.
const BATCH: usize = 50_000;
/// And how often.
const BATCHES: usize = 4;

/// The next firing of many schedules, by the same code as the scheduler's: with plain patterns, and with day rules,
/// jitter and intervals among them.
fn next_of_many(report: &mut Report, now: DateTime<Utc>) -> Result<(), Failure> {
    let patterns = Patterns::default();
    let rules = Snapshot::default();
    let plain = |number: usize| {
        let zone = ZONES[number / PLAIN.len() % ZONES.len()];
        live_of(number, now, (PLAIN[number % PLAIN.len()], zone, "any", 0))
    };
    let varied = |number: usize| {
        let zone = ZONES[number % ZONES.len()];
        let (minute, hour, day) = (number % 60, number / 60 % 24, number / 1_440 % 6);
        let spec = format!("{minute} {hour} * * {day}");
        live_of(number, now, (&spec, zone, "any", 0))
    };
    let mixed = |number: usize| live(number, now);
    let kinds: [(&str, &dyn Fn(usize) -> Result<LiveTask, Failure>); 3] = [
        ("next of 100,000", &plain),
        ("next of 100,000, 8,640 patterns", &varied),
        ("next of 100,000, with rules of days", &mixed),
    ];
    for (metric, task) in kinds {
        let mut compiled_schedules = Vec::with_capacity(MANY);
        for number in 0..MANY {
            let task = task(number)?;
            let compiled = CompiledSchedule::new(&task.schedules[0], &task.task, &rules, &patterns);
            compiled_schedules.push(compiled.ok_or("a schedule is refused")?);
        }
        for round in 0..3 {
            // Another day each time: answers are cached, and those of the last round would be no work.
            let now = now + TimeDelta::days(round);
            let begun = Instant::now();
            let found = compiled_schedules
                .iter()
                .filter(|compiled| std::hint::black_box(compiled.next(now)).is_some())
                .count();
            let taken = begun.elapsed().as_secs_f64() * 1_000.0;
            if found != MANY {
                return Err(format!("{found} of {MANY} schedules fire again").into());
            }
            report.put("P20", SQLITE, (metric, "ms"), [taken]);
        }
    }
    Ok(())
}

/// What the scheduler holds for each schedule, with its task and without.
fn bytes_of_many(report: &mut Report, now: DateTime<Utc>) -> Result<(), Failure> {
    let patterns = Arc::new(Patterns::default());
    let rules = Arc::new(Snapshot::default());
    // Both are kept to the end: what the first one gave back would hold the second.
    let mut compiled_schedules = Vec::new();
    let mut agenda = Agenda::new(Arc::clone(&patterns), Arc::clone(&rules), 0, now, now);
    grow(report, "bytes per schedule, without its task", |number| {
        let task = live(number, now)?;
        compiled_schedules.push(CompiledSchedule::new(
            &task.schedules[0],
            &task.task,
            &rules,
            &patterns,
        ));
        Ok(())
    })?;
    grow(report, "bytes per schedule", |number| {
        agenda.put(live(number, now)?, now);
        Ok(())
    })?;
    drop(compiled_schedules);
    Ok(())
}

/// By how much this process grows from one batch to the next; what was free before the first one
/// does not count.
fn grow(
    report: &mut Report,
    metric: &str,
    mut add: impl FnMut(usize) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut before = 0.0;
    for part in 0..BATCHES {
        for number in part * BATCH..(part + 1) * BATCH {
            add(number)?;
        }
        let memory = meter::own_pss_mb(std::process::id())?;
        if part > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            let each = (memory - before) * 1e6 / BATCH as f64;
            report.put("P20", SQLITE, (metric, "B"), [each]);
        }
        before = memory;
    }
    Ok(())
}

/// What a plan of an hour took.
struct Planned {
    /// Milliseconds to take the schedules over.
    load_ms: f64,
    /// Milliseconds to find all firings of the next hour.
    plan_ms: f64,
    /// Firings found.
    firings: usize,
}

fn once(count: usize, now: DateTime<Utc>) -> Result<Planned, Failure> {
    let tasks = (0..count)
        .map(|number| live(number, now))
        .collect::<Result<Vec<_>, _>>()?;
    let begun = Instant::now();
    let mut agenda = Agenda::new(
        Arc::new(Patterns::default()),
        Arc::new(Snapshot::default()),
        0,
        now,
        now,
    );
    for task in tasks {
        agenda.put(task, now);
    }
    let loaded = Instant::now();
    let rows = agenda.collect(now + TimeDelta::hours(1));
    let planned = Instant::now();
    let ms = |from: Instant, to: Instant| (to - from).as_secs_f64() * 1_000.0;
    Ok(Planned {
        load_ms: ms(begun, loaded),
        plan_ms: ms(loaded, planned),
        firings: rows.len(),
    })
}

fn live(number: usize, now: DateTime<Utc>) -> Result<LiveTask, Failure> {
    live_of(number, now, KINDS[number % KINDS.len()])
}

fn live_of(
    number: usize,
    now: DateTime<Utc>,
    (spec, zone, rule, jitter): (&str, &str, &str, i64),
) -> Result<LiveTask, Failure> {
    let id = i64::try_from(number)? + 1;
    let rule: DayRule = rule.parse()?;
    let schedule = Schedule {
        id: ScheduleId(id),
        day_rule: rule,
        jitter: Jitter {
            seconds: jitter,
            stable: false,
        },
        ..Schedule::plain(spec)
    };
    let spec = TaskSpec {
        name: format!("task {id}"),
        command: "true".to_owned(),
        zone: zone.to_owned(),
        schedules: vec![schedule.clone()],
        execution: app::task::Execution::usual(),
        ..TaskSpec::default()
    };
    let task = Task::entered(TaskId(id), spec, Stamp(now));
    Ok(LiveTask {
        task,
        schedules: vec![schedule],
        secrets: Vec::new(),
    })
}
