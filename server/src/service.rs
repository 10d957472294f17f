//! The use cases: authorise, check, store, signal. API, pages and terminal call only these.

mod account;
mod ahead;
mod audit;
mod blackouts;
mod brief;
mod calendars;
mod capacity;
mod channels;
mod chat;
mod checks;
mod components;
mod doors;
mod end_of_start;
mod execution;
mod explain;
mod feeds;
mod imports;
mod key;
mod limits;
mod links;
mod messages;
mod metrics;
mod occurrences;
mod oncall;
mod people;
mod pictures;
pub mod preview;
mod retention;
mod rules;
mod run_days;
mod run_search;
mod runs;
mod scratch;
pub mod secrets;
mod sessions;
pub mod sign_in;
pub(crate) mod start_urls;
mod streams;
mod summaries;
mod system;
mod tasks;
mod templates;
mod tickets;
mod tokens;
mod upkeep;
mod urge_defaults;
mod users;
mod versions;
mod words;

pub use crate::store::Origin;
pub use crate::texts::notices::{BACKUP, RETENTION, UNNAMED_ZONE, UNREADABLE, unnamed_zone};
pub use ahead::LookAhead;
pub use audit::AuditSeal;
pub use brief::MessageBriefs;
pub use calendars::CalendarRefresh;
pub use components::{Components, DoorSettings, Settings};
pub use doors::Readiness;
pub use key::{KEY_CHECK, KeyError};
pub use limits::Subject;
pub use links::{LinkedList, LinkedTicket, Opened, Press, clock_time};
pub use messages::{NotResent, ResendReport, ResendRequest};
pub use metrics::ScrapeRule;
use run_days::RunDayCache;
pub use scratch::ScratchSweep;
use sign_in::TokenUses;
pub use start_urls::{StartAnswer, StartCall};
pub use streams::StreamWatch;
use tasks::RecentLists;
pub use tasks::{
    ApplyReport, ApplyRequest, ExportQuery, Exported, FieldChange, ImportFile, ImportItem,
    PlanAction, PlannedTask, Saved, TaskImport,
};
pub use words::UnknownWord;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller};
use app::error::AppError;
use app::i18n::Lang;
use chrono::{DateTime, Utc};

use crate::audit::Refusals;
use crate::auth::limit::Attempts;
use crate::auth::link::LinkActs;
use crate::auth::password::Passwords;
use crate::auth::seal::Sealer;
use crate::auth::streams::Streams;
use crate::clock::SharedClock;
use crate::error::OrInternal;
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
use crate::store::{Act, Store, StoreError};
use crate::telemetry::Metrics;
use crate::texts::Refusal;
use crate::texts::outdated::ObjectKind;
use crate::texts::server::ServerRefusal;
use crate::timetable::Patterns;

/// All use cases, with their dependencies.
pub struct Service {
    /// The database.
    store: Store,
    /// The clock.
    clock: SharedClock,
    /// Wake-up calls.
    signals: Arc<Signals>,
    /// Runs commands; `None` in a process that is not a server.
    executor: Option<Arc<Executor>>,
    /// This process, as the ledger names it.
    node_id: String,
    /// Hashes passwords.
    passwords: Passwords,
    /// Counts failed sign-ins and wrong tokens.
    attempts: Attempts,
    /// When uses of tokens were last recorded.
    token_uses: TokenUses,
    /// Counts refused attempts.
    refusals: Refusals,
    /// What the doors ask for; changes while the server runs.
    doors: std::sync::RwLock<Arc<DoorSettings>>,
    /// Open streams: events and live logs.
    streams: Arc<Streams>,
    /// Concurrent streams of each kind, limited so that they do not use up the connections.
    streams_max: usize,
    /// Seals channel URLs.
    sealer: Sealer,
    /// Checks outgoing URLs.
    guard: Guard,
    /// Fetches calendars.
    outbound: OutboundClient,
    /// Sends test messages.
    sender: Sender,
    /// Renders the texts of messages.
    renderer: Renderer,
    /// Stores long output.
    output: OutputStore,
    /// Parsed patterns.
    patterns: Arc<Patterns>,
    /// Calendars and blackouts.
    calendar_cache: Arc<CalendarCache>,
    /// How late the scheduler is.
    lag: Arc<Lag>,
    /// Whether this node may claim, and how far its clock is off.
    lease: Arc<Lease>,
    /// The zone of tasks that name none.
    default_zone: String,
    /// The system's zone as it is configured, where it has no name and UTC is used instead.
    zone_doubt: Option<String>,
    /// Names of all zones.
    zone_names: Vec<String>,
    /// When this process started.
    started_at: DateTime<Utc>,
    /// Counters and gauges.
    metrics: Arc<Metrics>,
    /// The background loops of this process.
    loops: Arc<Loops>,
    /// What links in reminders may do; `None` where there are no such links.
    link_acts: Option<LinkActs>,
    /// Whether people of chats who are not listed answer tickets that ask for their IDs.
    chat_by_id: bool,
    /// One preview of a summary is computed at a time.
    previews: tokio::sync::Mutex<()>,
    /// Cached lists of tasks.
    lists: RecentLists,
    /// Counted days of tasks.
    run_days: RunDayCache,
    /// Requests that wait for the end of a run.
    waiting: tokio::sync::Semaphore,
    /// Set when the process stops: manual starts are refused.
    closed: AtomicBool,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

impl Service {
    /// The use cases of a process.
    #[must_use]
    pub fn new(components: &Components, settings: Settings) -> Self {
        let Components {
            store,
            clock,
            signals,
            executor,
            sealer,
            guard,
            outbound,
            sender,
            renderer,
            output,
            patterns,
            calendar_cache,
            lag,
            lease,
            metrics,
            loops,
        } = components.clone();
        Self {
            started_at: clock.now(),
            store,
            clock,
            signals,
            executor,
            node_id: settings.node_id,
            passwords: Passwords::default(),
            attempts: Attempts::default(),
            token_uses: TokenUses::default(),
            refusals: Refusals::default(),
            doors: std::sync::RwLock::new(Arc::new(settings.doors)),
            streams: Arc::default(),
            streams_max: settings.streams_max,
            sealer,
            guard,
            outbound,
            sender,
            renderer,
            output,
            patterns,
            calendar_cache,
            lag,
            lease,
            default_zone: settings.default_zone,
            zone_doubt: settings.zone_doubt,
            zone_names: settings.zone_names,
            metrics,
            loops,
            link_acts: settings.link_acts,
            chat_by_id: settings.chat_by_id,
            previews: tokio::sync::Mutex::default(),
            lists: RecentLists::default(),
            run_days: RunDayCache::default(),
            waiting: tokio::sync::Semaphore::new(end_of_start::WAITING_MAX),
            closed: AtomicBool::new(false),
        }
    }

    /// The caller's identity, if it may do `action`.
    fn allow<'a>(&self, caller: &'a Caller, action: Action) -> Answer<&'a Principal> {
        match &caller.principal {
            None => Err(AppError::unauthenticated(caller.lang)),
            Some(principal) if principal.can(action) => Ok(principal),
            Some(_) => Err(AppError::forbidden(caller.lang)),
        }
    }

    /// The act for the audit log; the store writes it with the change.
    fn act(&self, who: &Principal, action: &'static str) -> Act {
        Act::by(who, action, self.clock.now())
    }

    /// Refuses manual starts from now on.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// The executor, if this process has one and is not stopping.
    fn executor(&self, lang: Lang) -> Answer<&Arc<Executor>> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(ServerRefusal::Stopping.answer(lang));
        }
        self.executor
            .as_ref()
            .ok_or_else(|| ServerRefusal::NotRunning.answer(lang))
    }
}

/// Gives a duplicate-key failure its own answer and logs any other.
fn or_taken<T>(
    result: Result<T, StoreError>,
    lang: Lang,
    taken: impl FnOnce() -> AppError,
) -> Answer<T> {
    match result {
        Err(error) if error.is_duplicate() => Err(taken()),
        other => other.or_internal(lang),
    }
}

/// The same for a change that refers to a version.
fn stored_or_taken<T>(
    result: Result<T, StoreError>,
    lang: Lang,
    thing: ObjectKind,
    taken: impl FnOnce() -> AppError,
) -> Answer<T> {
    match result {
        Err(error) if error.is_duplicate() => Err(taken()),
        other => versions::stored(lang, thing, other),
    }
}
