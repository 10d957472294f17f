//! The judge is tested first: constructed histories, each with a fault that it must name.

use chrono::{DateTime, Utc};

use crate::checker::{check, judge};
use crate::history::{Firing, History, Run, Schedule};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).expect("a time")
}

fn firing(second: i64, state: &str, reason: Option<&str>) -> Firing {
    Firing {
        id: second,
        task: 1,
        schedule: 1,
        scheduled_for: at(second),
        state: state.to_owned(),
        reason: reason.map(str::to_owned),
        count: 1,
        since: None,
    }
}

fn run(id: i64, second: i64, attempt: i64, state: &str) -> Run {
    Run {
        id,
        occurrence: Some(second),
        attempt,
        state: state.to_owned(),
        reason: (state == "lost").then(|| "lost".to_owned()),
        node: "n".to_owned(),
        scheduled_for: Some(at(second)),
        started_at: at(second),
        finished_at: Some(at(second + 1)),
    }
}

fn line(run: i64, second: i64, attempt: i64) -> String {
    let instant = at(second).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let nanos = at(second).timestamp_nanos_opt().expect("a time") + 5_000_000;
    format!("{run} {instant} {attempt} 4242 {nanos}")
}

/// Four seconds: one ran, one was skipped, one was lost with its line, one was missed.
fn sound() -> History {
    History {
        schedules: vec![Schedule {
            id: 1,
            name: "t".to_owned(),
            every: 1,
            from: at(0),
            until: at(4),
            retries: false,
        }],
        firings: vec![
            firing(1, "succeeded", None),
            firing(2, "skipped", Some("overlap")),
            firing(3, "lost", None),
            firing(4, "missed", Some("down")),
            // Planned ahead when the test ended.
            firing(5, "planned", None),
        ],
        runs: vec![run(11, 1, 1, "succeeded"), run(13, 3, 1, "lost")],
        lines: vec![line(11, 1, 1), line(13, 3, 1)],
        one_clock: true,
    }
}

/// A way to corrupt a history, and the name of the fault.
type Spoiled = (&'static str, fn(&mut History));

const SPOILED: [Spoiled; 21] = [
    ("unexplained", |h| {
        h.firings.remove(3);
    }),
    ("twice run", |h| h.lines.push(line(11, 1, 1))),
    ("twice run", |h| h.lines.push(line(13, 3, 1))),
    ("twice claimed", |h| h.runs.push(run(12, 1, 2, "succeeded"))),
    ("recorded twice", |h| {
        h.firings.push(Firing {
            id: 9,
            ..firing(2, "skipped", Some("overlap"))
        })
    }),
    ("line without a row", |h| h.lines.push(line(99, 2, 1))),
    ("line of another occurrence", |h| {
        h.lines[0] = line(11, 2, 1)
    }),
    ("line of another occurrence", |h| {
        h.lines[0] = line(11, 1, 2)
    }),
    ("succeeded without a line", |h| {
        h.lines.remove(0);
    }),
    ("torn line", |h| h.lines[0].truncate(9)),
    ("unsettled", |h| h.firings[0].state = "running".to_owned()),
    ("unsettled", |h| h.firings[3].state = "planned".to_owned()),
    ("no reason", |h| h.firings[3].reason = None),
    ("ran although it says not", |h| {
        h.firings[0].state = "skipped".to_owned()
    }),
    ("ended without a run", |h| {
        h.runs.remove(1);
    }),
    ("ended unlike its last run", |h| {
        h.runs[0].state = "failed".to_owned()
    }),
    ("lost without a reason", |h| h.runs[1].reason = None),
    ("extra", |h| h.schedules[0].every = 2),
    ("early", |h| {
        h.lines[0] = line(11, 1, 1).replace(" 18000000010", " 18000000000")
    }),
    ("wrong count", |h| {
        h.firings[3].count = 3;
        h.firings[3].since = Some(at(4));
    }),
    ("run without an occurrence", |h| {
        h.runs.push(run(14, 77, 1, "lost"))
    }),
];

/// Tests the judge; returns the number of faults.
pub(crate) fn run_all() -> Result<usize, String> {
    let sound = sound();
    let verdict = check(&sound);
    if let Some(first) = verdict.first {
        return Err(format!("a sound history was found wanting: {first}"));
    }
    let counts = verdict.counts.to_string();
    let expected =
        "targets 4 ran 2 lost 1 skipped(overlap) 1 missed(down) 1 unexplained 0 duplicates 0";
    if counts != expected {
        return Err(format!("counted {counts:?} instead of {expected:?}"));
    }
    for (number, (kind, spoil)) in SPOILED.iter().enumerate() {
        let mut history = sound.clone();
        spoil(&mut history);
        let found: Vec<&str> = judge(&history).1.iter().map(|found| found.kind).collect();
        if !found.contains(kind) {
            return Err(format!(
                "spoiled history {number}: {kind:?} was not found, only {found:?}"
            ));
        }
    }
    let mut retried = sound.clone();
    retried.schedules[0].retries = true;
    retried.firings[2].state = "succeeded".to_owned();
    retried.runs.push(run(15, 3, 2, "succeeded"));
    retried.lines.push(line(15, 3, 2));
    if let Some(first) = check(&retried).first {
        return Err(format!(
            "a second attempt that was asked for was found wanting: {first}"
        ));
    }
    let mut off = retried.clone();
    off.firings[2].state = "lost".to_owned();
    off.runs[2].state = "killed".to_owned();
    off.runs[2].node.clear();
    off.lines.pop();
    if let Some(first) = check(&off).first {
        return Err(format!(
            "an attempt that was called off was found wanting: {first}"
        ));
    }
    off.lines.push(line(15, 3, 2));
    if check(&off).first.is_none() {
        return Err("an attempt that was called off has run, and nothing was found".to_owned());
    }
    let mut ranged = sound;
    ranged.schedules[0].until = at(10);
    ranged.firings.pop();
    let many = Firing {
        count: 6,
        since: Some(at(5)),
        id: 10,
        ..firing(10, "missed", Some("down"))
    };
    ranged.firings.push(many);
    match check(&ranged).first {
        None => Ok(SPOILED.len()),
        Some(first) => Err(format!(
            "a row that covers several was reported as faulty: {first}"
        )),
    }
}
