//! Tickets that firings open: each firing of a reminder, and missed firings; and firings of tasks that are chased.

use std::collections::BTreeMap;

use app::id::{OccurrenceId, RunId, TaskId};
use app::ticket::{Opens, TicketKind};

use super::rules::Rules;
use crate::store::{Chasing, Claimed, MissedFirings, RunInProgress, TicketSeed};

/// First attempts at planned firings: task, firing, run.
fn firings<'a>(
    claimed: &'a [Claimed],
    resumed: &'a [RunInProgress],
) -> impl Iterator<Item = (TaskId, OccurrenceId, RunId)> + 'a {
    let new = claimed
        .iter()
        .map(|one| (one.due.task_id, one.due.id, one.run_id));
    let waited = resumed.iter().filter(|run| run.attempt == 1);
    let waited = waited.filter_map(|run| Some((run.task_id, run.occurrence_id?, run.run_id)));
    new.chain(waited)
}

/// The tickets of firings that start now.
pub(super) fn opened(
    rules: &Rules<'_>,
    claimed: &[Claimed],
    resumed: &[RunInProgress],
) -> Vec<TicketSeed> {
    firings(claimed, resumed)
        .filter_map(|(task, occurrence, run)| {
            let task = &rules.agenda.task(task)?.task;
            Some(TicketSeed::of_start(task, rules.now)?.of_firing(occurrence, run))
        })
        .chain(by_hand(rules, resumed))
        .collect()
}

/// The tickets of starts by hand that waited for room. What starts at once opens its ticket as it starts.
fn by_hand(rules: &Rules<'_>, resumed: &[RunInProgress]) -> impl Iterator<Item = TicketSeed> {
    let runs = resumed
        .iter()
        .filter(|run| run.attempt == 1 && run.occurrence_id.is_none());
    runs.filter_map(move |run| {
        let task = &rules.agenda.task(run.task_id)?.task;
        Some(TicketSeed::of_start(task, rules.now)?.of_run(run.run_id))
    })
}

/// The ticket of a task that missed firings.
pub(super) fn missed(rules: &Rules<'_>, misses: &MissedFirings) -> Option<TicketSeed> {
    let task = &rules.agenda.task(misses.task_id)?.task;
    let opens = task.tickets.opens == Opens::Failure && misses.count > 0;
    opens.then(|| TicketSeed::new(TicketKind::Failure, task, rules.now))
}

/// Firings of tasks that are being chased, by task.
pub(super) fn chasing(
    rules: &Rules<'_>,
    claimed: &[Claimed],
    resumed: &[RunInProgress],
) -> Vec<Chasing> {
    let mut chased: BTreeMap<TaskId, Chasing> = BTreeMap::new();
    for (id, ..) in firings(claimed, resumed) {
        let Some(live) = rules.agenda.task(id).filter(|live| live.task.urging) else {
            continue;
        };
        let known = chased.entry(id).or_insert(Chasing {
            task_id: id,
            firings: 0,
            max: live.task.tickets.policy.max_urges,
        });
        known.firings += 1;
    }
    chased.into_values().collect()
}
