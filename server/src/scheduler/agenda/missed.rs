//! Records missed firings, in few rows however long the outage.

use app::occurrence::{MissReason, SkipReason};
use app::schedule::MissedPolicy;
use app::task::Task;
use chrono::{DateTime, TimeDelta, Utc};

use super::rows_of;
use crate::firings::{CompiledSchedule, Excluded};
use crate::store::{Planned, PlannedEntry};
use crate::timetable::start_of_day;

/// Missed firings of one schedule that get a row each; the others share one row.
const ROWS: usize = 20;
/// Slots of one schedule that are iterated; where there are more, and arithmetic cannot count them, the row counts
/// only those.
const STEPS: usize = 5_000;
/// Rows of firings that a rule skipped meanwhile, per schedule.
const SKIPPED_ROWS: usize = 200;

/// The missed-run rule of a task: the default of its mode unless the task sets one.
pub(in crate::scheduler) fn policy(task: &Task) -> MissedPolicy {
    // A reminder that comes hours late is noise; a missed command is work to do.
    task.missed.policy.unwrap_or(if task.mode.runs_command() {
        MissedPolicy::Latest
    } else {
        MissedPolicy::None
    })
}

/// Rows for the slots of a schedule from the one at `first` up to `now`: firings that may still be caught up are
/// planned, and the claim decides on them; the others are recorded.
pub(super) fn rows(
    task: &Task,
    compiled: &CompiledSchedule,
    first: DateTime<Utc>,
    now: DateTime<Utc>,
    reason: MissReason,
) -> Vec<Planned> {
    // A firing before the last edit belonged to another plan.
    let from = (first - TimeDelta::microseconds(1)).max(task.updated_at.0.min(now));
    let keep = match policy(task) {
        MissedPolicy::None | MissedPolicy::Latest => 1,
        MissedPolicy::All => usize::try_from(task.missed.max).unwrap_or(1).max(1),
    };
    let until = compiled.window_end(now);
    if let Some(count) = compiled.count_starts(from, until)
        && count > (ROWS + keep) as u64
    {
        return many(task, compiled, (from, until), count, keep, reason);
    }
    let mut firing: Vec<Planned> = Vec::new();
    let mut skipped: Vec<Planned> = Vec::new();
    let mut cut_short = false;
    let mut slot = compiled.next(from);
    let mut steps = 0;
    while let Some(found) = slot.filter(|slot| slot.at <= now) {
        for row in rows_of(task.id, compiled, &found) {
            match row.entry {
                PlannedEntry::Skipped(why) => add_skipped(&mut skipped, row, why),
                _ => firing.push(row),
            }
        }
        steps += 1;
        let mut after = found.at;
        if steps >= STEPS {
            // Far behind: continue from shortly before now.
            cut_short = true;
            let near = now - TimeDelta::minutes(2);
            after = after.max(near);
        }
        if steps > STEPS + 200 {
            break;
        }
        slot = compiled.next(after);
    }
    let mut rows = skipped;
    if policy(task) == MissedPolicy::All && firing.len() <= ROWS {
        // Only the latest ones are caught up; the claim cannot know which they are.
        let recorded = firing.len().saturating_sub(keep);
        for row in firing.iter_mut().take(recorded) {
            row.entry = PlannedEntry::Missed {
                reason,
                count: 1,
                since: row.scheduled_for,
            };
        }
    }
    if firing.len() <= ROWS.max(keep) && !cut_short {
        rows.extend(firing);
        return rows;
    }
    let kept = firing.split_off(firing.len().saturating_sub(keep));
    if let (Some(since), Some(last)) = (firing.first(), firing.last()) {
        rows.push(Planned {
            entry: PlannedEntry::Missed {
                reason,
                count: i64::try_from(firing.len()).unwrap_or(i64::MAX),
                since: since.scheduled_for,
            },
            ..last.clone()
        });
    }
    rows.extend(kept);
    rows
}

/// A schedule with very many firings that arithmetic can count; the last ones are searched backwards.
fn many(
    task: &Task,
    compiled: &CompiledSchedule,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    count: u64,
    keep: usize,
    reason: MissReason,
) -> Vec<Planned> {
    let cycle = compiled.cycle();
    let just_before = |at: DateTime<Utc>| at - TimeDelta::microseconds(1);
    // One more than is kept: the last of those that are only recorded.
    let mut last: Vec<Planned> = Vec::new();
    let mut at = cycle.previous_at_or_before(until);
    let mut steps = 0;
    while let Some(found) = at.filter(|at| *at > from && last.len() <= keep && steps < STEPS) {
        steps += 1;
        let Some(slot) = compiled.next(just_before(found)) else {
            break;
        };
        let mut before = found;
        if let Some(Excluded::Day { date, .. }) =
            slot.firings.first().and_then(|f| f.excluded.as_ref())
        {
            // The whole day is skipped.
            before = start_of_day(cycle.zone(), *date).min(found);
        }
        let rows = rows_of(task.id, compiled, &slot);
        last.extend(
            rows.into_iter()
                .filter(|row| row.entry == PlannedEntry::Planned),
        );
        at = cycle.previous_at_or_before(just_before(before));
    }
    let first = compiled.next_start(from);
    let mut rows = left_out(task, compiled, from, until);
    if last.len() > keep
        && let (Some(earlier), Some(first)) = (last.pop(), first)
    {
        let entry = PlannedEntry::Missed {
            reason,
            count: i64::try_from(count)
                .unwrap_or(i64::MAX)
                .saturating_sub(i64::try_from(last.len()).unwrap_or(0)),
            since: first.scheduled_for,
        };
        rows.push(Planned { entry, ..earlier });
    }
    rows.extend(last.into_iter().rev());
    rows
}

/// Rows for whole days that a day rule skipped, consecutive days together.
fn left_out(
    task: &Task,
    compiled: &CompiledSchedule,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<Planned> {
    let stretches = compiled.left_out(from, until).unwrap_or_default();
    stretches
        .into_iter()
        .map(|(since, last, count, reason)| Planned {
            task_id: task.id,
            schedule_id: compiled.id,
            scheduled_for: last,
            base_at: last,
            due_at: last,
            entry: PlannedEntry::SkippedMany {
                reason,
                count: i64::try_from(count).unwrap_or(i64::MAX),
                since,
            },
        })
        .collect()
}

/// Adds a firing that a rule skipped: consecutive ones with the same reason share a row.
fn add_skipped(rows: &mut Vec<Planned>, row: Planned, why: SkipReason) {
    let full = rows.len() >= SKIPPED_ROWS;
    if let Some(last) = rows.last_mut() {
        let same = match last.entry {
            PlannedEntry::Skipped(reason) if reason == why => Some((1, last.scheduled_for)),
            PlannedEntry::SkippedMany {
                reason,
                count,
                since,
            } if reason == why => Some((count, since)),
            _ => None,
        };
        if let Some((count, since)) = same
            && row.scheduled_for > last.scheduled_for
            && (row.scheduled_for - last.scheduled_for <= TimeDelta::minutes(15) || full)
        {
            let entry = PlannedEntry::SkippedMany {
                reason: why,
                count: count + 1,
                since: since.min(row.scheduled_for),
            };
            if let Some(last) = rows.last_mut() {
                *last = Planned { entry, ..row };
            }
            return;
        }
    }
    rows.push(row);
}
