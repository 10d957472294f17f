//! Turns of the background loops.

use std::sync::atomic::AtomicU64;

use chrono::{DateTime, Utc};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::One;

type FloatGauge = Gauge<f64, AtomicU64>;

#[derive(Debug)]
pub(super) struct LoopFamilies {
    turns: Family<One, Counter>,
    errors: Family<One, Counter>,
    panics: Family<One, Counter>,
    failing: Family<One, Gauge>,
    succeeded_at: Family<One, FloatGauge>,
}

/// The metrics of one loop.
#[derive(Clone, Debug)]
pub struct LoopMetrics {
    turns: Counter,
    errors: Counter,
    panics: Counter,
    failing: Gauge,
    succeeded_at: FloatGauge,
}

impl LoopFamilies {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let families = Self {
            turns: Family::default(),
            errors: Family::default(),
            panics: Family::default(),
            failing: Family::default(),
            succeeded_at: Family::default(),
        };
        registry.register(
            "loop_turns",
            "Turns of a background loop",
            families.turns.clone(),
        );
        registry.register(
            "loop_errors",
            "Turns of a background loop that failed",
            families.errors.clone(),
        );
        registry.register(
            "loop_panics",
            "Panics of a background loop, after each of which it was restarted",
            families.panics.clone(),
        );
        registry.register(
            "loop_consecutive_failures",
            "Failed turns since the last good one",
            families.failing.clone(),
        );
        registry.register(
            "loop_last_success_timestamp_seconds",
            "When the last good turn ended, since 1970; 0 before the first one",
            families.succeeded_at.clone(),
        );
        families
    }

    pub(super) fn of(&self, name: &'static str) -> LoopMetrics {
        let labels = [("loop", name)];
        LoopMetrics {
            turns: self.turns.get_or_create_owned(&labels),
            errors: self.errors.get_or_create_owned(&labels),
            panics: self.panics.get_or_create_owned(&labels),
            failing: self.failing.get_or_create_owned(&labels),
            succeeded_at: self.succeeded_at.get_or_create_owned(&labels),
        }
    }
}

impl LoopMetrics {
    /// A turn succeeded.
    pub fn succeeded(&self, at: DateTime<Utc>) {
        self.turns.inc();
        self.failing.set(0);
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds since 1970 are far below 2^53"
        )]
        self.succeeded_at
            .set(at.timestamp_millis() as f64 / 1_000.0);
    }

    /// A turn failed, the `failures`th consecutive one.
    pub fn failed(&self, failures: u32) {
        self.turns.inc();
        self.errors.inc();
        self.failing.set(i64::from(failures));
    }

    /// It panicked, the `failures`th consecutive failure.
    pub fn panicked(&self, failures: u32) {
        self.panics.inc();
        self.failing.set(i64::from(failures));
    }
}
