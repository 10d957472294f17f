//! The judge: is every occurrence in the ledger exactly once, or does a row say why not?
//!
//! Pure: it sees only a [`History`]. `selfcheck` proves at each start what it must find.

mod counts;
mod runs;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

pub(crate) use counts::Counts;

use crate::history::{Firing, History, Line, Run, Schedule};

/// The first fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Violation {
    /// What kind, in a word.
    pub(crate) kind: &'static str,
    /// The rows and lines that show it.
    pub(crate) text: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind, self.text)
    }
}

/// All faults, in order of time.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<(DateTime<Utc>, Violation)>);

impl Findings {
    pub(super) fn add(&mut self, at: DateTime<Utc>, kind: &'static str, text: String) {
        self.0.push((at, Violation { kind, text }));
    }
}

/// What the judge found.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) counts: Counts,
    /// How many faults there are.
    pub(crate) violations: usize,
    /// The first of them in time.
    pub(crate) first: Option<Violation>,
}

/// Rows by what they belong to.
pub(super) struct Index<'a> {
    pub(super) schedules: HashMap<i64, &'a Schedule>,
    pub(super) runs: HashMap<i64, &'a Run>,
    pub(super) runs_of: BTreeMap<i64, Vec<&'a Run>>,
    pub(super) lines_of: HashMap<i64, Vec<Line>>,
}

/// Judges a history.
pub(crate) fn check(history: &History) -> Verdict {
    let (counts, found) = judge(history);
    Verdict {
        counts,
        violations: found.len(),
        first: found.into_iter().next(),
    }
}

/// The counts, and all faults in order of time.
pub(crate) fn judge(history: &History) -> (Counts, Vec<Violation>) {
    let mut findings = Findings::default();
    let mut counts = Counts::default();
    let index = index(history, &mut findings);
    let mut shown: HashMap<i64, BTreeMap<DateTime<Utc>, &Firing>> = HashMap::new();
    for firing in &history.firings {
        let Some(schedule) = index.schedules.get(&firing.schedule) else {
            // Of a schedule that was replaced or belongs to another task.
            continue;
        };
        record(schedule, firing, &mut shown, &mut findings);
        runs::judge(schedule, firing, &index, history.one_clock, &mut findings);
    }
    for schedule in &history.schedules {
        let rows = shown.remove(&schedule.id).unwrap_or_default();
        for target in schedule.all_targets() {
            let firing = rows.get(&target).copied();
            let lines = firing.map_or(0, |firing| index.lines_of_firing(firing));
            counts.add(firing, lines);
            if firing.is_none() {
                let near = rows.range(..target).next_back().map(|(_, row)| row);
                findings.add(
                    target,
                    "unexplained",
                    format!(
                        "{} at {target} has neither a row nor a line; the row before it: {near:?}",
                        schedule.name
                    ),
                );
            }
        }
    }
    runs::judge_strangers(history, &index, &mut findings);
    let mut found = findings.0;
    found.sort_by_key(|(at, _)| *at);
    let found: Vec<Violation> = found.into_iter().map(|(_, violation)| violation).collect();
    counts.duplicates = found
        .iter()
        .filter(|found| found.kind.starts_with("twice"))
        .count();
    (counts, found)
}

fn index<'a>(history: &'a History, findings: &mut Findings) -> Index<'a> {
    let mut lines_of: HashMap<i64, Vec<Line>> = HashMap::new();
    for text in &history.lines {
        match Line::read(text) {
            Some(line) => lines_of.entry(line.run).or_default().push(line),
            None => findings.add(DateTime::UNIX_EPOCH, "torn line", format!("{text:?}")),
        }
    }
    let mut runs_of: BTreeMap<i64, Vec<&Run>> = BTreeMap::new();
    for run in &history.runs {
        if let Some(occurrence) = run.occurrence {
            runs_of.entry(occurrence).or_default().push(run);
        }
    }
    Index {
        schedules: history
            .schedules
            .iter()
            .map(|schedule| (schedule.id, schedule))
            .collect(),
        runs: history.runs.iter().map(|run| (run.id, run)).collect(),
        runs_of,
        lines_of,
    }
}

impl Index<'_> {
    fn lines_of_firing(&self, firing: &Firing) -> usize {
        let runs = self.runs_of.get(&firing.id).map_or(&[][..], Vec::as_slice);
        runs.iter()
            .map(|run| self.lines_of.get(&run.id).map_or(0, Vec::len))
            .sum()
    }
}

/// Records which instants a row covers; each may be covered once.
fn record<'a>(
    schedule: &Schedule,
    firing: &'a Firing,
    shown: &mut HashMap<i64, BTreeMap<DateTime<Utc>, &'a Firing>>,
    findings: &mut Findings,
) {
    let since = firing
        .since
        .filter(|_| firing.count > 1)
        .unwrap_or(firing.scheduled_for);
    let rows = shown.entry(schedule.id).or_default();
    let mut instants = 0;
    for instant in schedule.targets(since, firing.scheduled_for) {
        instants += 1;
        if let Some(other) = rows.insert(instant, firing) {
            findings.add(
                instant,
                "recorded twice",
                format!("{} at {instant}: {other:?} and {firing:?}", schedule.name),
            );
        }
    }
    if firing.count == 1 && !schedule.names(firing.scheduled_for) {
        findings.add(
            firing.scheduled_for,
            "extra",
            format!("{} is not to fire then: {firing:?}", schedule.name),
        );
    } else if instants != firing.count {
        findings.add(
            firing.scheduled_for,
            "wrong count",
            format!(
                "{} has {instants} instants there, the row says {}: {firing:?}",
                schedule.name, firing.count
            ),
        );
    }
}
