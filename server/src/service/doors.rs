//! What the doors need besides use cases: trusted proxies, readiness, changes for open pages.

use std::sync::{Arc, PoisonError};

use app::node::LoopStatus;
use chrono::{DateTime, Utc};
use tokio::sync::broadcast;

use super::{DoorSettings, Service};
use crate::auth::link::LinkActs;
use crate::auth::seal::Sealer;
use crate::events::ChangeEvent;
use crate::store::StoreError;
use crate::telemetry::Metrics;

/// The state of database and scheduler, as [`Service::readiness`] found it.
#[derive(Clone, Copy, Debug)]
pub struct Readiness {
    /// Whether the database answers.
    pub database: bool,
    /// The clock.
    pub now: DateTime<Utc>,
    /// When this process started.
    pub started_at: DateTime<Utc>,
    /// When the scheduler last turned.
    pub ticked_at: Option<DateTime<Utc>>,
}

impl Service {
    /// Checks that the database answers, and when the scheduler last turned.
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

    /// Subscribes to changes from now on.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<ChangeEvent> {
        self.signals.subscribe()
    }

    /// The settings that the doors ask for, as they are now.
    #[must_use]
    pub fn doors(&self) -> Arc<DoorSettings> {
        let doors = self.doors.read();
        Arc::clone(&doors.unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the settings that the doors ask for.
    pub fn set_doors(&self, doors: DoorSettings) {
        *self.doors.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(doors);
    }

    /// Seals values that a client sends back to the server.
    #[must_use]
    pub const fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// The system's zone as it is configured, where it has no name and UTC is used instead.
    #[must_use]
    pub fn zone_doubt(&self) -> Option<&str> {
        self.zone_doubt.as_deref()
    }

    /// Counters and gauges.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What links in reminders may do; `None` where there are no such links.
    #[must_use]
    pub const fn link_acts(&self) -> Option<LinkActs> {
        self.link_acts
    }

    /// The background loops of this process, with their status.
    #[must_use]
    pub fn loop_states(&self) -> Vec<LoopStatus> {
        self.loops.list()
    }

    /// The clock.
    #[must_use]
    pub fn time(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Loads calendars and blackouts. In a server a loop does this.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load_calendars(&self) -> Result<(), StoreError> {
        self.calendar_cache
            .load(&self.store, &self.patterns, self.clock.now())
            .await
    }

    /// Writes to the output store as a test; returns why it fails, `None` when it works.
    pub async fn output_trouble(&self) -> Option<String> {
        self.output.check().await;
        self.output.trouble()
    }
}
