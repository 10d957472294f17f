//! Answered requests. Without the route: with it there would be thousands of series.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::telemetry::histogram::latency;

/// Methods with series of their own; clients may send any word.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

type Labels = ([(&'static str, &'static str); 1], [(&'static str, u16); 1]);

#[derive(Debug)]
pub(super) struct HttpMetrics {
    requests: Family<Labels, Counter>,
    duration: Histogram,
}

impl HttpMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            duration: latency(),
        };
        let usual = ([("method", "GET")], [("status", 200)]);
        drop(metrics.requests.get_or_create(&usual));
        registry.register(
            "http_requests",
            "Answered requests, by method and status",
            metrics.requests.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "From a request to the head of its answer",
            metrics.duration.clone(),
        );
        metrics
    }

    pub(super) fn answered(&self, method: &str, status: u16, took: Duration) {
        let method = METHODS
            .into_iter()
            .find(|known| *known == method)
            .unwrap_or("other");
        let labels = ([("method", method)], [("status", status)]);
        self.requests.get_or_create(&labels).inc();
        self.duration.observe(took.as_secs_f64());
    }
}
