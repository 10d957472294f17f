//! The scheduler without a clock, a loop and an executor of its own: it plans and claims by the same rules, and its caller
//! says when, and what becomes of what starts. For history that is made up.

use std::sync::Arc;

use app::occurrence::MissReason;
use chrono::{DateTime, Utc};

use super::agenda::Agenda;
use super::rules::Rules;
use super::{due_of, notices};
use crate::firings::CalendarCache;
use crate::run::Job;
use crate::store::{Claims, Planned, Stale, Store, StoreError};
use crate::timetable::Patterns;

/// How many times a claim is tried while it changes tasks itself, such as by a pause after failures.
const TRIES: usize = 8;

/// A scheduler whose time its caller decides.
#[derive(Debug)]
pub struct Simulation {
    store: Store,
    node: String,
    patterns: Arc<Patterns>,
    calendar_cache: Arc<CalendarCache>,
    agenda: Agenda,
}

impl Simulation {
    /// Reads all tasks; everything up to `now` counts as planned. Claims are made in the name of `node`, which is
    /// registered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start(
        store: Store,
        node: String,
        (patterns, calendar_cache): (Arc<Patterns>, Arc<CalendarCache>),
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let agenda = Agenda::new(
            Arc::clone(&patterns),
            calendar_cache.snapshot(),
            0,
            now,
            now,
        );
        let mut simulation = Self {
            store,
            node,
            patterns,
            calendar_cache,
            agenda,
        };
        simulation.reload(now).await?;
        Ok(simulation)
    }

    /// Reads all tasks again, after they were changed. What was planned for later and withdrawn is planned again from
    /// `now` on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reload(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let live = self.store.live_tasks().await?;
        self.calendar_cache
            .load(&self.store, &self.patterns, now)
            .await?;
        let planned_until = self.agenda.planned_until();
        let mut agenda = Agenda::new(
            Arc::clone(&self.patterns),
            self.calendar_cache.snapshot(),
            live.seen,
            planned_until,
            now,
        );
        for task in live.tasks {
            agenda.put(task, now);
        }
        agenda.slots = self.store.slots().await?;
        agenda.unreported = self.agenda.unreported;
        agenda.note_due(self.store.waiting_instants().await?.into_iter());
        agenda.note_due(self.store.planned_instants().await?.into_iter());
        self.agenda = agenda;
        if planned_until > now {
            self.plan(planned_until).await?;
        }
        Ok(())
    }

    /// Plans all firings up to `until`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plan(&mut self, until: DateTime<Utc>) -> Result<(), StoreError> {
        let rows = self.agenda.collect(until);
        self.write(&rows, None, until).await
    }

    /// Plans all firings up to `until` as those of a time when no server ran.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn miss(&mut self, until: DateTime<Utc>) -> Result<(), StoreError> {
        let (_, stored) = self.store.cluster_state().await?;
        let rows = self.agenda.collect_missed(until, MissReason::Down);
        self.write(&rows, Some(stored), until).await
    }

    async fn write(
        &mut self,
        rows: &[Planned],
        since: Option<DateTime<Utc>>,
        until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let notice = |row: &Planned| notices::skipped(&self.agenda, row);
        // What is planned ahead is to come; what was missed is past.
        let now = since.map_or(self.agenda.planned_until(), |_| until);
        let planned = self
            .store
            .plan(rows, since, Some(until), self.agenda.seen, now, &notice)
            .await?;
        let Ok(planned) = planned else {
            return Err(StoreError::Raced);
        };
        self.agenda.unreported |= planned.has_unreported;
        self.agenda.note_due(due_of(rows));
        self.agenda.set_planned_until(until);
        Ok(())
    }

    /// When the next claim has something to do, of what is planned.
    #[must_use]
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.agenda.next_due()
    }

    /// A run waits until then, such as for its next attempt.
    pub fn note_due(&mut self, at: DateTime<Utc>) {
        self.agenda.note_due(std::iter::once(at));
    }

    /// Claims what is due at `now`; returns the runs that are `running` then. The caller records how they end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim(&mut self, now: DateTime<Utc>) -> Result<Vec<Job>, StoreError> {
        for _ in 0..TRIES {
            let rules = Rules {
                agenda: &self.agenda,
                now,
            };
            let claimed = self
                .store
                .claim(&self.node, now, self.agenda.seen, &rules)
                .await?;
            match claimed {
                Ok(claims) => return Ok(self.started(claims, now)),
                Err(Stale::TasksChanged | Stale::PlannedMeanwhile) => self.reload(now).await?,
            }
        }
        Err(StoreError::Raced)
    }

    fn started(&mut self, claims: Claims, now: DateTime<Utc>) -> Vec<Job> {
        let planned = claims.claimed.iter().filter_map(|claimed| {
            let live = self.agenda.task(claimed.due.task_id)?;
            Some(Job::planned(claimed, &live.task, &live.secrets, now))
        });
        let waited = claims.resumed.iter().filter_map(|run| {
            let live = self.agenda.task(run.task_id)?;
            Some(Job::under_way(run, &live.task, &live.secrets, now))
        });
        let jobs = planned.chain(waited).collect();
        if !claims.more {
            self.agenda.settled(now);
            self.agenda.unreported = false;
        }
        self.agenda.note_due(claims.look_again.into_iter());
        jobs
    }
}
