//! The one list of a server's background loops. Those of the recorder start with it
//! ([`Recorder::start`](crate::recorder::Recorder::start)), because it receives results earlier.

use std::path::Path;
use std::sync::{Arc, Mutex};

use runner::output::disk::space;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::disk_watch::DiskWatch;
use super::heartbeat::{self, Heartbeat, LoneHeartbeat};
use super::{Assembled, Stop};
use crate::audit::AuditChain;
use crate::auth::token::chance;
use crate::chat::{self, BotConnectionManager, ChatHandler};
use crate::clock::SharedClock;
use crate::loops::{Loops, Periodic, repeat, supervise};
use crate::messages::target::open_account;
use crate::messages::{self, Deliveries, Outbox, Pace, Summaries};
use crate::retention::Pruning;
use crate::scheduler::{self, DatabaseClock, Scheduler};
use crate::service::{
    AuditSeal, CalendarRefresh, LookAhead, MessageBriefs, ScratchSweep, StreamWatch,
};
use crate::urge::{self, Urging};

/// The loops of a running server.
pub(super) struct Running {
    /// Ends first: nothing is started any more.
    pub(super) scheduler: TaskTracker,
    pub(super) others: TaskTracker,
    /// Ends the heartbeat, which continues while everything else ends.
    pub(super) gone: CancellationToken,
}

/// The data folder that a server uses.
pub(super) struct Used<'a> {
    pub(super) folder: &'a Path,
    /// Whether it was used with this database before; with another one, tasks that own folders here may be missing.
    pub(super) same_database: bool,
}

impl Running {
    /// Starts all of them.
    pub(super) fn spawn(
        parts: &Assembled,
        clock: &SharedClock,
        database_clock: Option<Arc<DatabaseClock>>,
        used: &Used<'_>,
        stop: &Stop,
    ) -> Self {
        let (components, service) = (&parts.components, &parts.service);
        let running = Self {
            scheduler: TaskTracker::new(),
            others: TaskTracker::new(),
            gone: CancellationToken::new(),
        };
        let shared: SharedClock = match &database_clock {
            Some(clock) => Arc::clone(clock) as SharedClock,
            None => Arc::clone(clock),
        };
        let database_clock_is_shared = database_clock.is_some();
        running.plan(parts, clock, database_clock.clone(), stop);
        running.send(parts, clock, stop);
        match database_clock {
            Some(clock) => running.beat(parts, clock, stop),
            None => {
                let alone = LoneHeartbeat {
                    store: components.store.clone(),
                    node_id: parts.node.id.clone(),
                    clock: Arc::clone(clock),
                };
                running.every(&components.loops, alone, stop);
            }
        }
        let summaries = Summaries {
            store: components.store.clone(),
            clock: Arc::clone(clock),
            signals: Arc::clone(&components.signals),
            patterns: Arc::clone(&components.patterns),
        };
        running.every(&components.loops, summaries, stop);
        let urging = Urging {
            tools: urge::Dependencies {
                store: components.store.clone(),
                clock: Arc::clone(clock),
                signals: Arc::clone(&components.signals),
            },
            executor: components.executor.clone(),
            checks: Arc::new(Semaphore::new(urge::CHECKS_AT_ONCE)),
            patterns: Arc::clone(&components.patterns),
            calendar_cache: Arc::clone(&components.calendar_cache),
            node_id: parts.node.id.clone(),
            plan: Mutex::default(),
        };
        running.every(&components.loops, urging, stop);
        let pruning = Pruning {
            store: components.store.clone(),
            clock: Arc::clone(&shared),
            audit: AuditChain::new(components.store.clone(), components.sealer.clone()),
            output: components.output.clone(),
            node_id: parts.node.id.clone(),
            shared: database_clock_is_shared,
            at: Mutex::default(),
            more: Arc::clone(&components.signals.retention),
        };
        let keeper = running.bots(parts, shared, stop);
        running.every(&components.loops, pruning, stop);
        running.every(&components.loops, keeper, stop);
        running.every(&components.loops, components.output.clone(), stop);
        let streams = StreamWatch {
            service: Arc::downgrade(service),
            engine: components.store.engine(),
        };
        running.every(&components.loops, streams, stop);
        let seal = AuditSeal {
            service: Arc::downgrade(service),
            more: Notify::new(),
        };
        running.every(&components.loops, seal, stop);
        let ahead = LookAhead {
            service: Arc::downgrade(service),
        };
        running.every(&components.loops, ahead, stop);
        let calendars = CalendarRefresh {
            service: Arc::downgrade(service),
            chance,
        };
        running.every(&components.loops, calendars, stop);
        let disk = DiskWatch {
            store: components.store.clone(),
            clock: Arc::clone(clock),
            signals: Arc::clone(&components.signals),
            node: parts.node.clone(),
            folder: used.folder.to_owned(),
            probe: Box::new(space),
        };
        running.every(&components.loops, disk, stop);
        if used.same_database && components.executor.is_some() {
            let service = Arc::downgrade(service);
            running.every(&components.loops, ScratchSweep { service }, stop);
        }
        running.scheduler.close();
        running.others.close();
        running
    }

    /// The loop that keeps the connections of bots, by the clock that all servers agree on.
    fn bots(&self, parts: &Assembled, clock: SharedClock, stop: &Stop) -> BotConnectionManager {
        let components = &parts.components;
        let sealer = components.sealer.clone();
        let service: Arc<dyn ChatHandler> = Arc::clone(&parts.service) as Arc<dyn ChatHandler>;
        let tools = chat::Dependencies {
            store: components.store.clone(),
            clock,
            signals: Arc::clone(&components.signals),
            node_id: parts.node.id.clone(),
            client: components.outbound.clone(),
            lines: components.sender.lines().clone(),
            opener: Arc::new(move |id, target| open_account(&sealer, id, target)),
            handler: Arc::downgrade(&service),
        };
        BotConnectionManager::new(tools, stop.token(), self.others.clone())
    }

    /// Starts a loop that the driver repeats.
    fn every(&self, loops: &Loops, work: impl Periodic + 'static, stop: &Stop) {
        let turns = loops.register(work.spec());
        self.others.spawn(repeat(work, turns, stop.token()));
    }

    fn plan(
        &self,
        parts: &Assembled,
        clock: &SharedClock,
        database_clock: Option<Arc<DatabaseClock>>,
        stop: &Stop,
    ) {
        let components = &parts.components;
        let Some(executor) = &components.executor else {
            return;
        };
        let scheduler = Arc::new(Scheduler {
            store: components.store.clone(),
            clock: Arc::clone(clock),
            node: parts.node.clone(),
            signals: Arc::clone(&components.signals),
            executor: Arc::clone(executor),
            patterns: Arc::clone(&components.patterns),
            calendar_cache: Arc::clone(&components.calendar_cache),
            watch: Mutex::default(),
            lag: Arc::clone(&components.lag),
            sealer: components.sealer.clone(),
            lease: Arc::clone(&components.lease),
            database_clock,
        });
        let startup = Arc::new(Mutex::new(Some(clock.now())));
        let turns = components.loops.register(scheduler::LOOP);
        let token = stop.token();
        let mut is_restart = false;
        let make = {
            let (turns, token) = (turns.clone(), token.clone());
            move || {
                if std::mem::replace(&mut is_restart, true) {
                    // What was claimed just before the panic may never have been started.
                    scheduler.executor.mark_commit_unknown();
                }
                let (scheduler, startup) = (Arc::clone(&scheduler), Arc::clone(&startup));
                let (turns, token) = (turns.clone(), token.clone());
                async move { scheduler.run(&token, &turns, &startup).await }
            }
        };
        self.scheduler.spawn(supervise(turns, token, make));
    }

    fn send(&self, parts: &Assembled, clock: &SharedClock, stop: &Stop) {
        let components = &parts.components;
        let outbox = Outbox {
            store: components.store.clone(),
            clock: Arc::clone(clock),
            node_id: parts.node.id.clone(),
            signals: Arc::clone(&components.signals),
            sealer: components.sealer.clone(),
            sender: components.sender.clone(),
            renderer: components.renderer.clone(),
            briefs: Arc::new(MessageBriefs::new(Arc::downgrade(&parts.service))),
            pace: Arc::new(Pace::new(chance)),
            metrics: Arc::clone(&components.metrics),
            link_acts: parts.service.link_acts(),
        };
        let deliveries = Arc::new(tokio::sync::Mutex::new(Deliveries::default()));
        let turns = components.loops.register(messages::LOOP);
        let token = stop.token();
        let make = {
            let (turns, token) = (turns.clone(), token.clone());
            move || {
                let (outbox, deliveries) = (outbox.clone(), Arc::clone(&deliveries));
                let (turns, token) = (turns.clone(), token.clone());
                async move { outbox.run(&token, &turns, &deliveries).await }
            }
        };
        self.others.spawn(supervise(turns, token, make));
    }

    fn beat(&self, parts: &Assembled, clock: Arc<DatabaseClock>, stop: &Stop) {
        let components = &parts.components;
        let executor = components.executor.as_ref();
        let heartbeat = Arc::new(Heartbeat {
            store: components.store.clone(),
            node: parts.node.clone(),
            clock,
            lease: Arc::clone(&components.lease),
            executor: executor.map(Arc::downgrade).unwrap_or_default(),
        });
        let turns = components.loops.register(heartbeat::LOOP);
        let (stop, gone) = (stop.clone(), self.gone.clone());
        let make = {
            let (turns, gone) = (turns.clone(), gone.clone());
            move || {
                let (heartbeat, stop) = (Arc::clone(&heartbeat), stop.clone());
                let (turns, gone) = (turns.clone(), gone.clone());
                async move { heartbeat.run(&stop, &gone, &turns).await }
            }
        };
        self.others.spawn(supervise(turns, gone, make));
    }
}
