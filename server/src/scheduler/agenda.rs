//! What fires when, in memory: a heap of next firings not yet planned, and the instants of those
//! that are.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;

use app::cron::CronExpr;
use app::id::{ScheduleId, TaskId};
use app::task::Task;
use chrono::{DateTime, TimeDelta, Utc};

use crate::store::{LiveTask, Planned};
use crate::timetable::{Cycle, Patterns, window, zone};

/// Missed firings of one schedule that get a row each; more are told in one row.
const MISSED_ROWS: usize = 20;
/// Missed firings that are counted one by one; beyond, the row says "at least so many".
const MISSED_COUNT: i64 = 10_000;

/// Further off than this, in either direction, planning starts anew.
const OUT_OF_STEP: TimeDelta = TimeDelta::seconds(60);

/// An active task.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The task.
    pub task: Arc<Task>,
    /// The schedule in force and its cycle; `None` when it can never fire.
    cycle: Option<(ScheduleId, Cycle)>,
    /// Tells entries of the heap that are out of date.
    generation: u64,
}

/// All active tasks, and what is due when.
#[derive(Debug)]
pub struct Agenda {
    patterns: Arc<Patterns>,
    entries: HashMap<TaskId, Entry>,
    /// Next firing not yet planned, per task.
    heap: BinaryHeap<Reverse<(DateTime<Utc>, TaskId, u64)>>,
    /// Instants at which something planned is due.
    due: BTreeSet<DateTime<Utc>>,
    generation: u64,
    planned_until: DateTime<Utc>,
    /// The number of the last change that is in here.
    pub seen: i64,
}

impl Agenda {
    /// An agenda without tasks.
    #[must_use]
    pub fn new(patterns: Arc<Patterns>, seen: i64, planned_until: DateTime<Utc>) -> Self {
        Self {
            patterns,
            entries: HashMap::new(),
            heap: BinaryHeap::new(),
            due: BTreeSet::new(),
            generation: 0,
            planned_until,
            seen,
        }
    }

    /// Active tasks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// An active task.
    #[must_use]
    pub fn task(&self, id: TaskId) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// Everything up to here is planned.
    #[must_use]
    pub fn planned_until(&self) -> DateTime<Utc> {
        self.planned_until
    }

    /// Notes that everything up to here is planned.
    pub fn set_planned_until(&mut self, until: DateTime<Utc>) {
        self.planned_until = until;
    }

    /// Adds or replaces a task; its firings after `from` are still to be planned.
    pub fn put(&mut self, live: LiveTask, from: DateTime<Utc>) {
        self.generation += 1;
        let id = live.task.id;
        let cycle = live.schedule.and_then(|schedule| {
            let found = CronExpr::parse(&schedule.expression)
                .ok()
                .zip(zone(&live.task.zone).ok())
                .and_then(|(expr, zone)| self.patterns.cycle(&expr, zone));
            if found.is_none() {
                // Saved by another version, or the zone left the zone data: the task stays, and says so.
                tracing::error!(
                    task.id = id.0,
                    expression = schedule.expression,
                    zone = live.task.zone,
                    "this task cannot be planned"
                );
            }
            found.map(|cycle| (schedule.id, cycle))
        });
        let entry = Entry {
            task: Arc::new(live.task),
            cycle,
            generation: self.generation,
        };
        self.push_next(&entry, from);
        self.entries.insert(id, entry);
    }

    /// Drops a task.
    pub fn remove(&mut self, id: TaskId) {
        self.entries.remove(&id);
    }

    /// Whether what is planned does not fit the clock any more: it was set back, or a firing should
    /// have been planned long ago.
    #[must_use]
    pub fn is_out_of_step(&self, now: DateTime<Utc>) -> bool {
        let behind = self
            .heap
            .peek()
            .is_some_and(|Reverse((at, ..))| *at < now - OUT_OF_STEP);
        behind || self.planned_until > now + OUT_OF_STEP
    }

    /// Whether something has to be planned by `until`.
    #[must_use]
    pub fn needs_plan(&self, until: DateTime<Utc>) -> bool {
        self.heap
            .peek()
            .is_some_and(|Reverse((at, ..))| *at <= until)
    }

    /// Takes all firings up to `until` off the heap.
    pub fn collect(&mut self, until: DateTime<Utc>) -> Vec<Planned> {
        let mut rows = Vec::new();
        while let Some(Reverse((at, id, generation))) = self.heap.peek().copied() {
            if at > until {
                break;
            }
            self.heap.pop();
            let Some(entry) = self
                .entries
                .get(&id)
                .filter(|entry| entry.generation == generation)
                .cloned()
            else {
                continue;
            };
            if let Some((schedule_id, _)) = &entry.cycle {
                rows.push(Planned {
                    task_id: id,
                    schedule_id: *schedule_id,
                    scheduled_for: at,
                    missed: None,
                });
            }
            self.push_next(&entry, at);
        }
        rows
    }

    /// Takes all firings up to `now` off the heap after a time without a server. A schedule that
    /// missed many gets one row that tells how many, and the latest by itself, so that it can
    /// still be caught up.
    pub fn collect_missed(&mut self, now: DateTime<Utc>) -> Vec<Planned> {
        let mut rows = Vec::new();
        let heap = std::mem::take(&mut self.heap);
        for Reverse((first, id, generation)) in heap {
            let Some(entry) = self
                .entries
                .get(&id)
                .filter(|entry| entry.generation == generation)
                .cloned()
            else {
                continue;
            };
            let Some((schedule_id, _)) = entry.cycle.clone() else {
                continue;
            };
            let instants = missed_instants(&entry, first, now);
            let plain = |at| Planned {
                task_id: id,
                schedule_id,
                scheduled_for: at,
                missed: None,
            };
            match instants {
                Missed::Few(instants) => rows.extend(instants.into_iter().map(plain)),
                Missed::Many {
                    count,
                    before_last,
                    last,
                } => {
                    rows.push(Planned {
                        missed: Some((count, first)),
                        ..plain(before_last)
                    });
                    rows.push(plain(last));
                }
            }
            let from = if first > now {
                first - TimeDelta::microseconds(1)
            } else {
                now
            };
            self.push_next(&entry, from);
        }
        rows
    }

    /// Puts rows that could not be written back: each task goes on from its earliest row.
    pub fn put_back(&mut self, rows: &[Planned]) {
        let mut earliest: HashMap<TaskId, DateTime<Utc>> = HashMap::new();
        for row in rows {
            let at = earliest.entry(row.task_id).or_insert(row.scheduled_for);
            *at = (*at).min(row.scheduled_for);
        }
        for (id, at) in earliest {
            if let Some(entry) = self.entries.get_mut(&id) {
                // A new generation, so that what the heap holds behind these rows counts no more.
                self.generation += 1;
                entry.generation = self.generation;
                self.heap.push(Reverse((at, id, self.generation)));
            }
        }
    }

    /// Notes instants at which planned rows are due.
    pub fn note_due(&mut self, instants: impl Iterator<Item = DateTime<Utc>>) {
        self.due.extend(instants);
    }

    /// Whether something planned is due.
    #[must_use]
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.due.first().is_some_and(|at| *at <= now)
    }

    /// Everything due up to `now` is claimed or ended.
    pub fn settled(&mut self, now: DateTime<Utc>) {
        self.due = self.due.split_off(&(now + TimeDelta::microseconds(1)));
    }

    /// When to look again: at the next due instant, or `margin` before the next firing that is
    /// still to be planned. `None` when nothing will ever fire.
    #[must_use]
    pub fn wake_at(&self, margin: TimeDelta) -> Option<DateTime<Utc>> {
        let plan = self.heap.peek().map(|Reverse((at, ..))| *at - margin);
        let due = self.due.first().copied();
        plan.into_iter().chain(due).min()
    }

    fn push_next(&mut self, entry: &Entry, after: DateTime<Utc>) {
        let Some((_, cycle)) = &entry.cycle else {
            return;
        };
        let (start, end) = window(entry.task.starts_at, entry.task.ends_at);
        if let Some(next) = cycle.next_in(after, start, end) {
            self.heap
                .push(Reverse((next, entry.task.id, entry.generation)));
        }
    }
}

enum Missed {
    Few(Vec<DateTime<Utc>>),
    Many {
        count: i64,
        before_last: DateTime<Utc>,
        last: DateTime<Utc>,
    },
}

fn missed_instants(entry: &Entry, first: DateTime<Utc>, now: DateTime<Utc>) -> Missed {
    // A firing before the last edit belonged to another plan.
    let first = if first <= entry.task.updated_at.0 {
        match next_of(entry, entry.task.updated_at.0) {
            Some(next) => next,
            None => return Missed::Few(Vec::new()),
        }
    } else {
        first
    };
    let mut few = Vec::new();
    let (mut count, mut before_last, mut last) = (0_i64, first, first);
    let mut next = (first <= now).then_some(first);
    while let Some(at) = next {
        count += 1;
        (before_last, last) = (last, at);
        if few.len() <= MISSED_ROWS {
            few.push(at);
        }
        next = next_of(entry, at).filter(|at| *at <= now);
        if count == MISSED_COUNT {
            // Far behind: go on from a little before now instead of counting a million firings.
            let near = next_of(entry, now - TimeDelta::minutes(2)).filter(|at| *at <= now);
            if near.is_some_and(|at| at > last) {
                next = near;
            }
        }
    }
    if few.len() <= MISSED_ROWS {
        Missed::Few(few)
    } else {
        Missed::Many {
            count: count - 1,
            before_last,
            last,
        }
    }
}

fn next_of(entry: &Entry, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let (_, cycle) = entry.cycle.as_ref()?;
    let (start, end) = window(entry.task.starts_at, entry.task.ends_at);
    cycle.next_in(after, start, end)
}
