//! Records firings that a rule skips, in as few rows as possible.
//!
//! Firings are planned some seconds ahead, and a change withdraws those to come. So a row covers several firings only
//! once they are past; those to come have a row each.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use app::id::TaskId;
use app::occurrence::{NotRun, OccurrenceState, SkipReason};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::super::code::Code;
use super::super::entity::{occurrence, schedule};
use super::super::{StoreError, Tx};
use super::{CHUNK, NotRunCounts, Planned, PlannedEntry, rows};

/// Skipped firings of one schedule share a row while they are this close.
pub(super) const CLOSE: TimeDelta = TimeDelta::minutes(15);

/// Whether a firing may share the row of the one before it.
pub(super) fn joins(before: DateTime<Utc>, next: DateTime<Utc>) -> bool {
    let gap = next - before;
    gap > TimeDelta::zero() && gap <= CLOSE
}

/// Instants of schedules that have a row.
type Instants = BTreeSet<(i64, DateTime<Utc>)>;

/// A row that is there, or a firing that gets one.
enum Item<'a> {
    Stored(&'a occurrence::Model),
    New(&'a Planned, SkipReason),
}

impl Item<'_> {
    fn first(&self) -> DateTime<Utc> {
        match self {
            Self::Stored(row) => row.since.unwrap_or(row.scheduled_for),
            Self::New(firing, _) => firing.scheduled_for,
        }
    }

    fn last(&self) -> DateTime<Utc> {
        match self {
            Self::Stored(row) => row.scheduled_for,
            Self::New(firing, _) => firing.scheduled_for,
        }
    }

    fn count(&self) -> i64 {
        match self {
            Self::Stored(row) => row.firings,
            Self::New(..) => 1,
        }
    }

    fn reason(&self) -> Option<&str> {
        match self {
            Self::Stored(row) => row.reason.as_deref(),
            Self::New(_, reason) => Some(reason.as_str()),
        }
    }
}

/// Writes them: firings that closely follow others with the same reason share their row. Counts what was not recorded
/// yet, and returns the firings that no row with their reason precedes closely.
pub(super) async fn insert(
    tx: &Tx,
    firings: &[&Planned],
    now: DateTime<Utc>,
    counts: &mut NotRunCounts,
) -> Result<Vec<Planned>, StoreError> {
    let Some(earliest) = firings.iter().map(|firing| firing.scheduled_for).min() else {
        return Ok(Vec::new());
    };
    let ids: BTreeSet<i64> = firings.iter().map(|row| row.schedule_id.0).collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut firsts = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let firings = firings
            .iter()
            .copied()
            .filter(|firing| chunk.binary_search(&firing.schedule_id.0).is_ok());
        let from = earliest.min(now);
        firsts.extend(join(tx, chunk, from, firings, now, counts).await?);
    }
    Ok(firsts)
}

/// Joins what is past by now of a task's skipped firings.
pub(super) async fn settle(tx: &Tx, task: TaskId, now: DateTime<Utc>) -> Result<(), StoreError> {
    let ids: Vec<i64> = schedule::Entity::find()
        .select_only()
        .column(schedule::Column::Id)
        .filter(schedule::Column::TaskId.eq(task.0))
        .into_tuple()
        .all(tx)
        .await?;
    if !ids.is_empty() {
        let none = std::iter::empty();
        join(tx, &ids, now, none, now, &mut NotRunCounts::new()).await?;
    }
    Ok(())
}

async fn join<'a>(
    tx: &Tx,
    ids: &[i64],
    from: DateTime<Utc>,
    firings: impl Iterator<Item = &'a Planned>,
    now: DateTime<Utc>,
    counts: &mut NotRunCounts,
) -> Result<Vec<Planned>, StoreError> {
    let stored = skipped_rows(tx, ids, from - CLOSE).await?;
    let firings: Vec<&Planned> = firings.collect();
    if stored.is_empty() && firings.is_empty() {
        return Ok(Vec::new());
    }
    let rows = stored.iter().map(|row| row.scheduled_for);
    let instants_of = rows.chain(firings.iter().map(|firing| firing.scheduled_for));
    let (first, last) = (instants_of.clone().min(), instants_of.max());
    let there = instants(tx, ids, first.unwrap_or(from), last.unwrap_or(now)).await?;
    let (mut firsts, mut fresh) = (Vec::new(), Vec::new());
    for (id, items) in by_schedule(&stored, &firings, &there) {
        for group in groups(id, items, &there) {
            if let Some(Item::New(first, _)) = group.first() {
                firsts.push((*first).clone());
            }
            for item in &group {
                if let Item::New(_, reason) = item {
                    *counts.entry(NotRun::Skipped(*reason)).or_default() += 1;
                }
            }
            write(tx, &group, now, &mut fresh).await?;
        }
    }
    let fresh: Vec<&Planned> = fresh.iter().collect();
    for chunk in fresh.chunks(CHUNK) {
        rows::insert_planned(tx, chunk).await?;
    }
    Ok(firsts)
}

/// What there is of each schedule, in the order of time, without firings that have a row.
fn by_schedule<'a>(
    stored: &'a [occurrence::Model],
    firings: &[&'a Planned],
    there: &Instants,
) -> BTreeMap<i64, Vec<Item<'a>>> {
    let mut all: BTreeMap<i64, Vec<Item<'a>>> = BTreeMap::new();
    let mut rows: BTreeMap<i64, Vec<&occurrence::Model>> = BTreeMap::new();
    for row in stored {
        let id = row.schedule_id;
        rows.entry(id).or_default().push(row);
        all.entry(id).or_default().push(Item::Stored(row));
    }
    for firing in firings {
        let PlannedEntry::Skipped(reason) = firing.entry else {
            continue;
        };
        let (id, at) = (firing.schedule_id.0, firing.scheduled_for);
        // Another node may have recorded it, or started it just before the change that skips it.
        let rows = rows.get(&id).map_or(&[][..], Vec::as_slice);
        let next = rows.partition_point(|row| row.scheduled_for < at);
        let is_covered = rows
            .get(next)
            .is_some_and(|row| row.since.unwrap_or(row.scheduled_for) <= at);
        if !is_covered && !there.contains(&(id, at)) {
            all.entry(id).or_default().push(Item::New(firing, reason));
        }
    }
    for items in all.values_mut() {
        items.sort_by_key(Item::last);
    }
    all
}

/// Those that may share a row, but not across an instant that has a row of its own.
fn groups<'a>(id: i64, items: Vec<Item<'a>>, there: &Instants) -> Vec<Vec<Item<'a>>> {
    let mut groups: Vec<Vec<Item<'a>>> = Vec::new();
    for item in items {
        let between = |before: &Item<'_>| {
            let (after, until) = ((id, before.last()), (id, item.first()));
            there
                .range((Bound::Excluded(after), Bound::Excluded(until)))
                .next()
        };
        match groups.last_mut() {
            Some(group)
                if group.last().is_some_and(|before| {
                    before.reason() == item.reason()
                        && joins(before.last(), item.first())
                        && between(before).is_none()
                }) =>
            {
                group.push(item);
            }
            _ => groups.push(vec![item]),
        }
    }
    groups
}

/// Writes one group: one row for what is past, one for each firing to come.
async fn write(
    tx: &Tx,
    group: &[Item<'_>],
    now: DateTime<Utc>,
    fresh: &mut Vec<Planned>,
) -> Result<(), StoreError> {
    let past = group.partition_point(|item| item.last() <= now);
    let (past, to_come) = group.split_at(past);
    for item in to_come {
        if let Item::New(firing, _) = item {
            fresh.push((*firing).clone());
        }
    }
    let (Some(first), Some(last)) = (past.first(), past.last()) else {
        return Ok(());
    };
    let count = past.iter().map(Item::count).sum();
    let mut stored = past.iter().filter_map(|item| match item {
        Item::Stored(row) => Some(*row),
        Item::New(..) => None,
    });
    match (stored.next(), last) {
        // There already, and nothing to add.
        (Some(_), _) if past.len() == 1 => Ok(()),
        (Some(kept), last) => {
            let others: Vec<i64> = stored.map(|row| row.id).collect();
            extend(tx, kept, others, (first.first(), last), count).await
        }
        (None, Item::New(firing, reason)) => {
            let entry = match count {
                1 => PlannedEntry::Skipped(*reason),
                count => PlannedEntry::SkippedMany {
                    reason: *reason,
                    count,
                    since: first.first(),
                },
            };
            fresh.push(Planned {
                entry,
                ..(*firing).clone()
            });
            Ok(())
        }
        // Without a stored row the last one is new.
        (None, Item::Stored(_)) => Ok(()),
    }
}

/// Makes a row cover everything up to `last`, in place of other rows.
async fn extend(
    tx: &Tx,
    kept: &occurrence::Model,
    others: Vec<i64>,
    (first, last): (DateTime<Utc>, &Item<'_>),
    count: i64,
) -> Result<(), StoreError> {
    use occurrence::Column as C;
    let (base_at, due_at) = match last {
        Item::Stored(row) => (row.base_at, row.due_at),
        Item::New(firing, _) => (Some(firing.base_at), firing.due_at),
    };
    // First, because the last of them has the instant that the row gets.
    for chunk in others.chunks(CHUNK) {
        occurrence::Entity::delete_many()
            .filter(C::Id.is_in(chunk.iter().copied()))
            .exec(tx)
            .await?;
    }
    occurrence::Entity::update_many()
        .col_expr(C::ScheduledFor, Expr::value(last.last()))
        .col_expr(C::BaseAt, Expr::value(base_at))
        .col_expr(C::DueAt, Expr::value(due_at))
        .col_expr(C::Firings, Expr::value(count))
        .col_expr(C::Since, Expr::value(first))
        .filter(C::Id.eq(kept.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The first `limit` rows of a list, newest first, in which firings that are past, but not joined to the row of several
/// yet, count with it. The last row of a page stays as it is: the next page begins behind it.
pub(in crate::store) async fn listed(
    connection: &impl ConnectionTrait,
    list: Select<occurrence::Entity>,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<occurrence::Model>, StoreError> {
    let rows = list.clone().limit(limit).all(connection).await?;
    let is_whole = (rows.len() as u64) < limit;
    let mut rows = joined(connection, rows, now, is_whole).await?;
    let room = limit.saturating_sub(rows.len() as u64);
    if room > 0 && !is_whole {
        rows.extend(list.offset(limit).limit(room).all(connection).await?);
    }
    Ok(rows)
}

async fn joined(
    connection: &impl ConnectionTrait,
    mut rows: Vec<occurrence::Model>,
    now: DateTime<Utc>,
    is_whole: bool,
) -> Result<Vec<occurrence::Model>, StoreError> {
    let is_recent = |row: &&occurrence::Model| {
        row.state == Code(OccurrenceState::Skipped) && row.scheduled_for >= now - CLOSE
    };
    let ids: BTreeSet<i64> = rows
        .iter()
        .filter(is_recent)
        .map(|row| row.schedule_id)
        .collect();
    // Others are decided on when they are claimed, and keep their rows.
    let is_planned = |row: &occurrence::Model| {
        let planned = [
            SkipReason::Paused,
            SkipReason::Calendar,
            SkipReason::Blackout,
        ];
        planned
            .iter()
            .any(|reason| row.reason.as_deref() == Some(reason.as_str()))
    };
    if rows
        .iter()
        .filter(is_recent)
        .filter(|row| is_planned(row))
        .count()
        < 2
    {
        return Ok(rows);
    }
    let ids: Vec<i64> = ids.into_iter().collect();
    let there = instants(connection, &ids, now - CLOSE, now).await?;
    rows.reverse();
    let mut joined: Vec<occurrence::Model> = Vec::with_capacity(rows.len());
    let mut latest: BTreeMap<i64, usize> = BTreeMap::new();
    for (index, row) in rows.into_iter().enumerate() {
        let first = row.since.unwrap_or(row.scheduled_for);
        let before = latest
            .get(&row.schedule_id)
            .and_then(|at| joined.get_mut(*at));
        match before.filter(|before| {
            let between = (
                Bound::Excluded((row.schedule_id, before.scheduled_for)),
                Bound::Excluded((row.schedule_id, first)),
            );
            (is_planned(before) && is_recent(&&**before) && is_recent(&&row))
                && before.reason == row.reason
                && joins(before.scheduled_for, first)
                && there.range(between).next().is_none()
        }) {
            Some(before) => {
                before.since = before.since.or(Some(before.scheduled_for));
                before.scheduled_for = row.scheduled_for;
                before.firings += row.firings;
            }
            None => {
                if index > 0 || is_whole {
                    latest.insert(row.schedule_id, joined.len());
                }
                joined.push(row);
            }
        }
    }
    joined.reverse();
    Ok(joined)
}

/// Rows of skipped firings that end at `from` or later.
async fn skipped_rows(
    tx: &Tx,
    ids: &[i64],
    from: DateTime<Utc>,
) -> Result<Vec<occurrence::Model>, StoreError> {
    use occurrence::Column as C;
    Ok(occurrence::Entity::find()
        .filter(C::ScheduleId.is_in(ids.iter().copied()))
        .filter(C::ScheduledFor.gte(from))
        .filter(C::State.eq(Code(OccurrenceState::Skipped)))
        .order_by_asc(C::ScheduledFor)
        .all(tx)
        .await?)
}

/// All instants that have a row, in a period.
async fn instants(
    connection: &impl ConnectionTrait,
    ids: &[i64],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Instants, StoreError> {
    use occurrence::Column as C;
    let rows: Vec<(i64, DateTime<Utc>)> = occurrence::Entity::find()
        .select_only()
        .columns([C::ScheduleId, C::ScheduledFor])
        .filter(C::ScheduleId.is_in(ids.iter().copied()))
        .filter(C::ScheduledFor.between(from, until))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}
