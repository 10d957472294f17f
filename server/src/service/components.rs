//! The dependencies of the use cases. They are created when a process is assembled, and shared with the
//! loops; the doors only have the [`Service`](super::Service).

use std::sync::Arc;

use super::ScrapeRule;
use crate::auth::link::LinkActs;
use crate::auth::proxies::TrustedProxies;
use crate::auth::seal::Sealer;
use crate::clock::SharedClock;
use crate::events::Signals;
use crate::executor::Executor;
use crate::firings::CalendarCache;
use crate::loops::Loops;
use crate::messages::Renderer;
use crate::messages::send::Sender;
use crate::outbound::OutboundClient;
use crate::outbound::guard::Guard;
use crate::output::OutputStore;
use crate::scheduler::Lag;
use crate::scheduler::lease::Lease;
use crate::store::Store;
use crate::telemetry::Metrics;
use crate::timetable::Patterns;

/// What use cases and loops share.
#[derive(Clone)]
pub struct Components {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: SharedClock,
    /// Wake-up calls.
    pub signals: Arc<Signals>,
    /// Runs commands; `None` in a process that is not a server.
    pub executor: Option<Arc<Executor>>,
    /// Seals channel URLs.
    pub sealer: Sealer,
    /// Checks outgoing URLs.
    pub guard: Guard,
    /// Fetches calendars.
    pub outbound: OutboundClient,
    /// Sends messages.
    pub sender: Sender,
    /// Renders the texts of messages.
    pub renderer: Renderer,
    /// Stores long output.
    pub output: OutputStore,
    /// Parsed patterns.
    pub patterns: Arc<Patterns>,
    /// Calendars and blackouts.
    pub calendar_cache: Arc<CalendarCache>,
    /// How late the scheduler is.
    pub lag: Arc<Lag>,
    /// Whether this node may claim, and how far its clock is off.
    pub lease: Arc<Lease>,
    /// Counters and gauges.
    pub metrics: Arc<Metrics>,
    /// The background loops of the process.
    pub loops: Arc<Loops>,
}

impl std::fmt::Debug for Components {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Components")
    }
}

/// The settings that the doors ask for at each request. They may change while the server runs.
#[derive(Clone, Debug, Default)]
pub struct DoorSettings {
    /// The proxies whose header with the client's address is trusted.
    pub trusted_proxies: TrustedProxies,
    /// Who may read metrics without being an administrator.
    pub scrape: ScrapeRule,
    /// Whether each request is logged.
    pub logs_requests: bool,
    /// Days after which a backup is missed; 0 for never.
    pub backup_warn_days: i64,
}

/// The settings that use cases need.
#[derive(Clone, Debug)]
pub struct Settings {
    /// This process, as the ledger names it.
    pub node_id: String,
    /// What the doors ask for.
    pub doors: DoorSettings,
    /// Concurrent streams of each kind, limited so that they do not use up the connections.
    pub streams_max: usize,
    /// The zone of tasks that name none.
    pub default_zone: String,
    /// The system's zone as it is configured, where it has no name and UTC is used instead.
    pub zone_doubt: Option<String>,
    /// Names of all zones.
    pub zone_names: Vec<String>,
    /// What links in reminders may do; `None` where there are no such links.
    pub link_acts: Option<LinkActs>,
    /// Whether people of chats who are not listed answer tickets that ask for their IDs.
    pub chat_by_id: bool,
}
