//! The in-memory agenda: a heap of firings not yet planned, and the instants of planned ones.

mod missed;
mod next;

pub(super) use missed::policy;

use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;

use app::id::{ScheduleId, TaskId};
use app::occurrence::MissReason;
use app::task::{Task, TaskState};
use chrono::{DateTime, TimeDelta, Utc};

use super::clock_steps::{ClockStep, SkippedInterval};
use crate::firings::{CompiledSchedule, Slot, Snapshot};
use crate::store::{LiveTask, Planned, PlannedEntry, SealedSecret};
use crate::timetable::Patterns;
use next::Next;

/// If it falls further behind than this, planning starts again from the database.
const OUT_OF_STEP: TimeDelta = TimeDelta::seconds(60);

/// A task in the agenda.
#[derive(Clone, Debug)]
pub struct AgendaTask {
    /// The task.
    pub task: Arc<Task>,
    /// The secrets granted to it, sealed.
    pub secrets: Arc<[SealedSecret]>,
    /// Its schedules in force.
    schedules: Box<[TaskSchedule]>,
}

impl AgendaTask {
    /// The schedule with an id, if it is in force.
    #[must_use]
    pub fn compiled(&self, id: ScheduleId) -> Option<&CompiledSchedule> {
        self.schedules
            .iter()
            .map(|schedule| schedule.compiled.as_ref())
            .find(|compiled| compiled.id == id)
    }
}

/// A schedule of a task in the agenda.
#[derive(Clone, Debug)]
struct TaskSchedule {
    compiled: Arc<CompiledSchedule>,
    /// Distinguishes current entries of the heap from outdated ones.
    generation: u64,
}

/// All active and paused tasks, and the instants at which they fire.
#[derive(Debug)]
pub struct Agenda {
    patterns: Arc<Patterns>,
    rules: Arc<Snapshot>,
    entries: HashMap<TaskId, AgendaTask>,
    /// Next slot not yet planned, per schedule.
    heap: BinaryHeap<Next>,
    /// Instants at which something planned is due.
    due: BTreeSet<DateTime<Utc>>,
    /// Instants at which paused tasks resume.
    resume: BTreeSet<DateTime<Utc>>,
    /// Since when this server plans and claims without interruption.
    pub since: DateTime<Utc>,
    generation: u64,
    planned_until: DateTime<Utc>,
    /// The number of the last change that is included.
    pub seen: i64,
    /// The number of the last change that is included and whose firings are written.
    pub synced: i64,
    /// The last time the clock was set forward.
    pub hole: Option<SkippedInterval>,
    /// The sizes of the pools and the global cap.
    pub slots: HashMap<String, u32>,
    /// Whether runs wait for a free slot.
    pub waiting: bool,
    /// Whether the next claim has to check waiting runs, even if nothing is due.
    pub check_waiting: bool,
    /// Whether missed firings may be recorded that no message has reported yet.
    pub unreported: bool,
    /// The instant whose claim was rehearsed last.
    pub rehearsed: Option<DateTime<Utc>>,
    /// Clock steps that are not completely in the database yet, oldest first.
    pub steps: Vec<ClockStep>,
    /// Tasks whose rows cannot be read: they do not fire.
    pub unreadable: BTreeSet<TaskId>,
    /// When their rows were last looked at.
    pub looked_again: DateTime<Utc>,
}

impl Agenda {
    /// An agenda without tasks.
    #[must_use]
    pub fn new(
        patterns: Arc<Patterns>,
        rules: Arc<Snapshot>,
        seen: i64,
        planned_until: DateTime<Utc>,
        since: DateTime<Utc>,
    ) -> Self {
        Self {
            patterns,
            rules,
            entries: HashMap::new(),
            heap: BinaryHeap::new(),
            due: BTreeSet::new(),
            resume: BTreeSet::new(),
            since,
            generation: 0,
            planned_until,
            seen,
            synced: seen,
            hole: None,
            slots: HashMap::new(),
            waiting: false,
            check_waiting: false,
            unreported: false,
            rehearsed: None,
            steps: Vec::new(),
            unreadable: BTreeSet::new(),
            looked_again: since,
        }
    }

    /// Active and paused tasks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// An active or paused task.
    #[must_use]
    pub fn task(&self, id: TaskId) -> Option<&AgendaTask> {
        self.entries.get(&id)
    }

    /// The instant up to which everything is planned.
    #[must_use]
    pub fn planned_until(&self) -> DateTime<Utc> {
        self.planned_until
    }

    /// Records that everything up to here is planned.
    pub fn set_planned_until(&mut self, until: DateTime<Utc>) {
        self.planned_until = until;
    }

    /// Adds or replaces a task; its firings after `from` are still to be planned.
    pub fn put(&mut self, live: LiveTask, from: DateTime<Utc>) {
        let id = live.task.id;
        let mut schedules = Vec::with_capacity(live.schedules.len());
        for schedule in &live.schedules {
            match CompiledSchedule::new(schedule, &live.task, &self.rules, &self.patterns) {
                Some(compiled) => {
                    self.generation += 1;
                    schedules.push(TaskSchedule {
                        compiled: Arc::new(compiled),
                        generation: self.generation,
                    });
                }
                // Saved by another version, or its zone or calendar no longer exists: the task stays, and the log
                // reports it.
                None => tracing::error!(
                    task.id = id.0,
                    schedule = schedule.spec,
                    zone = live.task.zone,
                    "this schedule cannot be planned"
                ),
            }
        }
        if live.task.state == TaskState::Paused {
            self.resume.extend(live.task.paused_until.map(|at| at.0));
        }
        let count = u32::try_from(schedules.len()).unwrap_or(u32::MAX);
        self.entries.insert(
            id,
            AgendaTask {
                task: Arc::new(live.task),
                // Most have none, and share one empty list.
                secrets: match live.secrets.is_empty() {
                    true => Arc::default(),
                    false => live.secrets.into(),
                },
                schedules: schedules.into(),
            },
        );
        for index in 0..count {
            self.push_next(id, index, from);
        }
    }

    /// Drops a task.
    pub fn remove(&mut self, id: TaskId) {
        self.entries.remove(&id);
    }

    /// Whether the plan no longer fits the clock: it was set back, or a firing should have been planned long ago.
    #[must_use]
    pub fn is_out_of_step(&self, now: DateTime<Utc>) -> bool {
        let behind = self
            .heap
            .peek()
            .is_some_and(|next| next.at < now - OUT_OF_STEP);
        behind || self.planned_until > now + OUT_OF_STEP
    }

    /// Whether something has to be planned by `until`.
    #[must_use]
    pub fn needs_plan(&self, until: DateTime<Utc>) -> bool {
        self.heap.peek().is_some_and(|next| next.at <= until)
    }

    /// Takes all firings up to `until` off the heap.
    pub fn collect(&mut self, until: DateTime<Utc>) -> Vec<Planned> {
        let mut rows = Vec::new();
        while self.heap.peek().is_some_and(|next| next.at <= until) {
            let Some(next) = self.heap.pop() else { break };
            let Some(compiled) = self.current(&next).cloned() else {
                continue;
            };
            let (task, index, at) = (next.task, next.index, next.at);
            rows.extend(rows_of(task, &compiled, &next.into_slot()));
            self.push_next(task, index, at);
        }
        rows
    }

    /// Takes all firings up to `now` off the heap after a time without a server. A schedule that
    /// missed many gets one row with their number, and separate rows for the latest ones, so that
    /// they can still be caught up.
    pub fn collect_missed(&mut self, now: DateTime<Utc>, reason: MissReason) -> Vec<Planned> {
        let mut rows = Vec::new();
        let heap = std::mem::take(&mut self.heap).into_vec();
        for next in heap {
            let (Some(compiled), Some(live)) = (
                self.current(&next).cloned(),
                self.entries.get(&next.task).cloned(),
            ) else {
                continue;
            };
            if next.at > now {
                self.heap.push(next);
                continue;
            }
            rows.extend(missed::rows(&live.task, &compiled, next.at, now, reason));
            self.push_next(next.task, next.index, now);
        }
        rows
    }

    /// Puts back rows that could not be written: each schedule continues from its earliest row.
    pub fn put_back(&mut self, rows: &[Planned]) {
        let mut earliest: HashMap<(TaskId, ScheduleId), DateTime<Utc>> = HashMap::new();
        for row in rows {
            // The first of several; a firing that was moved back starts before its own instant.
            let first = match row.entry {
                PlannedEntry::Missed { since, .. } | PlannedEntry::SkippedMany { since, .. } => {
                    since.min(row.base_at)
                }
                PlannedEntry::Planned | PlannedEntry::Skipped(_) => row.base_at,
            };
            let at = earliest
                .entry((row.task_id, row.schedule_id))
                .or_insert(first);
            *at = (*at).min(first);
        }
        for ((id, schedule_id), at) in earliest {
            let Some(live) = self.entries.get_mut(&id) else {
                continue;
            };
            let mut schedules = (0..).zip(&mut live.schedules);
            let Some((index, schedule)) =
                schedules.find(|(_, schedule)| schedule.compiled.id == schedule_id)
            else {
                continue;
            };
            // A new generation invalidates what the heap has after these rows.
            self.generation += 1;
            schedule.generation = self.generation;
            self.push_next(id, index, at - TimeDelta::microseconds(1));
        }
    }

    /// What fires because the server started at `now`.
    #[must_use]
    pub fn startup_rows(&self, now: DateTime<Utc>) -> Vec<Planned> {
        let mut rows = Vec::new();
        for (id, live) in &self.entries {
            for schedule in &live.schedules {
                if let Some(firing) = schedule.compiled.at_startup(now) {
                    let slot = Slot {
                        at: now,
                        firings: vec![firing],
                    };
                    rows.extend(rows_of(*id, &schedule.compiled, &slot));
                }
            }
        }
        rows
    }

    /// Records instants at which planned rows are due.
    pub fn note_due(&mut self, instants: impl Iterator<Item = DateTime<Utc>>) {
        self.due.extend(instants);
    }

    /// Whether something planned is due.
    #[must_use]
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.due.first().is_some_and(|at| *at <= now)
    }

    /// The next instant at which something planned is due.
    #[must_use]
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.due.first().copied()
    }

    /// Everything due up to `now` has been claimed or ended.
    pub fn settled(&mut self, now: DateTime<Utc>) {
        self.due = self.due.split_off(&(now + TimeDelta::microseconds(1)));
    }

    /// Whether a paused task is about to resume.
    #[must_use]
    pub fn is_resuming(&self, now: DateTime<Utc>) -> bool {
        self.resume.first().is_some_and(|at| *at <= now)
    }

    /// Every pause that ended up to `now` has been handled.
    pub fn resumed(&mut self, now: DateTime<Utc>) {
        self.resume = self.resume.split_off(&(now + TimeDelta::microseconds(1)));
    }

    /// When the next turn is needed: at the next due instant, or `margin` before the next unplanned firing. `None`
    /// when nothing will ever fire.
    #[must_use]
    pub fn wake_at(&self, margin: TimeDelta) -> Option<DateTime<Utc>> {
        let plan = self.heap.peek().map(|next| next.at - margin);
        let due = self.due.first().copied();
        let resume = self.resume.first().copied();
        plan.into_iter().chain(due).chain(resume).min()
    }

    /// The schedule of a heap entry, unless the entry is outdated.
    fn current(&self, next: &Next) -> Option<&Arc<CompiledSchedule>> {
        self.entries
            .get(&next.task)
            .and_then(|live| live.schedules.get(next.index as usize))
            .filter(|schedule| schedule.generation == next.generation)
            .map(|schedule| &schedule.compiled)
    }

    fn push_next(&mut self, task: TaskId, index: u32, after: DateTime<Utc>) {
        let Some(found) = self
            .entries
            .get(&task)
            .and_then(|live| live.schedules.get(index as usize))
        else {
            return;
        };
        if let Some(slot) = found.compiled.next(after) {
            self.heap.push(Next {
                at: slot.at,
                special: (!slot.is_plain()).then(|| Box::new(slot)),
                task,
                index,
                generation: found.generation,
            });
        }
    }
}

/// The ledger's rows of a slot.
fn rows_of(task_id: TaskId, compiled: &CompiledSchedule, slot: &Slot) -> Vec<Planned> {
    slot.firings
        .iter()
        .map(|firing| Planned {
            task_id,
            schedule_id: compiled.id,
            scheduled_for: firing.scheduled_for,
            base_at: slot.at,
            due_at: firing.due_at,
            entry: match &firing.excluded {
                None => PlannedEntry::Planned,
                Some(excluded) => PlannedEntry::Skipped(excluded.reason()),
            },
        })
        .collect()
}
