//! How long it takes to plan an hour of many schedules, on one core, without a database.

use std::sync::Arc;
use std::time::Instant;

use app::id::{ScheduleId, TaskId};
use app::schedule::{DayRule, Jitter, MissedRule, Purpose, Schedule};
use app::task::{Mode, Task, TaskState};
use app::time::Stamp;
use chrono::{DateTime, TimeDelta, Utc};
use server::firings::Snapshot;
use server::scheduler::agenda::Agenda;
use server::store::LiveTask;
use server::timetable::Patterns;

use crate::Failure;

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

/// What a plan of an hour took.
pub(crate) struct Planned {
    /// Milliseconds to take the schedules over.
    pub(crate) load_ms: f64,
    /// Milliseconds to find all firings of the next hour.
    pub(crate) plan_ms: f64,
    /// Firings found.
    pub(crate) firings: usize,
}

/// Plans the next hour of `count` schedules, three times; gives the median.
pub(crate) fn hour(count: usize, now: DateTime<Utc>) -> Result<Planned, Failure> {
    let mut rounds = Vec::new();
    for _ in 0..3 {
        rounds.push(once(count, now)?);
    }
    rounds.sort_by(|a, b| (a.load_ms + a.plan_ms).total_cmp(&(b.load_ms + b.plan_ms)));
    if rounds
        .windows(2)
        .any(|pair| pair[0].firings != pair[1].firings)
    {
        return Err("the rounds planned different firings".into());
    }
    Ok(rounds.swap_remove(1))
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
    let (spec, zone, rule, jitter) = KINDS[number % KINDS.len()];
    let id = i64::try_from(number)? + 1;
    let rule: DayRule = rule.parse()?;
    let schedule = Schedule {
        id: ScheduleId(id),
        purpose: Purpose::Work,
        spec: spec.to_owned(),
        day_rule: rule,
        calendar: None,
        jitter: Jitter {
            seconds: jitter,
            stable: false,
        },
    };
    let task = Task {
        id: TaskId(id),
        name: format!("task {id}"),
        nickname: String::new(),
        owners: Vec::new(),
        tags: Vec::new(),
        mode: Mode::Command,
        command: "true".to_owned(),
        zone: zone.to_owned(),
        cron: spec.to_owned(),
        schedules: vec![schedule.clone()],
        urge_cron: None,
        urging: false,
        channel_id: None,
        starts_at: None,
        ends_at: None,
        timeout_seconds: None,
        missed: MissedRule::default(),
        execution: app::task::Execution::default(),
        state: TaskState::Active,
        paused_until: None,
        finished: false,
        version: 1,
        created_at: Stamp(now),
        updated_at: Stamp(now),
        next_at: None,
    };
    Ok(LiveTask {
        task,
        schedules: vec![schedule],
        secrets: Vec::new(),
    })
}
