//! Records firings that a rule skips, in as few rows as possible.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;

use app::id::ScheduleId;
use app::occurrence::{NotRun, OccurrenceState, SkipReason};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::code::Code;
use super::super::entity::occurrence;
use super::super::{StoreError, Tx};
use super::{CHUNK, NotRunCounts, Planned, PlannedEntry, rows};

/// Skipped firings of one schedule share a row while they are this close.
pub(super) const CLOSE: TimeDelta = TimeDelta::minutes(15);

/// Whether a firing may share the row of the one before it.
pub(super) fn joins(before: DateTime<Utc>, next: DateTime<Utc>) -> bool {
    let gap = next - before;
    gap > TimeDelta::zero() && gap <= CLOSE
}

/// Firings of one schedule, close together and skipped for the same reason.
struct SkippedSpan<'a> {
    first: &'a Planned,
    last: &'a Planned,
    reason: SkipReason,
    count: i64,
}

/// Writes them: firings that closely follow a row with the same reason are added to it. Counts what was not recorded
/// yet, and returns the first firing of each new row.
pub(super) async fn insert(
    tx: &Tx,
    firings: &[&Planned],
    counts: &mut NotRunCounts,
) -> Result<Vec<Planned>, StoreError> {
    if firings.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<i64> = firings.iter().map(|row| row.schedule_id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let last = last_rows(tx, &ids).await?;
    let there = instants_between(tx, &ids, firings).await?;
    let unrecorded = firings.iter().copied().filter(|firing| {
        // Another node may have recorded it, or started it just before the change that skips it.
        let id = firing.schedule_id.0;
        !there.contains(&(id, firing.scheduled_for))
            && !last
                .get(&id)
                .is_some_and(|row| covers(row, firing.scheduled_for))
    });
    let stretches = fold(unrecorded, &there);
    let mut fresh: Vec<Planned> = Vec::new();
    let mut firsts: Vec<Planned> = Vec::new();
    // Only a schedule's first group can extend a stored row.
    let mut asked: Vec<ScheduleId> = Vec::new();
    for stretch in stretches {
        let id = stretch.first.schedule_id;
        let reason = NotRun::Skipped(stretch.reason);
        *counts.entry(reason).or_default() += u64::try_from(stretch.count).unwrap_or_default();
        let before = last.get(&id.0).filter(|_| !asked.contains(&id));
        asked.push(id);
        match before.filter(|row| {
            row.state == Code(OccurrenceState::Skipped)
                && row.reason.as_deref() == Some(stretch.reason.as_str())
                && joins(row.scheduled_for, stretch.first.scheduled_for)
        }) {
            Some(row) => extend(tx, row, &stretch).await?,
            None => {
                firsts.push(stretch.first.clone());
                fresh.push(stretch.row());
            }
        }
    }
    let fresh: Vec<&Planned> = fresh.iter().collect();
    for chunk in fresh.chunks(CHUNK) {
        rows::insert_planned(tx, chunk).await?;
    }
    Ok(firsts)
}

impl SkippedSpan<'_> {
    fn row(&self) -> Planned {
        let entry = if self.count == 1 {
            PlannedEntry::Skipped(self.reason)
        } else {
            PlannedEntry::SkippedMany {
                reason: self.reason,
                count: self.count,
                since: self.first.scheduled_for,
            }
        };
        Planned {
            entry,
            ..self.last.clone()
        }
    }
}

fn covers(row: &occurrence::Model, at: DateTime<Utc>) -> bool {
    let since = row.since.unwrap_or(row.scheduled_for);
    row.state == Code(OccurrenceState::Skipped) && since <= at && at <= row.scheduled_for
}

/// Instants of schedules that have a row of their own.
type Instants = BTreeSet<(i64, DateTime<Utc>)>;

/// Those from the first of these firings to the last one.
async fn instants_between(
    tx: &Tx,
    ids: &[i64],
    firings: &[&Planned],
) -> Result<Instants, StoreError> {
    use occurrence::Column as C;
    let instants = || firings.iter().map(|firing| firing.scheduled_for);
    let (Some(first), Some(last)) = (instants().min(), instants().max()) else {
        return Ok(Instants::new());
    };
    let mut found = Instants::new();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(i64, DateTime<Utc>)> = occurrence::Entity::find()
            .select_only()
            .columns([C::ScheduleId, C::ScheduledFor])
            .filter(C::ScheduleId.is_in(chunk.iter().copied()))
            .filter(C::ScheduledFor.between(first, last))
            .into_tuple()
            .all(tx)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Joins firings that are close, per schedule, but not across an instant that has a row.
fn fold<'a>(firings: impl Iterator<Item = &'a Planned>, there: &Instants) -> Vec<SkippedSpan<'a>> {
    let mut by_schedule: BTreeMap<ScheduleId, Vec<&Planned>> = BTreeMap::new();
    for firing in firings {
        by_schedule
            .entry(firing.schedule_id)
            .or_default()
            .push(firing);
    }
    let mut stretches: Vec<SkippedSpan<'_>> = Vec::new();
    for mut firings in by_schedule.into_values() {
        firings.sort_by_key(|firing| firing.scheduled_for);
        for firing in firings {
            let PlannedEntry::Skipped(reason) = firing.entry else {
                continue;
            };
            match stretches.last_mut() {
                Some(stretch)
                    if stretch.last.schedule_id == firing.schedule_id
                        && stretch.reason == reason
                        && joins(stretch.last.scheduled_for, firing.scheduled_for)
                        && there.range(between(stretch.last, firing)).next().is_none() =>
                {
                    stretch.last = firing;
                    stretch.count += 1;
                }
                _ => stretches.push(SkippedSpan {
                    first: firing,
                    last: firing,
                    reason,
                    count: 1,
                }),
            }
        }
    }
    stretches
}

/// The instants of a schedule from one firing to a later one.
fn between(first: &Planned, last: &Planned) -> RangeInclusive<(i64, DateTime<Utc>)> {
    let id = first.schedule_id.0;
    (id, first.scheduled_for)..=(id, last.scheduled_for)
}

/// The row of each schedule with the latest instant.
async fn last_rows(tx: &Tx, ids: &[i64]) -> Result<HashMap<i64, occurrence::Model>, StoreError> {
    use occurrence::Column as C;
    let mut found = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let latest: Vec<(i64, DateTime<Utc>)> = occurrence::Entity::find()
            .select_only()
            .column(C::ScheduleId)
            .column_as(C::ScheduledFor.max(), "latest")
            .filter(C::ScheduleId.is_in(chunk.iter().copied()))
            .group_by(C::ScheduleId)
            .into_tuple()
            .all(tx)
            .await?;
        let mut instants: Vec<DateTime<Utc>> = latest.iter().map(|(_, at)| *at).collect();
        instants.sort_unstable();
        instants.dedup();
        let wanted: HashMap<i64, DateTime<Utc>> = latest.into_iter().collect();
        let rows = occurrence::Entity::find()
            .filter(C::ScheduleId.is_in(chunk.iter().copied()))
            .filter(C::ScheduledFor.is_in(instants))
            .all(tx)
            .await?;
        found.extend(
            rows.into_iter()
                .filter(|row| wanted.get(&row.schedule_id) == Some(&row.scheduled_for))
                .map(|row| (row.schedule_id, row)),
        );
    }
    Ok(found)
}

async fn extend(
    tx: &Tx,
    row: &occurrence::Model,
    stretch: &SkippedSpan<'_>,
) -> Result<(), StoreError> {
    use occurrence::Column as C;
    occurrence::Entity::update_many()
        .col_expr(C::ScheduledFor, Expr::value(stretch.last.scheduled_for))
        .col_expr(C::BaseAt, Expr::value(stretch.last.base_at))
        .col_expr(C::DueAt, Expr::value(stretch.last.due_at))
        .col_expr(C::Firings, Expr::col(C::Firings).add(stretch.count))
        .col_expr(
            C::Since,
            Expr::value(row.since.unwrap_or(row.scheduled_for)),
        )
        .filter(C::Id.eq(row.id))
        // Another node may have added firings to the row by now.
        .filter(C::ScheduledFor.eq(row.scheduled_for))
        .exec(tx)
        .await?;
    Ok(())
}
