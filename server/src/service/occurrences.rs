//! The time line of a task: planned firings and upcoming ones.

use app::backend::{Answer, List};
use app::i18n::Lang;
use app::id::TaskId;
use app::occurrence::{Occurrence, OccurrenceQuery, OccurrenceState};
use app::task::{Task, TaskState};
use app::time::Stamp;
use chrono::{DateTime, Utc};

use super::Service;
use super::preview::{DENSE, STRETCH};
use crate::error::OrInternal;
use crate::firings::{CompiledSchedule, Merge};
use crate::store::StoredOccurrence;
use crate::texts::lists::ListRefusal;
use crate::texts::{Refusal, firings as words};

/// Rows of a page by default, and the maximum.
const PAGE: u32 = 50;
const PAGE_MAX: u32 = 200;

impl Service {
    pub(super) async fn past_occurrences(
        &self,
        lang: Lang,
        id: TaskId,
        query: &OccurrenceQuery,
    ) -> Answer<List<Occurrence>> {
        self.find_task(lang, id).await?;
        let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX) as usize;
        let before = query
            .after
            .as_deref()
            .filter(|cursor| !cursor.is_empty())
            .map(|cursor| parse_cursor(cursor).ok_or_else(|| ListRefusal::Cursor.answer(lang)))
            .transpose()?;
        let mut rows = self
            .store
            .task_occurrences(id, query.state, before, self.clock.now(), limit as u64 + 1)
            .await
            .or_internal(lang)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows
            .last()
            .filter(|_| more)
            .map(|row| format!("{}.{}", row.due_at.timestamp_micros(), row.id.0));
        let items = rows.into_iter().map(|row| to_item(lang, id, row)).collect();
        Ok(List { items, next })
    }

    /// Upcoming firings, soonest first, including skipped ones.
    pub(super) async fn upcoming_occurrences(
        &self,
        lang: Lang,
        task: &Task,
        limit: usize,
    ) -> Answer<Vec<Occurrence>> {
        if task.state == TaskState::Closed {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        // Planned firings of a paused task do not start.
        let postponed = if task.state == TaskState::Active {
            self.store
                .put_off_occurrences(task.id, now, limit as u64)
                .await
                .or_internal(lang)?
        } else {
            Vec::new()
        };
        let compiled_schedules = self.compiled_schedules(task);
        let mut items = Self::to_come(lang, task, &compiled_schedules, now, limit);
        // Their instants have passed, so the schedules no longer yield them: only the ledger has them.
        for row in postponed {
            let item = to_item(lang, task.id, row);
            let place = items
                .iter()
                .position(|later| later.due_at > item.due_at)
                .unwrap_or(items.len());
            items.insert(place, item);
        }
        items.truncate(limit);
        Ok(items)
    }

    /// The upcoming firings of the schedules.
    fn to_come(
        lang: Lang,
        task: &Task,
        compiled_schedules: &[CompiledSchedule],
        now: DateTime<Utc>,
        limit: usize,
    ) -> Vec<Occurrence> {
        let mut merge = Merge::new(compiled_schedules, now);
        let mut stretch = vec![(0_usize, now); compiled_schedules.len()];
        let mut items = Vec::new();
        while items.len() < limit
            && let Some((index, slot)) = merge.next()
        {
            let compiled = &compiled_schedules[index];
            for firing in &slot.firings {
                let excluded = firing.excluded.as_ref();
                let dense = slot.at - stretch[index].1 < DENSE;
                let count = match excluded {
                    None => 0,
                    Some(_) if dense => stretch[index].0 + 1,
                    Some(_) => 1,
                };
                stretch[index] = (count, slot.at);
                items.push(Occurrence {
                    id: None,
                    task_id: task.id,
                    schedule_id: compiled.id,
                    scheduled_for: Stamp(firing.scheduled_for),
                    due_at: Stamp(firing.due_at),
                    state: if excluded.is_some() {
                        OccurrenceState::Skipped
                    } else {
                        OccurrenceState::Planned
                    },
                    reason: excluded.map(|excluded| excluded.reason().as_str().to_owned()),
                    reason_text: excluded
                        .map(|excluded| words::excluded(excluded, compiled, &task.zone).of(lang)),
                    count: 1,
                    since: None,
                    run_id: None,
                });
            }
            if stretch[index].0 >= STRETCH {
                merge.skip_to(index, compiled.behind(&slot));
                stretch[index] = (0, slot.at);
            }
        }
        items
    }
}

fn to_item(lang: Lang, task_id: TaskId, row: StoredOccurrence) -> Occurrence {
    Occurrence {
        id: Some(row.id),
        task_id,
        schedule_id: row.schedule_id,
        scheduled_for: Stamp(row.scheduled_for),
        due_at: Stamp(row.due_at),
        state: row.state,
        reason_text: row
            .reason
            .as_deref()
            .map(|reason| words::reason(lang, reason)),
        reason: row.reason,
        count: row.firings,
        since: row.since.filter(|_| row.firings > 1).map(Stamp),
        run_id: row.run_id,
    }
}

fn parse_cursor(text: &str) -> Option<(DateTime<Utc>, i64)> {
    let (at, id) = text.split_once('.')?;
    let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
    Some((at, id.parse().ok()?))
}
