//! What the scheduler gives notice of: planned runs that were missed or skipped, or that start late.

use std::collections::HashMap;

use app::id::TaskId;
use app::message::Event;
use app::occurrence::{NotRun, NotificationDecision};
use app::run::{RunReason, Trigger, WaitReason};
use app::task::Task;
use chrono::{DateTime, TimeDelta, Utc};

use super::agenda::{Agenda, AgendaTask};
use super::rules::Rules;
use crate::facts::{Facts, LateReason, Missed, TaskEvent};
use crate::store::{
    Claimed, Due, MissedFirings, Notice, Planned, PlannedEntry, RunInProgress, Verdict,
    WaitVerdict, WaitingRun,
};

/// A run that starts this long after its time is late. A claim takes milliseconds, and a machine that is merely
/// busy takes seconds.
const LATE: TimeDelta = TimeDelta::seconds(30);

/// What one claim decides that people may want to hear of.
#[derive(Debug, Default)]
pub(super) struct Reports {
    /// Late firings of each task that are caught up.
    pub(super) caught_up: HashMap<TaskId, i64>,
    pub(super) notices: Vec<Notice>,
}

impl Reports {
    /// The verdict on a due firing.
    pub(super) fn decided(
        &mut self,
        rules: &Rules<'_>,
        firing: &Due,
        verdict: &Verdict,
        is_caught_up: bool,
    ) {
        if is_caught_up {
            *self.caught_up.entry(firing.task_id).or_default() += 1;
        }
        if let Verdict::Skip(reason) = verdict
            && let Some(live) = rules.agenda.task(firing.task_id)
        {
            let why = NotRun::Skipped(*reason);
            let notice = skip(&live.task, why, firing.scheduled_for, rules.now);
            self.notices.extend(notice);
        }
    }

    /// The verdict on a waiting run: one that finds no room is skipped after all.
    pub(super) fn called_off(
        &mut self,
        rules: &Rules<'_>,
        run: &WaitingRun,
        verdict: &WaitVerdict,
    ) {
        if let WaitVerdict::CallOff(RunReason::LeftOut(why)) = verdict
            && let Some(live) = rules.agenda.task(run.task_id)
        {
            let why = NotRun::Skipped((*why).into());
            let notice = skip(&live.task, why, run.due_at, rules.now);
            self.notices.extend(notice);
        }
    }
}

/// A firing that a rule skips, unless a person decided that.
fn skip(task: &Task, why: NotRun, planned_for: DateTime<Utc>, at: DateTime<Utc>) -> Option<Notice> {
    if why.heard() != NotificationDecision::By(Event::Skipped) {
        return None;
    }
    let event = TaskEvent::Skipped {
        reason: why.reason().to_owned(),
        planned_for,
    };
    Some(Notice::about(task, Facts::of_task(task, None, at, event)))
}

/// A firing that planning records as skipped.
pub(super) fn skipped(agenda: &Agenda, row: &Planned) -> Option<Notice> {
    let PlannedEntry::Skipped(reason) = row.entry else {
        return None;
    };
    let live = agenda.task(row.task_id)?;
    let why = NotRun::Skipped(reason);
    // Written some seconds ahead, and reported when it would have started.
    skip(&live.task, why, row.scheduled_for, row.base_at)
}

/// Missed firings of a task; none of one that is closed or gone.
pub(super) fn missed(rules: &Rules<'_>, misses: &MissedFirings) -> Option<Notice> {
    if misses.count == 0 {
        return None;
    }
    let task = &rules.agenda.task(misses.task_id)?.task;
    let event = TaskEvent::Missed(Missed {
        reason: misses.reason.as_str().to_owned(),
        count: misses.count,
        since: misses.since,
        last: misses.last,
        caught_up: misses.caught_up,
    });
    let facts = Facts::of_task(task, None, rules.now, event);
    Some(Notice::about(task, facts))
}

/// Firings that start late.
pub(super) fn started(rules: &Rules<'_>, claimed: &[Claimed]) -> Vec<Notice> {
    let late = claimed
        .iter()
        .filter(|one| rules.now - one.due.due_at > LATE);
    late.filter_map(|one| {
        let live = rules.agenda.task(one.due.task_id)?;
        let event = TaskEvent::LateStart {
            due_at: one.due.due_at,
            why: why_late(live, one),
        };
        let facts = Facts::of_task(&live.task, Some(one.run_id), rules.now, event);
        Some(Notice::about(&live.task, facts))
    })
    .collect()
}

/// That runs start.
pub(super) fn every_start(
    rules: &Rules<'_>,
    claimed: &[Claimed],
    resumed: &[RunInProgress],
) -> Vec<Notice> {
    let new = claimed.iter().map(|one| (one.due.task_id, one.run_id, 1));
    let waited = resumed
        .iter()
        .map(|run| (run.task_id, run.run_id, run.attempt));
    new.chain(waited)
        .filter_map(|(id, run, attempt)| {
            let task = &rules.agenda.task(id)?.task;
            let event = TaskEvent::Started { attempt };
            let facts = Facts::of_task(task, Some(run), rules.now, event);
            Some(Notice::about(task, facts))
        })
        .collect()
}

fn why_late(live: &AgendaTask, claimed: &Claimed) -> LateReason {
    if claimed.trigger == Trigger::CatchUp {
        return LateReason::Down;
    }
    let is_postponed = |due_at| {
        let compiled = live.compiled(claimed.due.schedule_id);
        compiled.is_some_and(|compiled| compiled.shut_now(due_at).is_some())
    };
    if !live.task.execution.waits.tasks.is_empty() {
        LateReason::Dependencies
    } else if is_postponed(claimed.due.due_at) {
        LateReason::Blackout
    } else {
        LateReason::Busy
    }
}

/// Runs that waited and start late.
pub(super) fn resumed(rules: &Rules<'_>, runs: &[WaitingRun]) -> Vec<Notice> {
    let late = runs.iter().filter(|run| rules.now - run.due_at > LATE);
    late.filter_map(|run| {
        let task = &rules.agenda.task(run.task_id)?.task;
        let event = TaskEvent::LateStart {
            due_at: run.due_at,
            why: match run.why {
                WaitReason::Pool => LateReason::Pool,
                WaitReason::Overlap => LateReason::Overlap,
                WaitReason::Retry => LateReason::Busy,
            },
        };
        let facts = Facts::of_task(task, Some(run.run_id), rules.now, event);
        Some(Notice::about(task, facts))
    })
    .collect()
}
