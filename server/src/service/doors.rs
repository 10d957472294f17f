//! What doors ask for that is no use case of a resource: who may be believed, whether the server is
//! ready, what changed.

use app::node::LoopStatus;
use chrono::{DateTime, Utc};
use tokio::sync::broadcast;

use super::{ScrapeRule, Service};
use crate::auth::proxies::TrustedProxies;
use crate::auth::seal::Sealer;
use crate::events::ChangeEvent;
use crate::store::StoreError;
use crate::telemetry::Metrics;

/// How database and loop are, as [`Service::readiness`] found them.
#[derive(Clone, Copy, Debug)]
pub struct Readiness {
    /// Whether the database answers.
    pub database: bool,
    /// The clock.
    pub now: DateTime<Utc>,
    /// When this process started.
    pub started_at: DateTime<Utc>,
    /// When the loop turned last.
    pub ticked_at: Option<DateTime<Utc>>,
}

impl Service {
    /// Whether the database answers and the loop turns.
    pub async fn readiness(&self) -> Readiness {
        Readiness {
            now: self.clock.now(),
            started_at: self.started_at,
            ticked_at: self.lag.ticked_at(),
            database: self.store.ping().await.is_ok(),
        }
    }

    /// The database's own version.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn database_version(&self) -> Result<String, StoreError> {
        self.store.version().await
    }

    /// Changes from now on.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<ChangeEvent> {
        self.signals.subscribe()
    }

    /// Whose word on a client's address is taken.
    #[must_use]
    pub const fn trusted_proxies(&self) -> &TrustedProxies {
        &self.trusted_proxies
    }

    /// Seals what comes back to the server from outside.
    #[must_use]
    pub const fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// What the system says its zone is, where that has no name and UTC stands in for it.
    #[must_use]
    pub fn zone_doubt(&self) -> Option<&str> {
        self.zone_doubt.as_deref()
    }

    /// Who may read metrics without being an administrator.
    #[must_use]
    pub const fn scrape(&self) -> &ScrapeRule {
        &self.scrape
    }

    /// What is counted.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Whether each request is logged.
    #[must_use]
    pub const fn logs_requests(&self) -> bool {
        self.logs_requests
    }

    /// How the background loops of this process are doing.
    #[must_use]
    pub fn loop_states(&self) -> Vec<LoopStatus> {
        self.loops.list()
    }

    /// The clock.
    #[must_use]
    pub fn time(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Reads calendars and blackouts. In a server its loop does this.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load_calendars(&self) -> Result<(), StoreError> {
        self.calendar_cache
            .load(&self.store, &self.patterns, self.clock.now())
            .await
    }

    /// Why the store of outputs takes nothing, found by trying; `None` when it does.
    pub async fn output_trouble(&self) -> Option<String> {
        self.output.check().await;
        self.output.trouble()
    }
}
