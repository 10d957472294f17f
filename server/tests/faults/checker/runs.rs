//! The runs of one occurrence, and the lines of each.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Findings, Index};
use crate::history::{Firing, History, Line, Run, Schedule};

/// Ends that a claimed occurrence can have.
const ENDS: [&str; 5] = ["succeeded", "failed", "timed_out", "killed", "lost"];

/// Judges an occurrence with its runs and their lines.
pub(super) fn judge(
    schedule: &Schedule,
    firing: &Firing,
    index: &Index<'_>,
    one_clock: bool,
    findings: &mut Findings,
) {
    let at = firing.scheduled_for;
    let runs = index.runs_of.get(&firing.id).map_or(&[][..], Vec::as_slice);
    let lines: Vec<&Line> = runs.iter().flat_map(|run| index.lines(run)).collect();
    let mut wrong = |kind| {
        findings.add(
            at,
            kind,
            format!(
                "{}: {firing:?}; runs {runs:?}; lines {lines:?}",
                schedule.name
            ),
        );
    };
    match firing.state.as_str() {
        "planned" if at > schedule.until => {}
        "planned" | "waiting" | "running" => wrong("unsettled"),
        "skipped" | "missed" => {
            if firing.reason.as_ref().is_none_or(String::is_empty) {
                wrong("no reason");
            }
            if !runs.is_empty() {
                wrong("ran although it says not");
            }
        }
        state if ENDS.contains(&state) => {
            // The occurrence ends as its last attempt does. One that waited and was cancelled before it started
            // changes nothing.
            let began = runs.iter().filter(|run| !was_called_off(run));
            let last = began.max_by_key(|run| run.attempt).or(runs.last());
            match last {
                None => wrong("ended without a run"),
                Some(last) if last.state != state => wrong("ended unlike its last run"),
                Some(_) => {}
            }
        }
        _ => wrong("unknown state"),
    }
    let attempts: BTreeSet<i64> = runs.iter().map(|run| run.attempt).collect();
    if attempts.len() != runs.len() || (runs.len() > 1 && !schedule.retries) {
        wrong("twice claimed");
    }
    if lines.len() > 1 && !schedule.retries {
        wrong("twice run");
    }
    if one_clock && lines.iter().any(|line| line.at < at) {
        wrong("early");
    }
    for run in runs {
        judge_run(run, at, index, findings);
    }
}

/// It waited and was cancelled: no server ever claimed it.
fn was_called_off(run: &Run) -> bool {
    run.state == "killed" && run.node.is_empty()
}

fn judge_run(run: &Run, at: DateTime<Utc>, index: &Index<'_>, findings: &mut Findings) {
    let lines = index.lines(run);
    let mut wrong = |kind| findings.add(at, kind, format!("{run:?}; lines {lines:?}"));
    match (run.state.as_str(), lines.len()) {
        ("succeeded", 0) => wrong("succeeded without a line"),
        ("killed", 1..) if was_called_off(run) => wrong("ran although it says not"),
        (_, 2..) => wrong("twice run"),
        ("running" | "waiting", _) => wrong("run unsettled"),
        ("lost", _) if run.reason.is_none() => wrong("lost without a reason"),
        _ => {}
    }
    if run.finished_at.is_none() && run.state != "running" && run.state != "waiting" {
        wrong("ended without a time");
    }
    for line in lines {
        if line.scheduled_for != run.scheduled_for || line.attempt != run.attempt {
            wrong("line of another occurrence");
        }
    }
}

/// Lines and runs that belong to no occurrence.
pub(super) fn judge_strangers(history: &History, index: &Index<'_>, findings: &mut Findings) {
    for lines in index.lines_of.values() {
        let line = &lines[0];
        if !index.runs.contains_key(&line.run) {
            findings.add(line.at, "line without a row", format!("{lines:?}"));
        }
    }
    let occurrences: BTreeSet<i64> = history.firings.iter().map(|firing| firing.id).collect();
    for run in &history.runs {
        match run.occurrence {
            Some(occurrence) if !occurrences.contains(&occurrence) => {
                findings.add(
                    run.started_at,
                    "run without an occurrence",
                    format!("{run:?}"),
                );
            }
            Some(_) => {}
            // Started manually.
            None => judge_run(run, run.started_at, index, findings),
        }
    }
}

impl Index<'_> {
    fn lines(&self, run: &Run) -> &[Line] {
        self.lines_of.get(&run.id).map_or(&[], Vec::as_slice)
    }
}
