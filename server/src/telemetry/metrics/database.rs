//! Latency and failures of the database.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::One;
use crate::telemetry::histogram::latency;

/// The times of one store; cheap to clone.
#[derive(Clone, Debug)]
pub struct DatabaseTimes {
    all: Family<One, Histogram>,
    statement: Histogram,
    commit: Histogram,
    failures: Counter,
}

impl Default for DatabaseTimes {
    fn default() -> Self {
        let all = Family::new_with_constructor(latency as fn() -> Histogram);
        let of = |op| all.get_or_create_owned(&[("op", op)]);
        Self {
            statement: of("statement"),
            commit: of("commit"),
            failures: Counter::default(),
            all,
        }
    }
}

impl DatabaseTimes {
    /// A statement was answered, or failed.
    pub fn statement(&self, took: Duration, failed: bool) {
        self.statement.observe(took.as_secs_f64());
        if failed {
            self.failures.inc();
        }
    }

    /// A transaction was committed, or could not be.
    pub fn commit(&self, took: Duration, failed: bool) {
        self.commit.observe(took.as_secs_f64());
        if failed {
            self.failures.inc();
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "database_duration_seconds",
            "How long the database takes, by operation: statement, commit",
            self.all.clone(),
        );
        registry.register(
            "database_errors",
            "Statements and commits that failed, lost races included",
            self.failures.clone(),
        );
    }
}
