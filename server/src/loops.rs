//! Background loops: every loop of a server is registered here, and one driver records what it does, restarts it
//! after a panic, and slows it down after an error.
//!
//! There are two kinds. A [`Periodic`] loop is one turn, repeated by the driver: by its period, and earlier when it
//! is woken. A loop that sleeps to exact instants or consumes a queue repeats itself: [`supervise`] runs it, and it
//! reports its turns through [`Turns`].
//!
//! Adding a loop is one file with its turn and one line in `lifecycle::loops` (docs/adr/0029).

mod backoff;
mod driver;
mod status;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::node::LoopStatus;

pub use backoff::Backoff;
pub use driver::{Periodic, TurnError, repeat, supervise};
pub use status::Turns;

use crate::clock::SharedClock;
use crate::telemetry::Metrics;

/// The definition of a loop, as it is registered.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Spec {
    /// Its name, in the log, in metrics and on pages; one word.
    pub name: &'static str,
    /// It turns at least this often; `None` for a loop that only waits to be woken.
    pub every: Option<Duration>,
    /// Whether a signal or a queue can wake it for an early turn.
    pub woken: bool,
    /// How long it waits after an error or a panic.
    pub backoff: Backoff,
}

/// All background loops of one process.
#[derive(Debug)]
pub struct Loops {
    clock: SharedClock,
    chance: fn() -> f64,
    metrics: Arc<Metrics>,
    all: Mutex<Vec<Turns>>,
}

impl Loops {
    /// Without loops. `chance` returns numbers from 0 up to 1, for the jitter of pauses.
    #[must_use]
    pub fn new(clock: SharedClock, chance: fn() -> f64, metrics: Arc<Metrics>) -> Self {
        Self {
            clock,
            chance,
            metrics,
            all: Mutex::default(),
        }
    }

    /// Registers a loop, replacing one with the same name, and returns the handle to which it reports its turns.
    #[must_use]
    pub fn register(&self, spec: Spec) -> Turns {
        let turns = Turns::new(
            spec,
            Arc::clone(&self.clock),
            self.chance,
            self.metrics.of_loop(spec.name),
        );
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|known| known.name() != spec.name);
        all.push(turns.clone());
        turns
    }

    /// How each loop is doing, by name.
    #[must_use]
    pub fn list(&self) -> Vec<LoopStatus> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list: Vec<LoopStatus> = all.iter().map(Turns::status).collect();
        drop(all);
        list.sort_by(|a, b| a.name.cmp(&b.name));
        list
    }
}
