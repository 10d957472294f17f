//! Accepts orders, carries them out, and knows those under way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, watch};

use crate::containment::Containment;
use crate::environment::Environment;
use crate::http::HttpClient;
use crate::leftovers::Leftovers;
use crate::order::{Order, RunId, TaskId, Work};
use crate::output::{Logs, RunLog};
use crate::report::{Ending, StopReason};
use crate::stop::Stopped;
use crate::{command, http};

/// Processes that are started concurrently. Starting one is CPU-bound; the number of active runs is not
/// limited by this.
const STARTING_AT_ONCE: usize = 8;

/// An order under way.
#[derive(Debug)]
struct Running {
    stop: watch::Sender<Option<StopReason>>,
    ends_when_isolated: bool,
    log: RunLog,
    task: TaskId,
}

/// Carries out orders.
#[derive(Debug)]
pub struct Runner {
    containment: Arc<Containment>,
    client: Arc<dyn HttpClient>,
    logs: Logs,
    running: Mutex<HashMap<RunId, Running>>,
    starting: Arc<Semaphore>,
}

/// An order that was accepted: it can be stopped, its log is open, and nothing of it has been started.
#[derive(Debug)]
pub struct Accepted {
    order: Arc<Order>,
    environment: Result<Environment, String>,
    log: RunLog,
    stopped: Stopped,
}

impl Accepted {
    /// Its log.
    #[must_use]
    pub fn log(&self) -> &RunLog {
        &self.log
    }
}

impl Runner {
    /// A runner without orders.
    #[must_use]
    pub fn new(containment: Containment, client: Arc<dyn HttpClient>, logs: Logs) -> Self {
        Self {
            containment: Arc::new(containment),
            client,
            logs,
            running: Mutex::default(),
            starting: Arc::new(Semaphore::new(STARTING_AT_ONCE)),
        }
    }

    /// What commands are started with.
    #[must_use]
    pub fn containment(&self) -> &Containment {
        &self.containment
    }

    /// The scratch folders of tasks.
    #[must_use]
    pub fn leftovers(&self) -> Leftovers {
        Leftovers(Arc::clone(&self.containment))
    }

    /// Accepts an order: its log is open and it can be stopped from here on.
    #[must_use]
    pub fn accept(&self, mut order: Order) -> Accepted {
        let (stop, stopped) = watch::channel(None);
        let environment = Environment::of(&mut order, &self.containment.identity.mark);
        let secrets = environment
            .as_ref()
            .map_or(&[][..], |found| &found.secret_values);
        let log = self.logs.open(order.run, order.started_at, secrets);
        let running = Running {
            stop,
            ends_when_isolated: order.ends_when_isolated,
            log: log.clone(),
            task: order.task,
        };
        self.lock().insert(order.run, running);
        Accepted {
            order: Arc::new(order),
            environment,
            log,
            stopped,
        }
    }

    /// Carries out an order and waits for its end. `soft` is called once, when its soft limit passes. The order counts as
    /// under way until it is [forgotten](Self::forget).
    pub async fn carry_out(&self, accepted: Accepted, soft: impl Fn() + Send) -> Ending {
        let Accepted {
            order,
            environment,
            log,
            stopped,
        } = accepted;
        let mut ending = match environment {
            Ok(environment) => match &order.work {
                Work::Http(request) => {
                    let work = (&*order, &**request);
                    http::call(work, &environment, &*self.client, &log, stopped, soft).await
                }
                Work::Command(_) => {
                    let work = (&order, &self.containment, environment);
                    command::run(work, &self.starting, &log, stopped, soft).await
                }
            },
            Err(reason) => Ending::not_started(reason),
        };
        // The text comes from the task, which may contain a secret by accident.
        if let Some(broken) = &mut ending.broken {
            let text = broken.text_mut();
            *text = log.masked(text);
        }
        ending
    }

    /// Forgets an order whose result is written, or is on its way.
    pub fn forget(&self, run: RunId) {
        self.lock().remove(&run);
    }

    /// Stops a run; false when it is not under way here.
    pub fn stop(&self, run: RunId, reason: StopReason) -> bool {
        let running = self.lock();
        let Some(found) = running.get(&run) else {
            return false;
        };
        found.stop_for(reason);
        true
    }

    /// Stops all runs of a task.
    pub fn stop_task(&self, task: TaskId, reason: &StopReason) {
        self.stop_where(reason, |run| run.task == task);
    }

    /// Stops all runs: SIGTERM, then SIGKILL.
    pub fn stop_all(&self) {
        self.stop_where(&StopReason::Shutdown, |_| true);
    }

    /// Stops the runs that another runner may start again after this one was declared dead.
    pub fn isolate(&self) {
        self.stop_where(&StopReason::Isolated, |run| run.ends_when_isolated);
    }

    /// Whether a run of a task is under way.
    #[must_use]
    pub fn runs(&self, task: TaskId) -> bool {
        self.lock().values().any(|run| run.task == task)
    }

    /// The number of runs under way.
    #[must_use]
    pub fn running(&self) -> usize {
        self.lock().len()
    }

    /// The log of a run under way.
    #[must_use]
    pub fn log(&self, run: RunId) -> Option<RunLog> {
        self.lock().get(&run).map(|run| run.log.clone())
    }

    fn stop_where(&self, reason: &StopReason, is_meant: impl Fn(&Running) -> bool) {
        for run in self.lock().values().filter(|run| is_meant(run)) {
            run.stop_for(reason.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// The first reason counts; a second request changes nothing.
    fn stop_for(&self, reason: StopReason) {
        self.stop.send_if_modified(|current| {
            let first = current.is_none();
            if first {
                *current = Some(reason);
            }
            first
        });
    }
}
