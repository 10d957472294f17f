//! How much is waiting: read at each scrape, because no counter tracks it.

use std::sync::atomic::AtomicU64;

use app::message::MessageState;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::One;

/// How much is waiting at the moment of a scrape; `None` if it could not be read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Depths {
    /// Active runs on this server.
    pub running: usize,
    /// Runs that wait for room or for their next attempt, on all servers.
    pub waiting: Option<u64>,
    /// Messages in the outbox, on all servers, by state as in [`MessageState::OPEN`].
    pub outbox: Option<[u64; MessageState::OPEN.len()]>,
    /// Bytes of results that wait on this server's disk for the database.
    pub results_bytes: Option<u64>,
    /// Files of output that wait on this server's disk for their store; counted up to a limit.
    pub output_files: Option<u64>,
    /// When everything was last deleted that is no longer kept, in seconds since 1970.
    pub pruned_at: Option<u64>,
    /// When the last backup was made, in seconds since 1970.
    pub backup_at: Option<u64>,
}

type FloatGauge = Gauge<f64, AtomicU64>;

#[derive(Debug)]
pub(super) struct DepthGauges {
    running: FloatGauge,
    waiting: FloatGauge,
    outbox: Family<One, FloatGauge>,
    results: FloatGauge,
    output: FloatGauge,
    pruned: FloatGauge,
    backup: FloatGauge,
    database_up: FloatGauge,
}

impl DepthGauges {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let gauges = Self {
            running: Gauge::default(),
            waiting: Gauge::default(),
            outbox: Family::default(),
            results: Gauge::default(),
            output: Gauge::default(),
            pruned: Gauge::default(),
            backup: Gauge::default(),
            database_up: Gauge::default(),
        };
        registry.register(
            "runs_running",
            "Active runs on this server",
            gauges.running.clone(),
        );
        registry.register(
            "runs_waiting",
            "Runs that wait for room or for their next attempt, on all servers",
            gauges.waiting.clone(),
        );
        registry.register(
            "outbox_messages",
            "Messages that are to be sent, on all servers, by state",
            gauges.outbox.clone(),
        );
        registry.register(
            "results_spool_bytes",
            "Results that wait on this server's disk for the database",
            gauges.results.clone(),
        );
        registry.register(
            "output_spool_files",
            "Output files that wait on this server's disk for their store",
            gauges.output.clone(),
        );
        registry.register(
            "retention_finished_timestamp_seconds",
            "When all history was deleted that is no longer kept; NaN before the first time",
            gauges.pruned.clone(),
        );
        registry.register(
            "backup_timestamp_seconds",
            "When the last backup was made; NaN without one",
            gauges.backup.clone(),
        );
        registry.register(
            "database_up",
            "Whether the database answered this scrape",
            gauges.database_up.clone(),
        );
        gauges
    }

    pub(super) fn set(&self, depths: &Depths) {
        self.running
            .set(float(u64::try_from(depths.running).unwrap_or(u64::MAX)));
        self.waiting.set(known(depths.waiting));
        for (at, state) in MessageState::OPEN.into_iter().enumerate() {
            let count = depths.outbox.map(|counts| counts[at]);
            self.outbox
                .get_or_create(&[("state", state.as_str())])
                .set(known(count));
        }
        self.results.set(known(depths.results_bytes));
        self.output.set(known(depths.output_files));
        self.pruned.set(known(depths.pruned_at));
        self.backup.set(known(depths.backup_at));
        let up = depths.waiting.is_some() && depths.outbox.is_some();
        self.database_up.set(if up { 1.0 } else { 0.0 });
    }
}

/// NaN for a value that could not be read: an old value would look current.
fn known(value: Option<u64>) -> f64 {
    value.map_or(f64::NAN, float)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "metrics are floating-point numbers, and no count of ours is near 2^53"
)]
fn float(value: u64) -> f64 {
    value as f64
}
