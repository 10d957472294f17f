//! Missed firings until a message has reported them: one message for each task and outage, however many
//! transactions record its firings.
//!
//! Planning records a long outage as few rows and leaves the latest firings to the claim, and a claim takes a limited
//! number of them. So what is recorded before the last claim of an outage is kept in rows of its own, which that claim
//! takes and reports.

use std::collections::{BTreeMap, HashMap};

use app::id::TaskId;
use app::occurrence::MissReason;
use app::transition::Word;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::super::entity::unreported_miss;
use super::super::{StoreError, Tx};
use super::{CHUNK, Planned, PlannedEntry};

/// Rows that one claim takes; what is beyond them is reported by the next.
const TAKEN_AT_ONCE: u64 = 20_000;

/// Missed firings of a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MissedFirings {
    /// The task.
    pub task_id: TaskId,
    /// Why.
    pub reason: MissReason,
    /// How many.
    pub count: i64,
    /// The instant of the first.
    pub since: DateTime<Utc>,
    /// The instant of the last.
    pub last: DateTime<Utc>,
    /// How many more that were late are caught up.
    pub caught_up: i64,
}

/// Missed firings by task and reason.
#[derive(Debug, Default)]
pub(super) struct MissedCounts {
    misses: BTreeMap<(TaskId, MissReason), MissedFirings>,
    caught_up: HashMap<TaskId, i64>,
}

impl MissedCounts {
    /// Without missed firings, and with what is caught up.
    pub(super) fn of(caught_up: HashMap<TaskId, i64>) -> Self {
        Self {
            misses: BTreeMap::new(),
            caught_up,
        }
    }

    /// Whether nothing was late.
    pub(super) fn is_empty(&self) -> bool {
        self.misses.is_empty() && self.caught_up.is_empty()
    }

    /// A firing was missed.
    pub(super) fn miss(&mut self, task_id: TaskId, reason: MissReason, at: DateTime<Utc>) {
        self.add([MissedFirings {
            task_id,
            reason,
            count: 1,
            since: at,
            last: at,
            caught_up: 0,
        }]);
    }

    /// Firings were missed, or caught up.
    pub(super) fn add(&mut self, all: impl IntoIterator<Item = MissedFirings>) {
        for one in all {
            if one.caught_up > 0 {
                *self.caught_up.entry(one.task_id).or_default() += one.caught_up;
            }
            if one.count == 0 {
                continue;
            }
            let known = self.misses.entry((one.task_id, one.reason));
            let sum = known.or_insert(MissedFirings {
                count: 0,
                caught_up: 0,
                ..one
            });
            sum.count = sum.count.saturating_add(one.count);
            sum.since = sum.since.min(one.since);
            sum.last = sum.last.max(one.last);
        }
    }

    /// What was missed, with what is caught up. A task of which nothing was missed has a row with a count of 0.
    pub(super) fn rows(&self) -> Vec<MissedFirings> {
        let mut caught_up = self.caught_up.clone();
        let mut rows: Vec<MissedFirings> = self
            .misses
            .values()
            .map(|one| MissedFirings {
                // Once, where a task missed firings for two reasons.
                caught_up: caught_up.remove(&one.task_id).unwrap_or_default(),
                ..*one
            })
            .collect();
        rows.extend(
            caught_up
                .into_iter()
                .map(|(task_id, caught_up)| MissedFirings {
                    task_id,
                    reason: MissReason::Down,
                    count: 0,
                    since: DateTime::UNIX_EPOCH,
                    last: DateTime::UNIX_EPOCH,
                    caught_up,
                }),
        );
        rows
    }
}

/// What planned rows record as missed after an instant: what is earlier, another node has recorded.
pub(super) fn recorded_after(until: DateTime<Utc>, rows: &[Planned]) -> Vec<MissedFirings> {
    let missed = rows.iter().filter(|row| row.scheduled_for > until);
    missed
        .filter_map(|row| match row.entry {
            PlannedEntry::Missed {
                reason,
                count,
                since,
            } => Some(MissedFirings {
                task_id: row.task_id,
                reason,
                count,
                since,
                last: row.scheduled_for,
                caught_up: 0,
            }),
            _ => None,
        })
        .collect()
}

/// Keeps what a later claim reports.
pub(super) async fn keep(tx: &Tx, all: &[MissedFirings]) -> Result<(), StoreError> {
    for chunk in all.chunks(CHUNK) {
        let rows = chunk.iter().map(|one| unreported_miss::ActiveModel {
            task_id: Set(one.task_id.0),
            reason: Set(one.reason.as_str().to_owned()),
            firings: Set(one.count),
            since: Set(one.since),
            last_at: Set(one.last),
            caught_up: Set(one.caught_up),
            ..Default::default()
        });
        unreported_miss::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Takes what no message has reported yet.
pub(super) async fn take(tx: &Tx) -> Result<Vec<MissedFirings>, StoreError> {
    use unreported_miss::Column as C;
    let rows = unreported_miss::Entity::find()
        .order_by_asc(C::Id)
        .limit(TAKEN_AT_ONCE)
        .all(tx)
        .await?;
    let Some(last) = rows.last().map(|row| row.id) else {
        return Ok(Vec::new());
    };
    unreported_miss::Entity::delete_many()
        .filter(C::Id.lte(last))
        .exec(tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| MissedFirings {
            task_id: TaskId(row.task_id),
            // A reason of another version is reported as the usual one.
            reason: MissReason::read(&row.reason).unwrap_or(MissReason::Down),
            count: row.firings,
            since: row.since,
            last: row.last_at,
            caught_up: row.caught_up,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).expect("test time")
    }

    #[test]
    fn an_outage_adds_up_by_task_and_reason() {
        let mut tally = MissedCounts::of(HashMap::from([(TaskId(1), 1), (TaskId(3), 1)]));
        tally.miss(TaskId(1), MissReason::Down, at(60));
        tally.miss(TaskId(2), MissReason::Down, at(5));
        tally.add([MissedFirings {
            task_id: TaskId(1),
            reason: MissReason::Down,
            count: 40,
            since: at(1),
            last: at(50),
            caught_up: 2,
        }]);
        let rows = tally.rows();
        assert_eq!(rows.len(), 3);
        assert_eq!(
            rows[0],
            MissedFirings {
                task_id: TaskId(1),
                reason: MissReason::Down,
                count: 41,
                since: at(1),
                last: at(60),
                caught_up: 3,
            }
        );
        assert_eq!((rows[1].task_id, rows[1].count), (TaskId(2), 1));
        // Nothing of it was missed: only kept for what follows.
        assert_eq!((rows[2].task_id, rows[2].count), (TaskId(3), 0));
        // What is kept and taken again adds up to the same.
        let mut again = MissedCounts::default();
        again.add(rows.clone());
        assert_eq!(again.rows(), rows);
    }
}
