//! Definitions of tasks that lists have read, valid until something is changed: reading them anew is most of the work of
//! a list, and runs come and go much more often than anybody edits a task.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::task::Task;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::super::entity::{schedule, task};
use super::super::{Store, StoreError};
use super::{TaskRow, schedules_of, to_task};

/// The most bytes of text that are cached: some ten thousand usual tasks. In memory they take a few times as much.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// The cache. Cheap to clone; all copies are the same.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Definitions(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// The number of the change up to which they are true.
    seen: i64,
    tasks: HashMap<i64, Arc<Task>>,
    /// Length of their texts.
    bytes: usize,
}

impl Definitions {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those of these tasks that are known as they are after this change, or after a later one.
    fn of(&self, seen: i64, ids: &[i64]) -> HashMap<i64, Arc<Task>> {
        let known = self.lock();
        if known.seen < seen {
            return HashMap::new();
        }
        let found = ids
            .iter()
            .filter_map(|id| Some((*id, Arc::clone(known.tasks.get(id)?))));
        found.collect()
    }

    /// Adds what was read after the number of the last change was.
    fn add(&self, seen: i64, read: &[(Arc<Task>, usize)]) {
        let mut known = self.lock();
        if known.seen > seen {
            // It may be older than what the others know.
            return;
        }
        let bytes: usize = read.iter().map(|(_, bytes)| bytes).sum();
        if known.seen < seen || known.bytes + bytes > BYTES_MAX {
            *known = Known {
                seen,
                ..Known::default()
            };
        }
        if bytes > BYTES_MAX {
            return;
        }
        for (task, bytes) in read {
            if known.tasks.insert(task.id.0, Arc::clone(task)).is_none() {
                known.bytes += bytes;
            }
        }
    }
}

impl Store {
    /// The definitions of tasks as they are after a change, whose number was read before; those that were deleted or cannot
    /// be read are omitted.
    pub(super) async fn cached_definitions(
        &self,
        seen: i64,
        ids: &[i64],
    ) -> Result<HashMap<i64, Arc<Task>>, StoreError> {
        let mut found = self.definitions.of(seen, ids);
        let missing = ids.iter().filter(|id| !found.contains_key(id));
        let missing: Vec<i64> = missing.copied().collect();
        if missing.is_empty() {
            return Ok(found);
        }
        let read = self.read_definitions(&missing).await?;
        self.definitions.add(seen, &read);
        found.extend(read.into_iter().map(|(task, _)| (task.id.0, task)));
        Ok(found)
    }

    /// The definitions of tasks as they are now, each with the length of its texts.
    pub(super) async fn read_definitions(
        &self,
        ids: &[i64],
    ) -> Result<Vec<(Arc<Task>, usize)>, StoreError> {
        let mut rows: Vec<TaskRow> = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(1000) {
            let chunk = chunk.iter().copied();
            let select = task::Entity::find().filter(task::Column::Id.is_in(chunk));
            rows.extend(self.each_task(select).await?);
        }
        let mut schedules = schedules_of(&self.reader, ids).await?;
        schedules.sort_unstable_by_key(|schedule| schedule.task_id);
        let mut read = Vec::with_capacity(rows.len());
        for (id, row) in rows {
            let from = schedules.partition_point(|s| s.task_id < id);
            let to = schedules.partition_point(|s| s.task_id <= id);
            let own = &schedules[from..to];
            let task = row.and_then(|row| {
                let bytes = length(&row, own);
                Ok((to_task(row, own)?.0, bytes))
            });
            if let Some((task, bytes)) = self.read_task(id, task)? {
                read.push((Arc::new(task), bytes));
            }
        }
        Ok(read)
    }
}

/// The texts of a task that may be long, and something for the others.
fn length(row: &task::Model, schedules: &[schedule::Model]) -> usize {
    const SHORT: usize = 200;
    let long = [&row.execution, &row.notes, &row.tickets, &row.held];
    let long = long.into_iter().flatten().map(String::len).sum::<usize>();
    let schedules = schedules.iter().map(|schedule| schedule.expression.len());
    SHORT
        + row.name.len()
        + row.command.len()
        + row.owners.len()
        + row.tags.len()
        + long
        + schedules.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use app::id::TaskId;

    use super::*;

    fn task(id: i64, name: &str) -> (Arc<Task>, usize) {
        let mut task = Task::example();
        task.id = TaskId(id);
        name.clone_into(&mut task.spec.name);
        (Arc::new(task), 100)
    }

    fn names(known: &Definitions, seen: i64) -> Vec<String> {
        let found = known.of(seen, &[1, 2]);
        let mut names: Vec<String> = found.values().map(|task| task.spec.name.clone()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn what_was_read_before_a_change_is_not_used_after_it() {
        let known = Definitions::default();
        known.add(5, &[task(1, "a"), task(2, "b")]);
        assert_eq!(names(&known, 5), ["a", "b"]);
        assert!(names(&known, 6).is_empty());
        known.add(6, &[task(1, "A")]);
        assert_eq!(names(&known, 6), ["A"], "only what was read since");
        // A slow reader that began before the change.
        known.add(5, &[task(2, "b")]);
        assert_eq!(names(&known, 6), ["A"]);
        assert_eq!(names(&known, 5), ["A"], "which is newer than it asks for");
    }

    #[test]
    fn the_cache_is_bounded() {
        let known = Definitions::default();
        let long = |id| (task(id, "long").0, BYTES_MAX - 50);
        known.add(1, &[task(1, "a")]);
        known.add(1, &[long(2)]);
        assert_eq!(names(&known, 1), ["long"], "the earlier ones make room");
        known.add(1, &[long(1), long(2)]);
        assert!(names(&known, 1).is_empty(), "too long for it");
    }
}
