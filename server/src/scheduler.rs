//! The scheduler: plans ahead, claims at the instant, hands over.
//!
//! It is a reconciler: woken by the clock, by a signal, or (with several nodes) by its own poll, it compares its
//! state with the database and acts. In-memory state is a cache that can be rebuilt from the database. The work per
//! firing does not grow with loaded tasks or history.

pub mod agenda;
mod claiming;
pub mod clock_steps;
mod database_clock;
mod lag;
pub mod lease;
mod notices;
mod recovery;
mod rules;
mod set_clock;
mod simulation;
mod taking_over;
mod tickets;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use crate::auth::seal::Sealer;
use crate::clock::SharedClock;
use crate::events::Signals;
use crate::executor::Executor;
use crate::firings::CalendarCache;
use crate::loops::{Backoff, Spec, Turns};
use crate::store::{Engine, NodeRow, Planned, PlannedRows, Stale, Store, StoreError};
use crate::timetable::Patterns;
use agenda::Agenda;
use clock_steps::ClockWatch;
use lease::Lease;

pub use database_clock::DatabaseClock;
pub use lag::Lag;
pub use recovery::{HeartbeatEvidence, LOST_AFTER, reap_dead_nodes};
pub use simulation::Simulation;

/// Firings are written this long before their instant.
const PLAN_AHEAD: TimeDelta = TimeDelta::seconds(10);
/// Planning runs when the next unplanned firing is this close.
const PLAN_MARGIN: TimeDelta = TimeDelta::seconds(5);
/// How often changes by other nodes are polled, with several nodes.
const POLL: TimeDelta = TimeDelta::seconds(1);
/// A manual start that has not reached the executor after this time never will.
const MANUAL_START: TimeDelta = TimeDelta::seconds(30);
/// The scheduler turns at least this often; `/readyz` checks that it does.
const IDLE: TimeDelta = TimeDelta::seconds(60);
/// The scheduler turns this long before an instant, so that only the claim remains at the instant: code and data that
/// were idle are slow at first, from the database's pages to the processor's caches.
const READY: TimeDelta = TimeDelta::milliseconds(60);
/// Claims in one turn: however much is due, planning must go on.
const CLAIMS: usize = 8;
/// The loop as it is registered. It sleeps to exact instants, so it repeats itself; after a failure of the database
/// it retries within a second, because firings are waiting.
pub const LOOP: Spec = Spec {
    name: "scheduler",
    every: Some(Duration::from_secs(60)),
    woken: true,
    backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(1)),
};

/// What the scheduler works with.
pub struct Scheduler {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: SharedClock,
    /// This process.
    pub node: NodeRow,
    /// Wake-up calls.
    pub signals: Arc<Signals>,
    /// Receives claimed firings.
    pub executor: Arc<Executor>,
    /// Parsed patterns.
    pub patterns: Arc<Patterns>,
    /// Calendars and blackouts.
    pub calendar_cache: Arc<CalendarCache>,
    /// Compares the wall clock with one that cannot be set.
    pub watch: Mutex<ClockWatch>,
    /// How late the last claims were.
    pub lag: Arc<Lag>,
    /// Opens parameters of runs that waited.
    pub sealer: Sealer,
    /// Whether this node may claim.
    pub lease: Arc<Lease>,
    /// Compares the machine's clock with the database's, where several nodes share one.
    pub database_clock: Option<Arc<DatabaseClock>>,
}

impl Scheduler {
    /// Runs until `stop`. Failures of the database are logged once and retried. `started_at` is when the server
    /// started, until the firings at start-up are planned: a loop that is restarted after a panic does not fire those
    /// again.
    pub async fn run(
        &self,
        stop: &CancellationToken,
        turns: &Turns,
        started_at: &Mutex<Option<DateTime<Utc>>>,
    ) {
        let Some(mut agenda) = self.load(stop, turns).await else {
            return;
        };
        let mut away = false;
        while !stop.is_cancelled() {
            let turn = async {
                match self.turn_from(&mut agenda, started_at).await {
                    // A concurrent change interfered: the next turn starts from it, at once.
                    Err(StoreError::Raced) => Ok(None),
                    done => done.map(Some),
                }
            };
            match turns.turn(turn).await {
                Ok(None) => {}
                Ok(Some(wake_at)) => {
                    if std::mem::take(&mut away) {
                        tracing::info!("the database is back");
                    }
                    let wait = self.clock.sleep_until(wake_at);
                    tokio::select! {
                        () = wait => {}
                        () = self.signals.tasks.notified() => {}
                        () = stop.cancelled() => {}
                    }
                }
                Err(error) => {
                    self.log_failure(&error, &mut away);
                    turns.back_off(stop).await;
                }
            }
        }
    }

    /// One turn; the first one also plans what fires at start-up.
    async fn turn_from(
        &self,
        agenda: &mut Agenda,
        startup: &Mutex<Option<DateTime<Utc>>>,
    ) -> Result<DateTime<Utc>, StoreError> {
        let started_at = *startup.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(started_at) = started_at {
            self.start_up(agenda, started_at).await?;
            *startup.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        self.turn(agenda).await
    }

    /// Plans what fires at start-up.
    ///
    /// # Errors
    /// When the database fails, or tasks changed meanwhile.
    pub async fn start_up(
        &self,
        agenda: &mut Agenda,
        started_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.reload(agenda).await?;
        let rows = agenda.startup_rows(started_at);
        if rows.is_empty() {
            return Ok(());
        }
        // Nothing is put back: these instants are on no heap, and the next turn computes them again.
        let notice = |row: &Planned| notices::skipped(agenda, row);
        let planned = self
            .store
            .plan(&rows, None, None, agenda.seen, self.clock.now(), &notice);
        match planned.await? {
            Ok(planned) => {
                self.note_planned(agenda, &planned);
                agenda.note_due(due_of(&rows));
                Ok(())
            }
            Err(Stale::TasksChanged | Stale::PlannedMeanwhile) => Err(StoreError::Raced),
        }
    }

    /// One turn; returns when the next one is needed. Public for tests, which drive a manual clock.
    ///
    /// # Errors
    /// When the database fails; the next turn does what this one could not.
    pub async fn turn(&self, agenda: &mut Agenda) -> Result<DateTime<Utc>, StoreError> {
        self.check_clock(agenda).await?;
        let now = self.clock.now();
        if agenda.is_out_of_step(now) {
            // Suspended, delayed, or set back: start again from the database.
            tracing::warn!("the loop was suspended; planning again from the database");
            let (hole, steps) = (agenda.hole, std::mem::take(&mut agenda.steps));
            *agenda = self.start().await?;
            (agenda.hole, agenda.steps) = (hole, steps);
        }
        if agenda.is_resuming(now) {
            for id in self.store.resume_paused(now).await? {
                self.signals.publish(Some(id), None);
            }
            agenda.resumed(now);
        }
        if self.executor.has_unknown_commit() && self.lease.may_claim(self.clock.ticks()) {
            self.resolve_unknown_commits(agenda).await?;
        }
        let may_claim = self.lease.may_claim(self.clock.ticks());
        // Due firings come first, the rest afterwards: a claim made from an outdated agenda changes nothing. Not if
        // later firings are due as well but not planned yet: a rule that starts only the latest one must see them.
        if may_claim && agenda.is_due(self.clock.now()) && agenda.planned_until() >= now {
            self.claim(agenda).await?;
        }
        self.reload(agenda).await?;
        self.check_waiting_runs(agenda).await?;
        let now = self.clock.now();
        if agenda.is_out_of_step(now) || self.would_step(now) {
            // The process was stopped, or the clock set, in the middle of this turn. Planned now, each firing of that time
            // would be one to come; the next turn handles it.
            return Ok(now);
        }
        self.plan(agenda, now).await?;
        for _ in 0..CLAIMS {
            if !may_claim || !(agenda.check_waiting || agenda.is_due(self.clock.now())) {
                break;
            }
            self.claim(agenda).await?;
        }
        let now = self.clock.now();
        if !may_claim {
            self.lag.note(now, std::iter::empty());
            return Ok(now + POLL);
        }
        self.lag.note(now, std::iter::empty());
        if self.would_step(now) {
            // In the middle of this turn, so its result does not say when the next one is needed.
            return Ok(now);
        }
        let look = if self.store.engine() == Engine::Mysql {
            POLL
        } else {
            IDLE
        };
        let wake_at = agenda
            .wake_at(PLAN_MARGIN)
            .map_or(now + look, |at| at.min(now + look));
        match agenda.next_due() {
            Some(due) if due <= wake_at => self.make_ready(agenda, now, due).await,
            _ => Ok(wake_at),
        }
    }

    /// Whether the clock was set since this turn began.
    fn would_step(&self, now: DateTime<Utc>) -> bool {
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.would_step(now, self.clock.ticks())
    }

    /// Shortly before an instant does everything but the claim itself, and rehearses the claim; returns when the next
    /// turn is needed.
    async fn make_ready(
        &self,
        agenda: &mut Agenda,
        now: DateTime<Utc>,
        due: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, StoreError> {
        if due - now > READY {
            return Ok(due - READY);
        }
        // Only once, and not so late that it would delay the claim.
        if due - now > READY / 4 && agenda.rehearsed != Some(due) {
            agenda.rehearsed = Some(due);
            self.rehearse(agenda, due).await?;
        }
        Ok(due)
    }

    /// Runs that wait, and runs that are to be stopped: what changed here since the last turn and, on a shared
    /// database, what other nodes left.
    async fn check_waiting_runs(&self, agenda: &mut Agenda) -> Result<(), StoreError> {
        let change = self.signals.runs.take();
        agenda.note_due(change.retries.into_iter());
        agenda.check_waiting |= change.waits || (change.ended && agenda.waiting);
        let shared = self.store.engine() == Engine::Mysql;
        if shared {
            let now = self.clock.now();
            let waiting = self.store.waiting_instants().await?;
            agenda.check_waiting |= waiting.first().is_some_and(|at| *at <= now);
            agenda.note_due(waiting.into_iter().filter(|at| *at > now));
        }
        if self.signals.runs.take_stops() || (shared && self.executor.running() > 0) {
            self.stop_requested_runs().await?;
        }
        Ok(())
    }

    async fn load(&self, stop: &CancellationToken, turns: &Turns) -> Option<Agenda> {
        let mut away = false;
        while !stop.is_cancelled() {
            match turns.turn(self.start()).await {
                Ok(agenda) => {
                    tracing::info!(tasks = agenda.len(), "the loop runs");
                    return Some(agenda);
                }
                // Another server came first: start again from what it wrote.
                Err(StoreError::Raced) => {}
                Err(error) => {
                    self.log_failure(&error, &mut away);
                    turns.back_off(stop).await;
                }
            }
        }
        None
    }

    fn log_failure(&self, error: &StoreError, away: &mut bool) {
        if !std::mem::replace(away, true) {
            tracing::error!(
                error = error as &dyn std::error::Error,
                "the loop waits for the database"
            );
        }
    }

    async fn plan(&self, agenda: &mut Agenda, now: DateTime<Utc>) -> Result<(), StoreError> {
        if agenda.needs_plan(now + PLAN_MARGIN) {
            let until = now + PLAN_AHEAD;
            let rows = agenda.collect(until);
            self.write(agenda, rows, Some(until)).await?;
        } else if now - agenda.planned_until() > IDLE {
            // Nothing was to fire until now: recorded, so that a later change reaches no further back.
            self.write(agenda, Vec::new(), Some(now)).await?;
        }
        Ok(())
    }

    /// Writes planned rows. If tasks changed meanwhile, the rows are put back and the next turn starts from the new
    /// state.
    async fn write(
        &self,
        agenda: &mut Agenda,
        rows: Vec<Planned>,
        until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        crate::failpoints::point("plan.before");
        let notice = |row: &Planned| notices::skipped(agenda, row);
        let planned = self
            .store
            .plan(&rows, None, until, agenda.seen, self.clock.now(), &notice);
        let written = planned.await;
        crate::failpoints::point("plan.committed");
        match written {
            Ok(Ok(planned)) => {
                self.note_planned(agenda, &planned);
                agenda.note_due(due_of(&rows));
                if let Some(until) = until {
                    agenda.set_planned_until(until);
                }
                Ok(())
            }
            Ok(Err(Stale::TasksChanged | Stale::PlannedMeanwhile)) => {
                agenda.put_back(&rows);
                Err(StoreError::Raced)
            }
            Err(error) => {
                agenda.put_back(&rows);
                Err(error)
            }
        }
    }
}

impl Scheduler {
    /// What follows from planning besides its rows.
    fn note_planned(&self, agenda: &mut Agenda, planned: &PlannedRows) {
        agenda.unreported |= planned.has_unreported;
        self.executor.metrics().not_run(&planned.not_run);
        if planned.has_messages {
            self.signals.outbox.notify_one();
        }
    }
}

/// The due times of the rows that fire.
fn due_of(rows: &[Planned]) -> impl Iterator<Item = DateTime<Utc>> + '_ {
    rows.iter()
        .filter(|row| row.entry == crate::store::PlannedEntry::Planned)
        .map(|row| row.due_at)
}
