//! Decides whether a due firing starts, waits or is skipped: pure rules, applied inside the claim's transaction.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use app::id::TaskId;
use app::occurrence::{MissReason, SkipReason};
use app::run::{NoRoom, RunReason, TaskRemoval, Trigger, WaitReason};
use app::schedule::MissedPolicy;
use app::task::execution::{Waits, WaitsFor, WaitsHow};
use app::task::{Task, TaskState};
use chrono::{DateTime, TimeDelta, Utc};

use super::agenda::{Agenda, policy};
use super::notices::{self, Reports};
use super::tickets;
use crate::admission::{ActiveRun, Admission, AvailableSlots};
use crate::firings::ActiveBlackout;
use crate::store::{
    Chasing, Claimed, Decide, Decision, Due, LastEnd, MissedFirings, Notice, RunInProgress,
    TicketSeed, Verdict, View, WaitVerdict, WaitingRun,
};

/// A firing that waits for its task is tried again after this time; the next one of the same task after twice as
/// long, and so on up to the longest wait.
const WAIT: TimeDelta = TimeDelta::seconds(1);
/// The longest such wait.
const WAIT_MAX: i32 = 60;

/// A firing that starts later than this was not started at its instant.
const PROMPT: TimeDelta = TimeDelta::seconds(1);

/// A server that is running starts a firing within this time after it is due, even on a busy machine.
const IN_TIME: TimeDelta = TimeDelta::seconds(2);

/// A wait for other tasks is checked again after this time.
const DEPENDS: TimeDelta = TimeDelta::seconds(2);

/// The rules at one moment.
pub(super) struct Rules<'a> {
    pub(super) agenda: &'a Agenda,
    pub(super) now: DateTime<Utc>,
}

impl Decide for Rules<'_> {
    fn depends_on(&self, due: &[Due]) -> Vec<TaskId> {
        let mut tasks: Vec<TaskId> = due
            .iter()
            .filter_map(|firing| self.agenda.task(firing.task_id))
            .flat_map(|live| live.task.execution.waits.tasks.iter().copied())
            .collect();
        tasks.sort_unstable();
        tasks.dedup();
        tasks
    }

    fn messages(&self, due: &[Due], waiting: &[WaitingRun]) -> Vec<TaskId> {
        let due = due.iter().map(|firing| firing.task_id);
        let mut tasks: Vec<TaskId> = due
            .chain(waiting.iter().map(|run| run.task_id))
            .filter(|id| {
                let live = self.agenda.task(*id);
                live.is_some_and(|live| !live.task.mode.runs_command())
            })
            .collect();
        tasks.sort_unstable();
        tasks.dedup();
        tasks
    }

    fn decide(&self, view: &View<'_>) -> Decision {
        let mut room = AvailableSlots::new(&self.agenda.slots, view.runs);
        let mut reports = Reports::default();
        // Waiting runs take precedence over new ones.
        let waiting = view
            .waiting
            .iter()
            .map(|run| {
                let verdict = self.resume(run, view, &mut room);
                reports.called_off(self, run, &verdict);
                verdict
            })
            .collect();
        let mut turns: HashMap<TaskId, i32> = HashMap::new();
        let due = view
            .due
            .iter()
            .map(|firing| {
                let (verdict, is_caught_up) = self.start(firing, view, &mut room, &mut turns);
                reports.decided(self, firing, &verdict, is_caught_up);
                verdict
            })
            .collect();
        Decision {
            due,
            waiting,
            stop: room.stop,
            replaced: room.replaced,
            withdrawn: room.withdrawn,
            caught_up: reports.caught_up,
            notices: reports.notices,
        }
    }

    fn has_unreported(&self) -> bool {
        self.agenda.unreported
    }

    fn missed(&self, misses: &MissedFirings) -> Option<Notice> {
        notices::missed(self, misses)
    }

    fn started(&self, claimed: &[Claimed]) -> Vec<Notice> {
        notices::started(self, claimed)
    }

    fn every_start(&self, claimed: &[Claimed], resumed: &[RunInProgress]) -> Vec<Notice> {
        notices::every_start(self, claimed, resumed)
    }

    fn tickets(&self, claimed: &[Claimed], resumed: &[RunInProgress]) -> Vec<TicketSeed> {
        tickets::opened(self, claimed, resumed)
    }

    fn missed_ticket(&self, misses: &MissedFirings) -> Option<TicketSeed> {
        tickets::missed(self, misses)
    }

    fn chasing(&self, claimed: &[Claimed], resumed: &[RunInProgress]) -> Vec<Chasing> {
        tickets::chasing(self, claimed, resumed)
    }

    fn resumed(&self, runs: &[WaitingRun]) -> Vec<Notice> {
        notices::resumed(self, runs)
    }
}

impl Rules<'_> {
    /// Decides on a waiting run.
    fn resume(
        &self,
        run: &WaitingRun,
        view: &View<'_>,
        room: &mut AvailableSlots<'_>,
    ) -> WaitVerdict {
        let off = |gone| WaitVerdict::CallOff(RunReason::TaskGone(gone));
        let Some(live) = self.agenda.task(run.task_id) else {
            // It waits until the row of its task is repaired.
            return match self.agenda.unreadable.contains(&run.task_id) {
                true => WaitVerdict::Stay(WaitReason::Pool),
                false => off(TaskRemoval::Closed),
            };
        };
        // A manual start of a paused task is deliberate.
        if live.task.state == TaskState::Paused && run.trigger != Trigger::Manual {
            return off(TaskRemoval::Paused);
        }
        let Some(active) = view.runs.iter().find(|active| active.id == run.run_id) else {
            return WaitVerdict::Stay(WaitReason::Pool);
        };
        match room.resume(&live.task, active) {
            Admission::Start => WaitVerdict::Start,
            Admission::Wait(why) => WaitVerdict::Stay(why),
            Admission::LeaveOut(why) => WaitVerdict::CallOff(RunReason::LeftOut(why)),
        }
    }

    /// Decides on a due firing, and says whether it is a late one that is caught up.
    fn start(
        &self,
        firing: &Due,
        view: &View<'_>,
        room: &mut AvailableSlots<'_>,
        turns: &mut HashMap<TaskId, i32>,
    ) -> (Verdict, bool) {
        let is_latest = view.latest.get(&firing.schedule_id) == Some(&firing.scheduled_for);
        let starts = match judge(self.agenda, firing, view.ended, is_latest, self.now) {
            Ok(starts) => starts,
            Err(verdict) => return (verdict, false),
        };
        let is_caught_up = starts.trigger == Trigger::CatchUp;
        if starts.waits && room.is_busy(firing.task_id) {
            // Firings that are all caught up run one after another.
            let turns = turns.entry(firing.task_id).or_default();
            *turns = (*turns + 1).min(WAIT_MAX);
            return (Verdict::Later(self.now + WAIT * *turns), is_caught_up);
        }
        let pool = Some(starts.task.execution.pool.clone()).filter(|pool| !pool.is_empty());
        match room.admit(starts.task) {
            Admission::Start => (Verdict::Start(starts.trigger, pool), is_caught_up),
            Admission::Wait(why) => (Verdict::Wait(starts.trigger, pool, why), is_caught_up),
            Admission::LeaveOut(why) => (
                Verdict::Skip(self.skipped(why, firing, &starts, view)),
                false,
            ),
        }
    }

    /// Why a firing is skipped that has no room. Firings that were due while no server was running are decided together
    /// when one is back: the first one starts, and the task was not running at the instants of the others.
    fn skipped(
        &self,
        why: NoRoom,
        firing: &Due,
        starts: &Starts<'_>,
        view: &View<'_>,
    ) -> SkipReason {
        // Before this server was there, another one may have started it in time, or none.
        let was_here = firing.due_at >= self.agenda.since;
        if why == NoRoom::Overlap && (starts.late || !was_here) {
            let until = firing.due_at + if was_here { IN_TIME } else { TimeDelta::zero() };
            let was_active =
                |run: &&ActiveRun| run.task_id == firing.task_id && run.started_at <= until;
            let active = view.runs.iter().filter(was_active).count();
            if active < starts.task.execution.overlap.at_once() as usize {
                return SkipReason::Late;
            }
        }
        why.into()
    }
}

/// A firing that starts if a slot is free.
struct Starts<'a> {
    task: &'a Task,
    trigger: Trigger,
    /// Whether it waits for a busy task.
    waits: bool,
    /// Whether no server started it in time.
    late: bool,
}

/// Whether the dependencies of a task are met.
fn is_met(waits: &Waits, due_at: DateTime<Utc>, ended: &HashMap<TaskId, LastEnd>) -> bool {
    let fresh_from = due_at - TimeDelta::seconds(waits.fresh_seconds);
    let done = |task: &TaskId| {
        let end = ended.get(task).copied().unwrap_or_default();
        let at = match waits.what {
            WaitsFor::Success => end.succeeded,
            WaitsFor::Finish => end.finished,
        };
        at.is_some_and(|at| at >= fresh_from)
    };
    match waits.how {
        WaitsHow::All => waits.tasks.iter().all(done),
        WaitsHow::Any => waits.tasks.is_empty() || waits.tasks.iter().any(done),
    }
}

/// Decides on a firing, regardless of what else is due.
fn judge<'a>(
    agenda: &'a Agenda,
    firing: &Due,
    ended: &HashMap<TaskId, LastEnd>,
    is_latest: bool,
    now: DateTime<Utc>,
) -> Result<Starts<'a>, Verdict> {
    let Some(live) = agenda.task(firing.task_id) else {
        let is_unreadable = agenda.unreadable.contains(&firing.task_id);
        return Err(Verdict::Skip(match is_unreadable {
            true => SkipReason::Unreadable,
            false => SkipReason::Closed,
        }));
    };
    let task = &live.task;
    // Everything may have changed since it was planned or postponed.
    let Some(compiled) = live.compiled(firing.schedule_id) else {
        return Err(Verdict::Skip(SkipReason::Changed));
    };
    if !compiled.in_window(firing.base_at) {
        return Err(Verdict::Skip(SkipReason::Window));
    }
    if compiled.is_paused(now) && compiled.is_paused(firing.base_at) {
        return Err(Verdict::Skip(SkipReason::Paused));
    }
    match compiled.shut_now(now) {
        Some(ActiveBlackout::Dropped) => return Err(Verdict::Skip(SkipReason::Blackout)),
        Some(ActiveBlackout::Until(until)) => return Err(Verdict::Later(until)),
        None => {}
    }
    let mut lateness = now - firing.due_at;
    let waits = &task.execution.waits;
    if !waits.tasks.is_empty() {
        let patience = TimeDelta::seconds(waits.patience_seconds);
        if !is_met(waits, firing.due_at, ended) {
            let until = firing.due_at + patience;
            if now >= until {
                return Err(Verdict::Skip(SkipReason::Dependency));
            }
            return Err(Verdict::Later((now + DEPENDS).min(until)));
        }
        // Time spent waiting for other tasks does not count as lateness.
        lateness = (lateness - patience).max(TimeDelta::zero());
    }
    if lateness <= TimeDelta::seconds(task.missed.grace_seconds) {
        return Ok(Starts {
            task,
            trigger: Trigger::Schedule,
            // It was due during an outage, too: the runs that are caught up before it must not make it be skipped.
            waits: lateness > PROMPT && policy(task) == MissedPolicy::All,
            late: lateness > IN_TIME,
        });
    }
    if let Some(hole) = agenda.hole.filter(|hole| hole.holds(firing.base_at)) {
        if hole.corrects && compiled.is_fixed() && is_latest {
            return Ok(Starts {
                task,
                trigger: Trigger::Schedule,
                waits: false,
                late: false,
            });
        }
        return Err(Verdict::Miss(MissReason::Clock));
    }
    let recent = lateness <= TimeDelta::seconds(task.missed.max_age_seconds);
    let policy = policy(task);
    let wanted = match policy {
        MissedPolicy::None => false,
        MissedPolicy::Latest => is_latest,
        MissedPolicy::All => true,
    };
    if !(recent && wanted) {
        return Err(Verdict::Miss(MissReason::Down));
    }
    Ok(Starts {
        task,
        trigger: Trigger::CatchUp,
        waits: policy == MissedPolicy::All,
        late: true,
    })
}
