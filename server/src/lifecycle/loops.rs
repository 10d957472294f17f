//! The one list of a server's background loops. Those of the recorder start with it
//! ([`Recorder::start`](crate::recorder::Recorder::start)), as it is handed results before.

use std::sync::{Arc, Mutex};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::alive::{self, Alive};
use super::{Parts, Stop};
use crate::auth::token::chance;
use crate::clock::SharedClock;
use crate::loops::{Periodic, repeat, supervise};
use crate::notifier::{self, Deliveries, Notifier, Pace};
use crate::scheduler::{self, DatabaseClock, Scheduler};
use crate::service::{Service, StreamWatch};

/// The loops of a server under way.
pub(super) struct Running {
    /// Ends first: nothing is started any more.
    pub(super) scheduler: TaskTracker,
    pub(super) others: TaskTracker,
    /// Ends the heartbeat, which goes on while everything else ends.
    pub(super) gone: CancellationToken,
}

impl Running {
    pub(super) fn spawn(
        parts: &Parts,
        clock: &SharedClock,
        database_clock: Option<Arc<DatabaseClock>>,
        stop: &Stop,
    ) -> Self {
        let service = &parts.service;
        let running = Self {
            scheduler: TaskTracker::new(),
            others: TaskTracker::new(),
            gone: CancellationToken::new(),
        };
        running.plan(parts, clock, database_clock.clone(), stop);
        running.send(parts, clock, stop);
        if let Some(clock) = database_clock {
            running.beat(parts, clock, stop);
        }
        running.every(service, service.output.clone(), stop);
        let streams = StreamWatch {
            service: Arc::downgrade(service),
            engine: service.store.engine(),
        };
        running.every(service, streams, stop);
        running.scheduler.close();
        running.others.close();
        running
    }

    /// Starts a loop that the driver repeats.
    fn every(&self, service: &Service, work: impl Periodic + 'static, stop: &Stop) {
        let turns = service.loops.register(work.spec());
        self.others.spawn(repeat(work, turns, stop.token()));
    }

    fn plan(
        &self,
        parts: &Parts,
        clock: &SharedClock,
        database_clock: Option<Arc<DatabaseClock>>,
        stop: &Stop,
    ) {
        let service = &parts.service;
        let Some(executor) = &service.executor else {
            return;
        };
        let scheduler = Arc::new(Scheduler {
            store: service.store.clone(),
            clock: Arc::clone(clock),
            node: parts.node.clone(),
            signals: Arc::clone(&service.signals),
            executor: Arc::clone(executor),
            patterns: Arc::clone(&service.patterns),
            almanac: Arc::clone(&service.almanac),
            watch: Mutex::default(),
            lag: Arc::clone(&service.lag),
            sealer: service.sealer.clone(),
            standing: Arc::clone(&service.standing),
            database_clock,
        });
        let startup = Arc::new(Mutex::new(Some(clock.now())));
        let turns = service.loops.register(scheduler::LOOP);
        let token = stop.token();
        let mut is_restart = false;
        let make = {
            let (turns, token) = (turns.clone(), token.clone());
            move || {
                if std::mem::replace(&mut is_restart, true) {
                    // What was claimed just before the panic may never have been started.
                    scheduler.executor.doubt();
                }
                let (scheduler, startup) = (Arc::clone(&scheduler), Arc::clone(&startup));
                let (turns, token) = (turns.clone(), token.clone());
                async move { scheduler.run(&token, &turns, &startup).await }
            }
        };
        self.scheduler.spawn(supervise(turns, token, make));
    }

    fn send(&self, parts: &Parts, clock: &SharedClock, stop: &Stop) {
        let service = &parts.service;
        let notifier = Notifier {
            store: service.store.clone(),
            clock: Arc::clone(clock),
            node_id: parts.node.id.clone(),
            signals: Arc::clone(&service.signals),
            sealer: service.sealer.clone(),
            sender: service.sender.clone(),
            pace: Arc::new(Pace::new(chance)),
            metrics: Arc::clone(&service.metrics),
        };
        let deliveries = Arc::new(tokio::sync::Mutex::new(Deliveries::default()));
        let turns = service.loops.register(notifier::LOOP);
        let token = stop.token();
        let make = {
            let (turns, token) = (turns.clone(), token.clone());
            move || {
                let (notifier, deliveries) = (notifier.clone(), Arc::clone(&deliveries));
                let (turns, token) = (turns.clone(), token.clone());
                async move { notifier.run(&token, &turns, &deliveries).await }
            }
        };
        self.others.spawn(supervise(turns, token, make));
    }

    fn beat(&self, parts: &Parts, clock: Arc<DatabaseClock>, stop: &Stop) {
        let service = &parts.service;
        let executor = service.executor.as_ref();
        let alive = Arc::new(Alive {
            store: service.store.clone(),
            composer: service.composer.clone(),
            node: parts.node.clone(),
            clock,
            standing: Arc::clone(&service.standing),
            executor: executor.map(Arc::downgrade).unwrap_or_default(),
        });
        let turns = service.loops.register(alive::LOOP);
        let (stop, gone) = (stop.clone(), self.gone.clone());
        let make = {
            let (turns, gone) = (turns.clone(), gone.clone());
            move || {
                let (alive, stop) = (Arc::clone(&alive), stop.clone());
                let (turns, gone) = (turns.clone(), gone.clone());
                async move { alive.run(&stop, &gone, &turns).await }
            }
        };
        self.others.spawn(supervise(turns, gone, make));
    }
}
