//! Loading tasks from the database: all of them at the start and when calendars change, else those
//! that were changed.

use std::collections::HashMap;
use std::sync::Arc;

use app::id::TaskId;
use app::occurrence::MissReason;
use chrono::{DateTime, Utc};

use super::agenda::Agenda;
use super::{PLAN_AHEAD, PLAN_MARGIN, Scheduler};
use crate::store::{Changed, EVERY_TASK, Stale, StoreError};

impl Scheduler {
    /// Reads all tasks and settles what happened while no server was there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start(&self) -> Result<Agenda, StoreError> {
        let now = self.clock.now();
        let (_, planned_until) = self.store.cluster_state().await?;
        let (seen, tasks) = self.store.live_tasks().await?;
        self.executor.learn_secrets(&self.store).await?;
        // A database that has never planned has missed nothing so far; from now on it can.
        let first = planned_until.timestamp() <= 0;
        // A clock that was ahead may have left a time far off: then everything from now on is
        // planned anew, and what the ledger has stays as it is.
        let ahead = planned_until > now + PLAN_AHEAD;
        let planned_until = if first || ahead { now } else { planned_until };
        self.calendar_cache
            .load(&self.store, &self.patterns, now)
            .await?;
        let mut agenda = Agenda::new(
            Arc::clone(&self.patterns),
            self.calendar_cache.snapshot(),
            seen,
            planned_until,
        );
        // A change took back what was planned ahead, and it may not have been planned anew.
        let since = planned_until - PLAN_AHEAD - PLAN_MARGIN;
        let changed = earliest(&self.store.changes_made_after(since).await?);
        let every = changed.get(&EVERY_TASK).copied();
        for task in tasks {
            let own = changed.get(&task.task.id).copied();
            let from = own.into_iter().chain(every).min();
            agenda.put(
                task,
                from.map_or(planned_until, |from| from.min(planned_until)),
            );
        }
        if planned_until < now || first || ahead {
            // What a change took back belongs to the time that was planned; the rest was missed.
            let mut rows = agenda.collect(planned_until);
            rows.extend(agenda.collect_missed(now, MissReason::Down));
            if !rows.is_empty() {
                tracing::info!(rows = rows.len(), since = %planned_until, "firings were missed while no server was up");
            }
            if self.store.plan(&rows, Some(now), agenda.seen).await? == Err(Stale::TasksChanged) {
                return Err(StoreError::Raced);
            }
            agenda.set_planned_until(now);
        }
        agenda.slots = self.store.slots().await?;
        agenda.note_due(self.store.waiting_instants().await?.into_iter());
        agenda.look = true;
        // Rows that are planned already, by this process's forerunner or by another node.
        agenda.note_due(self.store.planned_instants().await?.into_iter());
        Ok(agenda)
    }

    /// Takes over what changed since the last look, and plans anew what the changes took back. A
    /// change counts as taken over only when that is written: until then, everything since the
    /// earliest of the changes is planned anew.
    pub(super) async fn reload(&self, agenda: &mut Agenda) -> Result<(), StoreError> {
        let changes = self.store.changes_since(agenda.synced).await?;
        let Some(last) = changes.last().map(|change| change.seq) else {
            return Ok(());
        };
        // A grant is a change of its task. Before a run starts that may have it.
        self.executor.learn_secrets(&self.store).await?;
        if changes.iter().any(|change| change.task_id == EVERY_TASK) {
            self.rebuild(agenda, &changes).await?;
        } else {
            for (id, since) in earliest(&changes) {
                match self.store.live_task(id).await? {
                    // From the change on, not from now on: an instant between the two must not
                    // fall through.
                    Some(task) => agenda.put(task, since),
                    None => agenda.remove(id),
                }
            }
            agenda.seen = last;
        }
        // A task that was paused or closed calls off what waits.
        agenda.look |= agenda.waiting;
        // What the others have planned up to here, the changed ones need as well.
        let rows = agenda.collect(agenda.planned_until());
        self.write(agenda, rows, None).await?;
        agenda.synced = agenda.seen;
        Ok(())
    }

    /// Calendars or blackouts changed: everything is planned anew from the change on.
    async fn rebuild(&self, agenda: &mut Agenda, changes: &[Changed]) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.calendar_cache
            .load(&self.store, &self.patterns, now)
            .await?;
        let (seen, tasks) = self.store.live_tasks().await?;
        let mut fresh = Agenda::new(
            Arc::clone(&self.patterns),
            self.calendar_cache.snapshot(),
            seen,
            agenda.planned_until(),
        );
        fresh.synced = agenda.synced;
        fresh.slots = self.store.slots().await?;
        (fresh.waiting, fresh.look) = (agenda.waiting, true);
        fresh.hole = agenda.hole;
        fresh.steps = std::mem::take(&mut agenda.steps);
        let changed = earliest(changes);
        let every = changed.get(&EVERY_TASK).copied();
        for task in tasks {
            let own = changed.get(&task.task.id).copied();
            let since = own.into_iter().chain(every).min();
            fresh.put(task, since.unwrap_or(now));
        }
        fresh.note_due(self.store.planned_instants().await?.into_iter());
        *agenda = fresh;
        Ok(())
    }
}

/// When each task was first changed.
fn earliest(changes: &[Changed]) -> HashMap<TaskId, DateTime<Utc>> {
    let mut first: HashMap<TaskId, DateTime<Utc>> = HashMap::new();
    for change in changes {
        let at = first.entry(change.task_id).or_insert(change.at);
        *at = (*at).min(change.at);
    }
    first
}
