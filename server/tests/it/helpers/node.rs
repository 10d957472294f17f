//! The scheduler, driven step by step.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use server::clock::{Clock, SharedClock};
use server::scheduler::Scheduler;
use server::scheduler::agenda::Agenda;
use server::service::Service;
use server::store::{NodeRow, Store, StoreError};

use super::clock::ManualClock;
use super::{TestApp, in_time};

// As the scheduler has them.
const PLAN_MARGIN: TimeDelta = TimeDelta::seconds(5);
const POLL: TimeDelta = TimeDelta::seconds(1);
const IDLE: TimeDelta = TimeDelta::seconds(60);

/// Waits for something that a signal of this process announces.
pub(super) async fn until<T>(
    service: &Service,
    what: &str,
    mut check: impl AsyncFnMut() -> Option<T>,
) -> T {
    // Listening starts before the look, so that no change falls in between.
    let mut changes = service.changes();
    let waiting = async {
        loop {
            if let Some(found) = check().await {
                return found;
            }
            match changes.recv().await {
                Ok(_) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    in_time(what, waiting).await
}

/// A scheduler that a test drives step by step.
pub(crate) struct Node {
    pub(crate) scheduler: Scheduler,
    pub(crate) agenda: Agenda,
    clock: Arc<ManualClock>,
    service: Arc<Service>,
    /// The process's own store, also where the loop has another one.
    store: Store,
}

impl Node {
    pub(super) async fn start(app: &TestApp, store: Store, row: NodeRow) -> Self {
        let clock: SharedClock = app.clock.clone();
        let scheduler = Scheduler {
            store,
            clock,
            node: row,
            signals: Arc::clone(&app.components.signals),
            executor: Arc::clone(app.components.executor.as_ref().expect("an executor")),
            patterns: Arc::clone(&app.components.patterns),
            calendar_cache: Arc::clone(&app.components.calendar_cache),
            watch: std::sync::Mutex::default(),
            lag: Arc::clone(&app.components.lag),
            sealer: app.components.sealer.clone(),
            lease: Arc::clone(&app.components.lease),
            database_clock: None,
        };
        let agenda = scheduler.start().await.expect("the loop starts");
        Self {
            scheduler,
            agenda,
            clock: Arc::clone(&app.clock),
            service: Arc::clone(&app.service),
            store: app.components.store.clone(),
        }
    }

    /// What the first turn of a process does before anything else.
    pub(crate) async fn start_up(&mut self) {
        let now = self.clock.now();
        self.scheduler
            .start_up(&mut self.agenda, now)
            .await
            .expect("the start-up schedules");
    }

    /// One turn; a lost race is turned again, as the loop does.
    pub(crate) async fn turn(&mut self) -> DateTime<Utc> {
        loop {
            match self.scheduler.turn(&mut self.agenda).await {
                Ok(wake_at) => return wake_at,
                Err(StoreError::Raced) => {}
                Err(error) => panic!("a turn failed: {error:?}"),
            }
        }
    }

    /// Lets time pass up to an instant as the scheduler would see it: from one wake-up to the next. What was started
    /// has ended before time goes on.
    ///
    /// With several nodes the scheduler polls each second. Only tests write here, and not meanwhile: after a poll that
    /// found nothing new the others up to the last one before the next instant would find nothing either, and are
    /// skipped. Without that, days pass in seconds.
    pub(crate) async fn go_to(&mut self, until: DateTime<Utc>) {
        let mut known = None;
        loop {
            let wake_at = self.turn().await;
            self.settled().await;
            let now = self.clock.now();
            if now >= until {
                return;
            }
            assert!(wake_at > now, "the loop would spin at {now}");
            let next = self.agenda.wake_at(PLAN_MARGIN);
            let is_idle = known.replace(next) == Some(next);
            let last_poll = next.map_or(now + IDLE, |at| (at - POLL).min(now + IDLE));
            let until_then = if is_idle { last_poll } else { wake_at };
            self.clock.set(wake_at.max(until_then).min(until));
        }
    }

    /// Waits until nothing runs.
    pub(crate) async fn settled(&self) {
        until(&self.service, "all runs to end", async || {
            let running = self.store.running(1).await.expect("running");
            running.is_empty().then_some(())
        })
        .await;
    }
}
