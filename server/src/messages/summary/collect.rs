//! What a summary reports, read from the database.

use std::collections::{HashMap, HashSet};

use app::id::TaskId;
use app::occurrence::{NotRun, SkipReason};
use app::summary::SummarySpec;

use super::Period;
use super::slow::slowest;
use crate::facts::Summary;
use crate::facts::summary::{
    ChasedTask, FailedTask, IdleTask, MissedTask, Part, SlowTask, TicketedTask, kept_name,
};
use crate::store::{
    NotStarted, OpenTickets, Store, StoreError, SummaryTask, UnsuccessfulRun, WithinLimit,
};

/// Tasks whose last runs are read to find slow ones. Of more, those with the longest runs of the period.
const SLOW_MAX: usize = 1_000;
/// Tasks that may have started nothing and are looked at.
const IDLE_MAX: usize = 2_000;

/// The tasks of a summary, by id.
type Tasks = HashMap<TaskId, SummaryTask>;

/// Reads what a summary reports about a period. It is bounded: 20,000 rows of each state, the last 200 runs of 1,000
/// tasks.
///
/// # Errors
/// When the database fails.
pub async fn collect(
    store: &Store,
    spec: &SummarySpec,
    period: Period,
) -> Result<Summary, StoreError> {
    let tasks = store.tasks_of_summary(&spec.selection).await?;
    let mut chased: Vec<ChasedTask> = Vec::new();
    for task in tasks.iter().filter(|task| task.chased) {
        chased.push(ChasedTask {
            task: task.id,
            name: kept_name(&task.name),
        });
    }
    let tasks: Tasks = tasks.into_iter().map(|task| (task.id, task)).collect();
    let bad = store.bad_ends(period.from, period.to).await?;
    let not_started = store.not_started(period.from, period.to).await?;
    Ok(Summary {
        name: spec.name.clone(),
        weekly: spec.weekday.is_some(),
        selection: spec.selection.clone(),
        zone: spec.zone.clone(),
        from: period.from,
        to: period.to,
        failed: failed(&tasks, bad),
        missed: missed(&tasks, &not_started),
        slow: slow(store, &tasks, period).await?,
        idle: idle(store, &tasks, not_started, period).await?,
        chased: Part::of(chased, false),
        tickets: tickets(&tasks, store.open_tickets_by_task().await?),
    })
}

fn failed(tasks: &Tasks, mut ends: WithinLimit<UnsuccessfulRun>) -> Part<FailedTask> {
    ends.found.retain(|end| tasks.contains_key(&end.task));
    let mut failed: Vec<FailedTask> = grouped(ends.found, |end| end.task)
        .into_iter()
        .filter_map(|(task, ends)| {
            let last = ends.iter().max_by_key(|end| (end.at, end.run.0))?;
            Some(FailedTask {
                task,
                name: kept_name(&tasks.get(&task)?.name),
                count: ends.len() as u64,
                run: last.run,
                last: last.at,
            })
        })
        .collect();
    failed.sort_unstable_by_key(|one| (std::cmp::Reverse(one.count), one.task.0));
    Part::of(failed, ends.cut)
}

/// Tickets that are open, the tasks with the oldest first. What a chase asks for is listed as such.
fn tickets(tasks: &Tasks, open: Vec<OpenTickets>) -> Part<TicketedTask> {
    let mut entries: Vec<TicketedTask> = open
        .into_iter()
        .filter_map(|open| {
            let task = tasks.get(&open.task)?;
            Some(TicketedTask {
                task: open.task,
                name: kept_name(&task.name),
                count: open.count,
                since: open.since,
            })
        })
        .collect();
    entries.sort_unstable_by_key(|one| (one.since, one.task.0));
    Part::of(entries, false)
}

/// Values by task, in no order.
fn grouped<T>(values: Vec<T>, task: impl Fn(&T) -> TaskId) -> HashMap<TaskId, Vec<T>> {
    let mut groups: HashMap<TaskId, Vec<T>> = HashMap::new();
    for value in values {
        groups.entry(task(&value)).or_default().push(value);
    }
    groups
}

/// Firings by task: how many there are, and the last of them.
fn firings<'a>(
    tasks: &Tasks,
    all: impl Iterator<Item = &'a NotStarted>,
) -> Vec<(TaskId, String, u64, &'a NotStarted)> {
    let all: Vec<&NotStarted> = all.filter(|one| tasks.contains_key(&one.task)).collect();
    let mut found: Vec<_> = grouped(all, |one| one.task)
        .into_iter()
        .filter_map(|(task, firings)| {
            let count: u64 = firings.iter().map(|one| one.firings).sum();
            let last = firings.into_iter().max_by_key(|one| one.due_at)?;
            Some((task, kept_name(&tasks.get(&task)?.name), count, last))
        })
        .collect();
    found.sort_unstable_by_key(|(task, _, count, _)| (std::cmp::Reverse(*count), task.0));
    found
}

fn missed(tasks: &Tasks, not_started: &WithinLimit<NotStarted>) -> Part<MissedTask> {
    let missed = not_started.found.iter().filter(|one| one.missed);
    let entries = firings(tasks, missed)
        .into_iter()
        .map(|(task, name, count, last)| MissedTask {
            task,
            name,
            count,
            last: last.due_at,
        });
    Part::of(entries.collect(), not_started.cut)
}

/// Whether a firing should have started: it was missed, or had no room. What a person stopped, or a calendar or
/// a blackout excludes, should not.
fn should_have_started(firing: &NotStarted) -> bool {
    let skipped = firing.reason.as_deref().and_then(NotRun::read);
    firing.missed
        || matches!(
            skipped,
            Some(NotRun::Skipped(
                SkipReason::Overlap
                    | SkipReason::QueueFull
                    | SkipReason::Dependency
                    | SkipReason::Late
                    | SkipReason::Unreadable
            ))
        )
}

async fn idle(
    store: &Store,
    tasks: &Tasks,
    not_started: WithinLimit<NotStarted>,
    period: Period,
) -> Result<Part<IdleTask>, StoreError> {
    let wanted = not_started
        .found
        .iter()
        .filter(|one| should_have_started(one));
    let found = firings(tasks, wanted);
    let at_least = not_started.cut || found.len() > IDLE_MAX;
    let candidates: Vec<TaskId> = found.iter().take(IDLE_MAX).map(|one| one.0).collect();
    let idle = store.without_start_since(&candidates, period.from).await?;
    let idle: HashSet<TaskId> = idle.into_iter().collect();
    let entries = found
        .into_iter()
        .filter(|(task, ..)| idle.contains(task))
        .map(|(task, name, count, last)| IdleTask {
            task,
            name,
            count,
            last: last.due_at,
        });
    Ok(Part::of(entries.collect(), at_least))
}

async fn slow(store: &Store, tasks: &Tasks, period: Period) -> Result<Part<SlowTask>, StoreError> {
    let candidates: Vec<TaskId> = if tasks.len() <= SLOW_MAX {
        tasks.keys().copied().collect()
    } else {
        store
            .longest_successes(period.from, period.to, SLOW_MAX)
            .await?
    };
    let mut slow: Vec<SlowTask> = Vec::new();
    for task in candidates.into_iter().filter_map(|id| tasks.get(&id)) {
        let runs = store.last_runs(task.id).await?;
        let Some(found) = slowest(&runs, period) else {
            continue;
        };
        slow.push(SlowTask {
            task: task.id,
            name: kept_name(&task.name),
            run: found.run.run,
            millis: found.run.millis,
            usual_millis: found.usual_millis,
        });
    }
    // By how many times the usual they took.
    slow.sort_unstable_by_key(|one| {
        let times = one.millis.saturating_mul(100) / one.usual_millis.max(1);
        (std::cmp::Reverse(times), one.task.0)
    });
    Ok(Part::of(slow, false))
}
