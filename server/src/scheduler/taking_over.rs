//! Loads tasks from the database: all of them at start-up and when calendars change, otherwise those that changed.

use std::collections::HashMap;
use std::sync::Arc;

use app::id::TaskId;
use app::occurrence::MissReason;
use chrono::{DateTime, TimeDelta, Utc};

use super::agenda::Agenda;
use super::{PLAN_AHEAD, PLAN_MARGIN, Scheduler, notices};
use crate::store::{Changed, EVERY_TASK, LiveRow, Planned, Stale, StoreError};

/// How often it starts over where other servers start at the same moment.
const STARTS: usize = 8;
/// How often tasks whose rows cannot be read are looked at again.
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(60);
/// How many of them are looked at.
const LOOKED_AT: usize = 100;

impl Scheduler {
    /// Reads all tasks and handles what happened while no server was running.
    ///
    /// # Errors
    /// When the database fails, or others keep changing tasks.
    pub async fn start(&self) -> Result<Agenda, StoreError> {
        for _ in 0..STARTS {
            if let Some(agenda) = self.start_once().await? {
                return Ok(agenda);
            }
        }
        Err(StoreError::Raced)
    }

    /// The same; `None` when another server that starts has handled it meanwhile.
    async fn start_once(&self) -> Result<Option<Agenda>, StoreError> {
        let now = self.clock.now();
        let (_, stored) = self.store.cluster_state().await?;
        let live = self.store.live_tasks().await?;
        self.executor.learn_secrets(&self.store).await?;
        // A database without any plan has missed nothing so far; from now on it can.
        let first = stored.timestamp() <= 0;
        // A clock that was ahead may have left a time in the far future: then everything from now on is planned
        // again, and the ledger keeps what it has.
        let ahead = stored > now + PLAN_AHEAD;
        let planned_until = if first || ahead { now } else { stored };
        self.calendar_cache
            .load(&self.store, &self.patterns, now)
            .await?;
        let mut agenda = Agenda::new(
            Arc::clone(&self.patterns),
            self.calendar_cache.snapshot(),
            live.seen,
            planned_until,
            now,
        );
        agenda.unreadable = live.unreadable;
        self.store.note_idle(&agenda.unreadable);
        // A change withdrew what was planned ahead, and that may not have been planned again.
        let since = planned_until - PLAN_AHEAD - PLAN_MARGIN;
        let changed = earliest(&self.store.changes_made_after(since).await?);
        let every = changed.get(&EVERY_TASK).copied();
        for task in live.tasks {
            let own = changed.get(&task.task.id).copied();
            let from = own.into_iter().chain(every).min();
            agenda.put(
                task,
                from.map_or(planned_until, |from| from.min(planned_until)),
            );
        }
        if planned_until < now || first || ahead {
            // What a change withdrew belongs to the planned period; the rest was missed.
            let mut rows = agenda.collect(planned_until);
            rows.extend(agenda.collect_missed(now, MissReason::Down));
            if !rows.is_empty() {
                tracing::info!(rows = rows.len(), since = %planned_until, "firings were missed while no server was up");
            }
            let notice = |row: &Planned| notices::skipped(&agenda, row);
            let planned = self
                .store
                .plan(&rows, Some(stored), Some(now), agenda.seen, now, &notice)
                .await?;
            match planned {
                Ok(planned) => self.note_planned(&mut agenda, &planned),
                Err(Stale::TasksChanged) => return Err(StoreError::Raced),
                Err(Stale::PlannedMeanwhile) => return Ok(None),
            }
            agenda.set_planned_until(now);
        }
        agenda.slots = self.store.slots().await?;
        agenda.note_due(self.store.waiting_instants().await?.into_iter());
        agenda.check_waiting = true;
        // The previous process may not have come to report what it recorded.
        agenda.unreported = true;
        // Rows that are already planned, by the previous process or by another node.
        agenda.note_due(self.store.planned_instants().await?.into_iter());
        Ok(Some(agenda))
    }

    /// Loads what changed since the last turn, and plans again what the changes withdrew. A change counts as loaded
    /// only once that is written: until then, everything since the earliest of the changes is planned again.
    pub(super) async fn reload(&self, agenda: &mut Agenda) -> Result<(), StoreError> {
        let loaded = self.load_changes(agenda).await;
        self.store.note_idle(&agenda.unreadable);
        loaded
    }

    async fn load_changes(&self, agenda: &mut Agenda) -> Result<(), StoreError> {
        let is_repaired = self.look_again(agenda).await?;
        let changes = self.store.changes_since(agenda.synced).await?;
        let Some(last) = changes.last().map(|change| change.seq) else {
            if is_repaired {
                let rows = agenda.collect(agenda.planned_until());
                self.write(agenda, rows, None).await?;
            }
            return Ok(());
        };
        // A grant is a change of its task. Secrets are loaded before a run starts that may have one.
        self.executor.learn_secrets(&self.store).await?;
        if changes.iter().any(|change| change.task_id == EVERY_TASK) {
            self.rebuild(agenda, &changes).await?;
        } else {
            for (id, since) in earliest(&changes) {
                // From the change on, not from now on: an instant between the two must not be lost.
                take(agenda, id, self.store.live_task(id).await?, since);
            }
            agenda.seen = last;
        }
        // Pausing or closing a task cancels its waiting runs.
        agenda.check_waiting |= agenda.waiting;
        // What other nodes have planned up to here, the changed tasks need as well.
        let rows = agenda.collect(agenda.planned_until());
        self.write(agenda, rows, None).await?;
        agenda.synced = agenda.seen;
        Ok(())
    }

    /// Reads tasks again whose rows could not be read: no change announces that one was repaired. Returns whether any
    /// was; it fires from now on.
    async fn look_again(&self, agenda: &mut Agenda) -> Result<bool, StoreError> {
        let now = self.clock.now();
        // A clock that was set back must not delay it.
        if agenda.unreadable.is_empty() || (now - agenda.looked_again).abs() < LOOK_AGAIN {
            return Ok(false);
        }
        agenda.looked_again = now;
        let known = agenda.unreadable.len();
        let ids: Vec<TaskId> = agenda.unreadable.iter().copied().take(LOOKED_AT).collect();
        for id in ids {
            take(agenda, id, self.store.live_task(id).await?, now);
        }
        Ok(agenda.unreadable.len() < known)
    }

    /// Calendars or blackouts changed: everything is planned again from the change on.
    async fn rebuild(&self, agenda: &mut Agenda, changes: &[Changed]) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.calendar_cache
            .load(&self.store, &self.patterns, now)
            .await?;
        let live = self.store.live_tasks().await?;
        let mut fresh = Agenda::new(
            Arc::clone(&self.patterns),
            self.calendar_cache.snapshot(),
            live.seen,
            agenda.planned_until(),
            agenda.since,
        );
        fresh.synced = agenda.synced;
        fresh.slots = self.store.slots().await?;
        (fresh.waiting, fresh.check_waiting) = (agenda.waiting, true);
        fresh.unreported = agenda.unreported;
        fresh.hole = agenda.hole;
        fresh.steps = std::mem::take(&mut agenda.steps);
        (fresh.unreadable, fresh.looked_again) = (live.unreadable, now);
        let changed = earliest(changes);
        let every = changed.get(&EVERY_TASK).copied();
        for task in live.tasks {
            let own = changed.get(&task.task.id).copied();
            let since = own.into_iter().chain(every).min();
            fresh.put(task, since.unwrap_or(now));
        }
        fresh.note_due(self.store.planned_instants().await?.into_iter());
        *agenda = fresh;
        Ok(())
    }
}

/// Takes over what was read of a task that has changed at `since`.
fn take(agenda: &mut Agenda, id: TaskId, row: LiveRow, since: DateTime<Utc>) {
    agenda.unreadable.remove(&id);
    match row {
        LiveRow::Live(task) => agenda.put(*task, since),
        LiveRow::Gone => agenda.remove(id),
        LiveRow::Unreadable => {
            agenda.remove(id);
            agenda.unreadable.insert(id);
        }
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
