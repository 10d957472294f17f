//! Whether there is room for a start: overlap rules, concurrency pools, the global cap. Pure; decided inside the
//! claim's transaction, by the same code for planned starts, catch-ups, manual starts and retries.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use app::id::{RunId, TaskId};
use app::pool::EVERYTHING;
use app::run::{NoRoom, WaitReason};
use app::task::Task;
use app::task::execution::Overlap;
use chrono::{DateTime, Utc};

/// A run that is active or waiting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActiveRun {
    /// Which run.
    pub id: RunId,
    /// Whose run.
    pub task_id: TaskId,
    /// The pool whose slot it holds or needs.
    pub pool: Option<String>,
    /// When it started, or arrived if it waits.
    pub started_at: DateTime<Utc>,
    /// What it waits for; `None` when it is active.
    pub waits: Option<Wait>,
    /// Whether only its message is left: it counts for the overlap rule, and takes no slot.
    pub is_sending: bool,
}

/// What a run waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wait {
    /// The earliest start.
    pub due_at: DateTime<Utc>,
    /// Why.
    pub why: WaitReason,
}

/// Whether a start is admitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admission {
    /// Now.
    Start,
    /// Later, when there is room.
    Wait(WaitReason),
    /// Not at all.
    LeaveOut(NoRoom),
}

/// What runs and waits, and the room that is left. Each admission uses up its room.
#[derive(Debug)]
pub struct AvailableSlots<'a> {
    slots: &'a HashMap<String, u32>,
    running: HashMap<TaskId, Vec<Option<RunId>>>,
    /// Runs whose messages are still being sent.
    sending: HashMap<TaskId, Vec<RunId>>,
    /// Runs waiting for room, not for the delay of a retry.
    queued: HashMap<TaskId, Vec<Option<RunId>>>,
    used: HashMap<String, u32>,
    everything: u32,
    /// Active runs that a newer start replaces: to be stopped.
    pub stop: Vec<RunId>,
    /// Waiting runs that a newer start replaces: to be cancelled.
    pub replaced: Vec<RunId>,
    /// Runs whose messages a newer start replaces: these are to be withdrawn.
    pub withdrawn: Vec<RunId>,
}

impl<'a> AvailableSlots<'a> {
    /// The room that the runs leave. `slots` are the pools, with [`EVERYTHING`] for the global cap.
    #[must_use]
    pub fn new(slots: &'a HashMap<String, u32>, runs: &[ActiveRun]) -> Self {
        let mut room = Self {
            slots,
            running: HashMap::new(),
            sending: HashMap::new(),
            queued: HashMap::new(),
            used: HashMap::new(),
            everything: 0,
            stop: Vec::new(),
            replaced: Vec::new(),
            withdrawn: Vec::new(),
        };
        for run in runs {
            match run.waits {
                None if run.is_sending => {
                    room.sending.entry(run.task_id).or_default().push(run.id);
                }
                None => {
                    room.running
                        .entry(run.task_id)
                        .or_default()
                        .push(Some(run.id));
                    room.take(run.pool.as_deref());
                }
                Some(Wait {
                    why: WaitReason::Retry,
                    ..
                }) => {}
                Some(_) => room
                    .queued
                    .entry(run.task_id)
                    .or_default()
                    .push(Some(run.id)),
            }
        }
        room
    }

    /// Whether a task has a run that is active or waiting for room.
    #[must_use]
    pub fn is_busy(&self, task: TaskId) -> bool {
        self.active(task) + self.count(&self.queued, task) > 0
    }

    /// Runs of a task that wait for room.
    #[must_use]
    pub fn queued(&self, task: TaskId) -> usize {
        self.count(&self.queued, task)
    }

    /// A new start: planned, caught up or manual.
    pub fn admit(&mut self, task: &Task) -> Admission {
        self.decide(task, None)
    }

    /// A waiting run whose time has come.
    pub fn resume(&mut self, task: &Task, run: &ActiveRun) -> Admission {
        let was_queued = !matches!(
            run.waits,
            Some(Wait {
                why: WaitReason::Retry,
                ..
            })
        );
        if was_queued {
            if self.replaced.contains(&run.id) {
                return Admission::LeaveOut(NoRoom::Overlap);
            }
            // It is admitted already and has its place in the queue; it only lacks room.
            let queue = self.queued.entry(task.id).or_default();
            let place = queue.iter().position(|id| *id == Some(run.id)).unwrap_or(0);
            self.replace_sending(task);
            let running = self.active(task.id);
            if running + place >= task.execution.overlap.at_once() as usize {
                if task.execution.overlap == Overlap::Replace {
                    self.end_running(task.id);
                }
                return Admission::Wait(WaitReason::Overlap);
            }
            if !self.has_slot(task) {
                return Admission::Wait(WaitReason::Pool);
            }
            self.leave_queue(task.id, run.id);
            self.start(task, Some(run.id));
            return Admission::Start;
        }
        self.decide(task, Some(run.id))
    }

    fn decide(&mut self, task: &Task, id: Option<RunId>) -> Admission {
        self.replace_sending(task);
        let running = self.active(task.id);
        let queued = self.count(&self.queued, task.id);
        match task.execution.overlap {
            Overlap::Skip if running + queued > 0 => return Admission::LeaveOut(NoRoom::Overlap),
            Overlap::Allow { max } if running + queued >= max as usize => {
                return Admission::LeaveOut(NoRoom::Overlap);
            }
            Overlap::Queue { max } if running + queued > 0 => {
                if queued >= max as usize {
                    return Admission::LeaveOut(NoRoom::QueueFull);
                }
                self.queued.entry(task.id).or_default().push(id);
                return Admission::Wait(WaitReason::Overlap);
            }
            Overlap::Replace if running + queued > 0 => {
                self.end_running(task.id);
                // Only the latest of the waiting runs stays.
                let waiting = self.queued.remove(&task.id).unwrap_or_default();
                self.replaced.extend(waiting.into_iter().flatten());
                if running > 0 {
                    self.queued.entry(task.id).or_default().push(id);
                    return Admission::Wait(WaitReason::Overlap);
                }
            }
            _ => {}
        }
        if !self.has_slot(task) {
            self.queued.entry(task.id).or_default().push(id);
            return Admission::Wait(WaitReason::Pool);
        }
        self.start(task, id);
        Admission::Start
    }

    fn count(&self, of: &HashMap<TaskId, Vec<Option<RunId>>>, task: TaskId) -> usize {
        of.get(&task).map_or(0, Vec::len)
    }

    /// Runs of a task that have not ended and wait for nothing.
    fn active(&self, task: TaskId) -> usize {
        self.count(&self.running, task) + self.sending.get(&task).map_or(0, Vec::len)
    }

    /// A newer start that replaces the one before does not wait for its message, which is withdrawn.
    fn replace_sending(&mut self, task: &Task) {
        if task.execution.overlap == Overlap::Replace {
            let sending = self.sending.remove(&task.id);
            self.withdrawn.extend(sending.into_iter().flatten());
        }
    }

    /// Runs that are already being stopped are asked again, which changes nothing.
    fn end_running(&mut self, task: TaskId) {
        let running = self.running.get(&task).into_iter().flatten();
        self.stop.extend(running.copied().flatten());
    }

    fn leave_queue(&mut self, task: TaskId, run: RunId) {
        if let Some(queue) = self.queued.get_mut(&task) {
            queue.retain(|id| *id != Some(run));
        }
    }

    /// Reminders execute nothing, so they take no slot.
    fn has_slot(&self, task: &Task) -> bool {
        if !task.mode.runs_command() {
            return true;
        }
        let free = |name: &str, used: u32| self.slots.get(name).is_none_or(|slots| used < *slots);
        let pool = task.execution.pool.as_str();
        free(EVERYTHING, self.everything)
            && (pool.is_empty() || free(pool, self.used.get(pool).copied().unwrap_or(0)))
    }

    fn start(&mut self, task: &Task, id: Option<RunId>) {
        self.running.entry(task.id).or_default().push(id);
        if task.mode.runs_command() {
            let pool = Some(task.execution.pool.as_str()).filter(|pool| !pool.is_empty());
            self.take(pool);
        }
    }

    fn take(&mut self, pool: Option<&str>) {
        self.everything += 1;
        if let Some(pool) = pool {
            *self.used.entry(pool.to_owned()).or_default() += 1;
        }
    }
}
